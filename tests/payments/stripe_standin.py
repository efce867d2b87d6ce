"""A small Stripe over HTTP: idempotency keys, hosted pages, refunds, transfers, and faults."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

Thing = dict[str, Any]
SECRET = "whsec_test"
_KINDS = {
    "/v1/checkout/sessions": "cs",
    "/v1/payment_intents": "pi",
    "/v1/refunds": "re",
    "/v1/transfers": "tr",
    "/v1/charges": "ch",
}


class Refusal(Exception):
    """An error answer that is not kept under the key."""

    def __init__(self, status: int, kind: str, code: str, kept: bool = False, **more: Any) -> None:
        super().__init__(code)
        error = {"type": kind, "code": code, "message": code} | more
        self.status, self.body, self.kept = status, {"error": error}, kept


class StripeStandIn:
    """State and rules. `faults` holds what goes wrong with the next POSTs, first come first hit:
    drop_before, drop_after, 500_before, 500_after (kept for ever), 429, 409, slow (answers late).
    """

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.kept: dict[str, tuple[str, int, Thing]] = {}
        self.faults: list[str] = []
        self.asked: list[tuple[str, str]] = []  # (path, idempotency key) of every POST
        self.decline: str = ""  # decline code of the next intents
        self.authenticate = False
        self.refund_status = "succeeded"
        self.searchable = True  # Stripe's search lags about a minute behind
        self.slow_seconds = 2
        self._lock = threading.RLock()
        self._count = 0

    def new(self, kind: str, **values: Any) -> Thing:
        self._count += 1
        thing = {"id": f"{kind}_{self._count:06}", "created": int(time.time())} | values
        self.things[thing["id"]] = thing
        return thing

    def of(self, kind: str) -> list[Thing]:
        """Newest first, as Stripe lists."""
        return [t for t in reversed(self.things.values()) if t["id"].startswith(f"{kind}_")]

    # -- asking

    def post(self, path: str, form: Thing, key: str) -> tuple[int, Thing]:
        with self._lock:
            self.asked.append((path, key))
            if not key:
                raise Refusal(400, "invalid_request_error", "idempotency_key_missing")
            said = json.dumps([path, form], sort_keys=True)
            if key in self.kept:
                before, status, body = self.kept[key]
                if before != said:
                    raise Refusal(400, "idempotency_error", "key_in_use_with_other_parameters")
                return status, body
            try:
                status, body = 200, self._make(path, form)
            except Refusal as refusal:
                if not refusal.kept:
                    raise
                status, body = refusal.status, refusal.body
            self.kept[key] = (said, status, json.loads(json.dumps(body)))
            return status, body

    def keep_500(self, key: str) -> None:
        said, _, _ = self.kept[key]
        self.kept[key] = (said, 500, {"error": {"type": "api_error", "message": "sorry"}})

    def _make(self, path: str, form: Thing) -> Thing:
        if any(name.startswith("payment_method_types") for name in form):
            raise Refusal(400, "invalid_request_error", "parameter_unknown")
        match path:
            case "/v1/checkout/sessions":
                return self._session(form)
            case "/v1/payment_intents":
                return self.intent(form, _metadata(form))
            case "/v1/refunds":
                return self._refund(form)
            case "/v1/transfers":
                return self._transfer(form)
            case _:
                raise Refusal(404, "invalid_request_error", "unknown_path")

    def _session(self, form: Thing) -> Thing:
        expires = int(form["expires_at"]) - time.time()
        if not 1800 <= expires <= 86400 or not form["success_url"].startswith("http"):
            raise Refusal(400, "invalid_request_error", "parameter_invalid")
        amount = int(form["line_items[0][price_data][unit_amount]"])
        return self.new(
            "cs",
            object="checkout.session",
            status="open",
            payment_status="unpaid",
            amount_total=amount,
            currency=form["line_items[0][price_data][currency]"],
            url=f"https://checkout.stripe.com/c/{self._count}",
            metadata=_metadata(form),
            intent_metadata=_metadata(form, "payment_intent_data[metadata]"),
            payment_intent=None,
        )

    def intent(self, form: Thing, metadata: Thing) -> Thing:
        amount, currency = int(form["amount"]), form["currency"]
        intent = self.new(
            "pi", object="payment_intent", amount=amount, currency=currency, metadata=metadata
        )
        method = {
            "id": form.get("payment_method", "pm_1"),
            "object": "payment_method",
            "customer": form.get("customer", "cus_1"),
            "card": {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2031},
        }
        intent |= {"payment_method": method, "status": "succeeded", "latest_charge": None}
        if self.decline or (self.authenticate and form.get("off_session") == "true"):
            code = self.decline or "authentication_required"
            intent |= {"status": "requires_payment_method", "last_payment_error": {"code": code}}
            raise Refusal(
                402,
                "card_error",
                "card_declined",
                kept=True,
                decline_code=code,
                payment_intent=intent,
            )
        if self.authenticate:
            url = {"redirect_to_url": {"url": "https://bank.example/3ds"}}
            return intent | self.things[intent["id"]] | self._waits(intent, url)
        self.take(intent)
        return intent

    def _waits(self, intent: Thing, url: Thing) -> Thing:
        intent |= {"status": "requires_action", "next_action": url}
        return intent

    def take(self, intent: Thing) -> None:
        """The money moves: a charge with its line in the balance, 2.9 % + 30."""
        fee = intent["amount"] * 29 // 1000 + 30
        line = {"id": "txn_1", "object": "balance_transaction", "fee": fee}
        charge = self.new("ch", object="charge", payment_intent=intent["id"], refunded_amount=0)
        charge["balance_transaction"] = line | {"currency": intent["currency"]}
        intent |= {"status": "succeeded", "latest_charge": charge}

    def pay_page(self, session_id: str) -> None:
        """The shopper pays on the hosted page."""
        session = self.things[session_id]
        form = {"amount": session["amount_total"], "currency": session["currency"]}
        intent = self.intent(form, session["intent_metadata"])
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}

    def _refund(self, form: Thing) -> Thing:
        charge = self.things[form["payment_intent"]]["latest_charge"]
        amount = int(form["amount"])
        intent = self.things[form["payment_intent"]]
        if charge["refunded_amount"] + amount > intent["amount"]:
            raise Refusal(400, "invalid_request_error", "charge_already_refunded")
        charge["refunded_amount"] += amount
        return self.new(
            "re",
            object="refund",
            amount=amount,
            payment_intent=intent["id"],
            status=self.refund_status,
            metadata=_metadata(form),
        )

    def _transfer(self, form: Thing) -> Thing:
        if form["destination"] == "acct_closed":
            raise Refusal(400, "invalid_request_error", "account_closed")
        return self.new(
            "tr",
            object="transfer",
            amount=int(form["amount"]),
            transfer_group=form["transfer_group"],
            reversed=False,
            metadata=_metadata(form),
        )

    def get(self, path: str, query: dict[str, str]) -> Thing:
        with self._lock:
            if path == "/v1/payment_intents/search":
                op = query["query"].split("'")[3]
                found = [t for t in self.of("pi") if t["metadata"].get("op") == op]
                return _page("search_result", path, found if self.searchable else [])
            if path in _KINDS:
                names = ("payment_intent", "transfer_group")
                wanted = {name: query[name] for name in names if name in query}
                things = self.of(_KINDS[path])
                found = [t for t in things if all(t.get(n) == v for n, v in wanted.items())]
                return _page("list", path, found)
            thing = self.things.get(path.rpartition("/")[2])
            if thing is None:
                raise Refusal(404, "invalid_request_error", "resource_missing")
            return thing

    # -- telling

    def notice(self, type: str, thing: Thing, id: str = "") -> tuple[dict[str, str], bytes]:
        """Headers and body of a signed webhook post."""
        self._count += 1
        event = {"id": id or f"evt_{self._count:06}", "object": "event", "type": type}
        body = json.dumps(event | {"data": {"object": thing}})
        header = stripe.WebhookSignature.generate_signature_header(body, SECRET)
        return {"Stripe-Signature": header, "Content-Type": "application/json"}, body.encode()


def _metadata(form: Thing, name: str = "metadata") -> dict[str, str]:
    head = f"{name}["
    return {key[len(head) : -1]: form[key] for key in form if key.startswith(head)}


def _page(kind: str, path: str, found: list[Thing]) -> Thing:
    return {"object": kind, "url": path, "has_more": False, "data": found, "next_page": None}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bank: StripeStandIn

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        path, key = urlsplit(self.path).path, self.headers.get("Idempotency-Key", "")
        fault = self.bank.faults.pop(0) if self.bank.faults else ""
        if fault == "drop_before":
            self.connection.close()
        elif fault in ("429", "409", "500_before"):
            self._say(int(fault[:3]), {"error": {"type": "api_error", "message": fault}})
        else:
            self._make(path, form, key, fault)

    def _make(self, path: str, form: Thing, key: str, fault: str) -> None:
        try:
            status, body = self.bank.post(path, form, key)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        if fault == "500_after":
            self.bank.keep_500(key)
            status, body = 500, {"error": {"type": "api_error", "message": "sorry"}}
        if fault == "slow":
            time.sleep(self.bank.slow_seconds)
        if fault == "drop_after":
            self.connection.close()
        else:
            self._say(status, body)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        try:
            self._say(200, self.bank.get(url.path, dict(parse_qsl(url.query))))
        except Refusal as refusal:
            self._say(refusal.status, refusal.body)

    def _say(self, status: int, body: Thing) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Stripe-Should-Retry", "false")
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # the client has hung up

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Server:
    """The stand-in listening on a free port of this machine."""

    def __init__(self) -> None:
        self.bank = StripeStandIn()
        handler = type("Handler", (_Handler,), {"bank": self.bank})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
