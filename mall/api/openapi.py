"""The OpenAPI 3.1 document of `/api/v1`; a test holds it to the routes and to what they answer."""

from typing import Any

from mall.orders.rules import Cause, OrderState, RefundState

Json = dict[str, Any]


def document(mall: str) -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{mall}: seller API", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _PATHS,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "parameters": _PARAMETERS,
            "responses": {"problem": _PROBLEM},
            "schemas": SCHEMAS,
        },
    }


_ABOUT = (
    "Money is whole minor units. Lists go on where `next` says, as `?cursor=`. Every POST needs an "
    "`Idempotency-Key`: sent again with the same key it gives the same answer and does nothing "
    "twice. Refusals are application/problem+json; `detail` says what to do."
)


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _some(kind: str) -> Json:
    return {"type": [kind, "null"]}


_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_MONEY, _DAY = _ref("schemas", "Money"), {"type": "string", "format": "date"}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_MAYBE: Json = {"type": ["string", "null"], "format": "date-time"}


def _thing(**fields: Json) -> Json:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _all_of(name: str) -> Json:
    return {"type": "array", "items": _ref("schemas", name)}


_ORDER: Json = {
    "number": _TEXT,
    "state": {"enum": [str(state) for state in OrderState]},
    "paid_at": _INSTANT,
    "ship_by": _MAYBE,
    "total": _MONEY,
    "refunded": _MONEY,
    "lines": _all_of("Line"),
}
SCHEMAS: Json = {
    "Money": _thing(minor=_WHOLE, currency=_TEXT, text=_TEXT),
    "Amount": _thing(minor={"type": "integer", "minimum": 1}, currency=_TEXT),
    "Line": _thing(
        id=_TEXT,
        title=_TEXT,
        label=_TEXT,
        quantity=_WHOLE,
        returned=_WHOLE,
        price=_MONEY,
        tax=_MONEY,
        tax_ppm=_WHOLE,
    ),
    "Tax": _thing(name=_TEXT, ppm=_WHOLE, amount=_MONEY),
    "Order": _thing(**_ORDER),
    "WholeOrder": _thing(
        **_ORDER,
        address={"type": "object"},
        taxes=_all_of("Tax"),
        shipping=_MONEY,
        shipped_at=_MAYBE,
        delivered_at=_MAYBE,
        received_at=_MAYBE,
        canceled_at=_MAYBE,
        shipment={"anyOf": [_ref("schemas", "Shipment"), {"type": "null"}]},
        refunds=_all_of("Refund"),
        settlement=_all_of("Settled"),
    ),
    "Settled": _thing(step=_WHOLE, reason=_TEXT, amount=_MONEY, contract=_some("string"), on=_DAY),
    "Shipment": _thing(carrier=_TEXT, tracking=_TEXT, first_scan_at=_MAYBE, delivered_at=_MAYBE),
    "Refund": _thing(
        number=_TEXT,
        state={"enum": [str(state) for state in RefundState]},
        amount=_MONEY,
        taxes=_all_of("Tax"),
        cause={"enum": [str(cause) for cause in Cause]},
        note=_TEXT,
        created_at=_INSTANT,
    ),
    "Payout": _thing(
        number=_TEXT,
        state={"enum": ["requested", "sent", "paid", "failed"]},
        amount=_MONEY,
        created_at=_INSTANT,
        paid_at=_MAYBE,
        why=_TEXT,
    ),
    "Balance": _thing(
        escrow=_MONEY, available=_MONEY, reserve=_MONEY, in_flight=_MONEY, owed=_MONEY
    ),
    "StatementRow": _thing(
        on=_DAY,
        words=_TEXT,
        about=_some("string"),
        ref=_TEXT,
        contract=_some("string"),
        amount=_MONEY,
        balance={"anyOf": [_MONEY, {"type": "null"}]},
        taxes=_all_of("Tax"),
    ),
    "Problem": _thing(type=_TEXT, title=_TEXT, status=_WHOLE, detail=_TEXT),
    "NewShipment": _thing(carrier=_TEXT | {"maxLength": 40}, tracking=_TEXT | {"maxLength": 40}),
    "NewRefund": {
        "type": "object",
        "properties": {
            "amount": _ref("schemas", "Amount"),
            "cause": {"enum": [str(cause) for cause in Cause]},
            "note": _TEXT | {"maxLength": 500},
        },
        "required": ["amount", "cause"],
    },
    "NewPayout": _thing(amount=_ref("schemas", "Amount")),
}
_PROBLEM: Json = {
    "description": "A refusal; `detail` says what to do.",
    "content": {"application/problem+json": {"schema": _ref("schemas", "Problem")}},
}


def _asked(name: str, where: str, schema: Json, about: str, required: bool = False) -> Json:
    return {
        "name": name,
        "in": where,
        "required": required,
        "schema": schema,
        "description": about,
    }


_PARAMETERS: Json = {
    "number": _asked("number", "path", _TEXT, "The order's number.", True),
    "cursor": _asked("cursor", "query", _TEXT, "`next` of the page before."),
    "limit": _asked(
        "limit", "query", {"type": "integer", "minimum": 1, "maximum": 100}, "Rows a page."
    ),
    "seller": _asked("seller", "query", _WHOLE, "With an admin's key: whose."),
    "state": _asked("state", "query", _ORDER["state"], "Only orders in this state."),
    "key": _asked(
        "Idempotency-Key",
        "header",
        _TEXT | {"minLength": 1, "maxLength": 200},
        "A new one for a new intention, the same one to repeat it.",
        True,
    ),
}


def _answers(code: str, schema: Json, about: str) -> Json:
    return {
        code: {"description": about, "content": {"application/json": {"schema": schema}}},
        "default": _ref("responses", "problem"),
    }


def _get(about: str, schema: Json, *parameters: str) -> Json:
    asked = [_ref("parameters", name) for name in parameters]
    return {"summary": about, "parameters": asked, "responses": _answers("200", schema, about)}


def _page_of(name: str) -> Json:
    return _thing(data=_all_of(name), next=_some("string"))


def _post(about: str, sent: str, answered: str, *parameters: str) -> Json:
    asked = [_ref("parameters", name) for name in (*parameters, "key")]
    content = {"application/json": {"schema": _ref("schemas", sent)}}
    return {
        "summary": about,
        "parameters": asked,
        "requestBody": {"required": True, "content": content},
        "responses": _answers("201", _ref("schemas", answered), about),
    }


_LIST = ("cursor", "limit", "seller")
_PATHS: Json = {
    "/openapi.json": {"get": _get("This document.", {"type": "object"}) | {"security": []}},
    "/orders": {"get": _get("Paid orders, the newest first.", _page_of("Order"), "state", *_LIST)},
    "/orders/{number}": {
        "get": _get("One order with its money.", _ref("schemas", "WholeOrder"), "number")
    },
    "/orders/{number}/shipments": {
        "post": _post("The parcel is on its way.", "NewShipment", "Shipment", "number")
    },
    "/orders/{number}/refunds": {
        "post": _post("Give part of it back.", "NewRefund", "Refund", "number")
    },
    "/payouts": {
        "get": _get("Payouts, the newest first.", _page_of("Payout"), *_LIST),
        "post": _post("Send some of the balance to the bank.", "NewPayout", "Payout"),
    },
    "/balance": {"get": _get("Where the money stands.", _ref("schemas", "Balance"), "seller")},
    "/statement": {
        "get": _get("What moved on the balance, newest first.", _page_of("StatementRow"), *_LIST)
    },
}
