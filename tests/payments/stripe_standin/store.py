"""What the stand-in keeps: objects, results under keys, and the events it would tell."""

import copy
import json
import threading
import time
from datetime import timedelta
from typing import Any

import stripe

from tests.payments.stripe_standin.schema import BadParameter, check

Thing = dict[str, Any]
SECRET = "whsec_test"
KEYS_KEPT = timedelta(hours=24)
_KINDS = {
    "sessions": "cs",
    "payment_intents": "pi",
    "refunds": "re",
    "transfers": "tr",
    "reversals": "trr",
    "payouts": "po",
    "disputes": "dp",
    "files": "file",
    "accounts": "acct",
    "balance_transactions": "txn",
}
_FILTERS = (
    "payment_intent",
    "transfer_group",
    "customer",
    "destination",
    "status",
    "type",
    "purpose",
)


class Refusal(Exception):
    """An error answer; `kept` under the key once execution has begun."""

    def __init__(self, status: int, kind: str, code: str, kept: bool = False, **more: Any) -> None:
        super().__init__(code)
        error = {"type": kind, "code": code, "message": code} | more
        self.status, self.body, self.kept = status, {"error": error}, kept


class Store:
    """Objects by id, and the promises about idempotency keys and nothing more."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.kept: dict[tuple[str, str], tuple[str, float, int, Thing]] = {}
        self.asked: list[tuple[str, str]] = []  # (path, idempotency key) of every POST
        self.bodies: list[tuple[str, str]] = []  # (path and parameters, key) of every POST
        self.told: list[tuple[str, str]] = []  # (event type, object id), as they came to be
        self.searchable = True  # Stripe's search lags about a minute behind
        self.available: int | None = None  # of our balance, once it matters; None: enough
        self.ahead = timedelta(0)  # how far their clock is ahead
        self._lock = threading.RLock()
        self._count = 0
        self._delivered = 0

    def now(self) -> float:
        return time.time() + self.ahead.total_seconds()

    def new(self, kind: str, **values: Any) -> Thing:
        self._count += 1
        thing = {"id": f"{kind}_{self._count:06}", "created": int(self.now())} | values
        self.things[thing["id"]] = thing
        return thing

    def of(self, kind: str) -> list[Thing]:
        """Newest first, as Stripe lists."""
        return [t for t in reversed(self.things.values()) if t["id"].startswith(f"{kind}_")]

    def tell(self, type: str, thing: Thing) -> None:
        self.told.append((type, thing["id"]))

    # -- asking

    def post(self, path: str, form: Thing, key: str, account: str) -> tuple[int, Thing]:
        with self._lock:
            said = json.dumps([path, form], sort_keys=True)
            self.asked.append((path, key))
            self.bodies.append((said, key))
            if not key:
                raise Refusal(400, "invalid_request_error", "idempotency_key_missing")
            before = self._before(account, key, said)
            return before or self._first(account, key, said, path, form)

    def _before(self, account: str, key: str, said: str) -> tuple[int, Thing] | None:
        """The first result under this key, kept for a day, errors 500 included."""
        first = self.kept.get((account, key))
        if first is None or first[1] < self.now() - KEYS_KEPT.total_seconds():
            return None
        if first[0] != said:
            raise Refusal(400, "idempotency_error", "key_in_use_with_other_parameters")
        return first[2], first[3]

    def _first(
        self, account: str, key: str, said: str, path: str, form: Thing
    ) -> tuple[int, Thing]:
        try:
            check("POST", path, form)
            status, body = 200, self.render(self.make(path, form, account), form.get("expand"))
        except BadParameter as bad:
            raise Refusal(400, "invalid_request_error", bad.code, param=bad.param) from None
        except Refusal as refusal:
            if not refusal.kept:
                raise
            status, body = refusal.status, refusal.body
        self.kept[account, key] = (said, self.now(), status, body)
        return status, body

    def make(self, path: str, form: Thing, account: str) -> Thing:
        raise NotImplementedError

    def keep_500(self, account: str, path: str, form: Thing, key: str) -> None:
        """Whatever became of it, this key answers with an error from now on."""
        said = json.dumps([path, form], sort_keys=True)
        self.kept[account, key] = (said, self.now(), 500, SORRY)

    def get(self, path: str, query: Thing, account: str) -> Thing:
        with self._lock:
            try:
                check("GET", path, query)
            except BadParameter as bad:
                raise Refusal(400, "invalid_request_error", bad.code, param=bad.param) from None
            if path == "/v1/payment_intents/search":
                return self._searched(query)
            last = path.rpartition("/")[2]
            if last in _KINDS:
                return self._listed(path, _KINDS[last], query, account)
            thing = self.things.get(last)
            if thing is None or thing.get("_account", account) != account:
                raise Refusal(404, "invalid_request_error", "resource_missing", param="id")
            return self.render(thing, query.get("expand"))

    def _searched(self, query: Thing) -> Thing:
        op = query["query"].split("'")[3]
        found = [t for t in self.of("pi") if t["metadata"].get("op") == op]
        data = [self.render(thing, None) for thing in found if self.searchable]
        return {"object": "search_result", "data": data, "has_more": False, "next_page": None}

    def _listed(self, path: str, kind: str, query: Thing, account: str) -> Thing:
        wanted = {name: query[name] for name in _FILTERS if name in query}
        if kind == "trr":
            wanted["transfer"] = path.split("/")[3]
        created = query.get("created", {})
        found = [
            thing
            for thing in self.of(kind)
            if all(thing.get(name) == value for name, value in wanted.items())
            and thing.get("_account", "") == account
            and int(created.get("gte", 0)) <= thing["created"] < int(created.get("lt", 2**40))
        ]
        return self._page(path, found, query)

    def _page(self, path: str, found: list[Thing], query: Thing) -> Thing:
        after = query.get("starting_after")
        start = [t["id"] for t in found].index(after) + 1 if after else 0
        limit = int(query.get("limit", 10))
        if not 1 <= limit <= 100:
            raise Refusal(400, "invalid_request_error", "parameter_invalid", param="limit")
        inner = [
            name.removeprefix("data.") for name in query.get("expand", []) if name[:5] == "data."
        ]
        data = [self.render(thing, inner) for thing in found[start : start + limit]]
        more = len(found) > start + limit
        return {"object": "list", "url": path, "has_more": more, "data": data}

    def render(self, thing: Thing, expand: list[str] | None) -> Thing:
        """A copy as Stripe would send it: other objects by id, unless expanded; nothing private."""
        shown = {k: copy.deepcopy(v) for k, v in thing.items() if not k.startswith("_")}
        for path in expand or []:
            name, _, rest = path.partition(".")
            if name not in shown:
                raise Refusal(400, "invalid_request_error", "property_cannot_be_expanded")
            inner = shown[name]["id"] if isinstance(shown[name], dict) else shown[name]
            if inner is not None:
                asked = [p.partition(".")[2] for p in expand or [] if p.startswith(f"{name}.")]
                shown[name] = self.render(self.things[inner], asked if rest else None)
        return shown

    # -- telling

    def notice(
        self, type: str, thing: Thing, id: str = "", age: int = 0
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a signed webhook post, `age` seconds old."""
        self._count += 1
        event = {"id": id or f"evt_{self._count:06}", "object": "event", "type": type}
        shown = {k: v for k, v in thing.items() if not k.startswith("_")}
        if thing.get("_account"):
            event["account"] = thing["_account"]
        body = json.dumps(event | {"data": {"object": shown}})
        stamp = int(time.time()) - age
        header = stripe.WebhookSignature.generate_signature_header(body, SECRET, timestamp=stamp)
        return {"Stripe-Signature": header, "Content-Type": "application/json"}, body.encode()

    def news(self) -> list[tuple[dict[str, str], bytes]]:
        """What was told since this was last asked."""
        before, self._delivered = self._delivered, len(self.told)
        return self.notices()[before:]

    def notices(self) -> list[tuple[dict[str, str], bytes]]:
        """Everything that was told so far, in order; the same event has the same id."""
        return [
            self.notice(type, self.things[id], f"evt_{i}_{id}")
            for i, (type, id) in enumerate(self.told)
        ]


SORRY = {"error": {"type": "api_error", "message": "sorry"}}
