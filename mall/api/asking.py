"""What every request of the API shares: the key, its body, the idempotency key, refusals as JSON."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import Response, g, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from core import once
from core.db import db
from core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from core.money import Money
from mall.api import services
from mall.api.services import Caller

PROBLEM = "application/problem+json"
LIMIT_MAX, LIMIT_USUAL = 100, 25
_KEY_MAX = 200
_WORDS = {
    404: "There is nothing here, or it is not yours.",
    415: "Send JSON with Content-Type: application/json.",
    429: "Too many requests. Wait a minute and go on more slowly.",
    500: "Something broke on our side. Send the same request with the same Idempotency-Key again.",
}


class NoKey(DomainError):
    status = 401
    message = "Send a valid key as `Authorization: Bearer …`; make one at /seller/api-keys."


class NoIdempotencyKey(DomainError):
    message = (
        "A POST needs an Idempotency-Key header of 1 to 200 characters: "
        "a new one for a new intention, the same one to repeat it."
    )


class KeyUsed(InvalidInput):
    message = (
        "This Idempotency-Key was used for another request. Use a new key for a new intention."
    )


class StillRunning(once.StillRunning):
    message = "The first request under this Idempotency-Key is still running. Ask again soon."


def caller() -> Caller:
    """Whose program asks."""
    asks: Caller = g.caller
    return asks


def check_key() -> None:
    """Raise NoKey without a valid key, NotAllowed where it may only read."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    asks = services.caller(secret.strip()) if scheme.lower() == "bearer" else None
    if asks is None:
        raise NoKey()
    if request.method == "POST" and not asks.may_write:
        raise NotAllowed("This key may only read. Make one that may write.")
    g.caller = asks


def counts_once(view: Callable[..., Any]) -> Callable[..., Any]:
    """A POST that answers the same under the same Idempotency-Key; view gets `key` for its use case."""

    @wraps(view)
    def counted(**arguments: Any) -> Response:
        header = request.headers.get("Idempotency-Key", "")
        if not 0 < len(header) <= _KEY_MAX:
            raise NoIdempotencyKey()
        person = caller().person_id
        mark = sha256(f"api:{person}:{header}".encode()).hexdigest()[:40]

        def run() -> Any:
            return view(**arguments, key=f"api:{mark}")

        try:
            return once.answer(person, f"api:{header}", run, looks=0)
        except once.OtherBody:
            raise KeyUsed() from None
        except once.StillRunning:
            raise StillRunning() from None

    counted.counts_once = True  # type: ignore[attr-defined]
    return counted


def whose() -> int | None:
    """The seller a request is about: the key's own; an admin's key says `?seller=ID`, or all."""
    return caller().seller_id or request.args.get("seller", type=int)


def seller() -> int:
    """The one seller a request is about; raises InvalidInput."""
    found = whose()
    if found is None:
        raise InvalidInput("Say whose: ?seller=ID.")
    return found


def own_shop() -> int:
    """The seller whose key this is; raises NotAllowed for an admin's."""
    found = caller().seller_id
    if found is None:
        raise NotAllowed("Only the seller's own key may do this.")
    return found


def body(**kinds: type) -> dict[str, Any]:
    """The JSON object sent; every field named here must be there and of its kind."""
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise InvalidInput("Send a JSON object.")
    for name, kind in kinds.items():
        if not isinstance(sent.get(name), kind) or sent.get(name) == "":
            raise InvalidInput(f"`{name}` is missing or not a {_KINDS[kind]}.")
        if kind is str and ("\x00" in sent[name] or len(sent[name]) > 500):
            raise InvalidInput(f"`{name}` is too long, or holds a character it cannot.")
    return sent


_KINDS: dict[type, str] = {str: "text", dict: "object"}


def amount(sent: dict[str, Any]) -> Money:
    """`{"minor": 4000, "currency": "CNY"}`, whole and above zero."""
    minor, currency = sent.get("minor"), sent.get("currency")
    if type(minor) is not int or not 0 < minor < 2**63 or not isinstance(currency, str):
        raise InvalidInput('Write an amount as {"minor": 4000, "currency": "CNY"}: whole, above 0.')
    try:
        return Money(minor, currency)
    except ValueError:
        raise InvalidInput(f"{currency!r} is no currency.") from None


def page() -> tuple[int | None, int]:
    """(the cursor to go on from, rows a page) as asked; raises InvalidInput."""
    cursor, limit = request.args.get("cursor", ""), request.args.get("limit", str(LIMIT_USUAL))
    if cursor and not (cursor.isdecimal() and len(cursor) < 19):
        raise InvalidInput("`cursor` is what `next` of the page before said.")
    if not limit.isdecimal() or not 1 <= int(limit[:6]) <= LIMIT_MAX:
        raise InvalidInput(f"`limit` is 1 to {LIMIT_MAX}.")
    return (int(cursor) if cursor else None), int(limit)


def listed(rows: list[Any], limit: int, shape: Callable[[Any], Any]) -> Response:
    """A page of rows that were read with one more than `limit`, and where the next begins."""
    more = str(rows[limit - 1].id) if len(rows) > limit else None
    return jsonify({"data": [shape(row) for row in rows[:limit]], "next": more})


def problem(error: Exception) -> Response:
    """A refusal as application/problem+json."""
    db.session.rollback()
    if isinstance(error, DomainError):
        status, sentence = error.status, str(error)
    else:
        assert isinstance(error, HTTPException)
        status = error.code or 500
        sentence = _WORDS.get(status, error.description or "This cannot be done.")
    title = HTTPStatus(status).phrase
    said = {"type": "about:blank", "title": title, "status": status, "detail": sentence}
    answer = make_response(jsonify(said), status)
    answer.content_type = PROBLEM
    wait = getattr(error, "retry_after", None) or (60 if status == 429 else None)
    if isinstance(wait, int):
        answer.headers["Retry-After"] = str(wait)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def nothing_here(rest: str) -> Any:
    """An address, or a way to ask it, that the API does not have."""
    raise NotFound("There is nothing here, or it is not yours; see /api/v1/openapi.json.")
