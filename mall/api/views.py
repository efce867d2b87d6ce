"""`/api/v1`: what a seller's program reads and does."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from core.errors import DomainError, InvalidInput
from mall.api import asking, queries, shapes
from mall.api.asking import counts_once
from mall.api.openapi import document
from mall.orders import returns, services
from mall.orders.rules import Cause, OrderState
from mall.payouts import services as payouts
from mall.payouts.statements import statement
from mall.sellers import money_queries, order_queries

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.register_error_handler(DomainError, asking.problem)
bp.register_error_handler(HTTPException, asking.problem)
_WAYS = ("GET", "POST", "PUT", "PATCH", "DELETE")
bp.add_url_rule("/<path:rest>", "nothing_here", asking.nothing_here, methods=_WAYS)
_OPEN = ("api.openapi",)


@bp.before_request
def _check() -> None:
    if request.endpoint not in _OPEN:
        asking.check_key()


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


@bp.get("/openapi.json")
def openapi() -> Any:
    return jsonify(document(current_app.config["MALL_NAME"]))


@bp.get("/orders")
def orders() -> Any:
    before, limit = asking.page()
    state = request.args.get("state", "")
    if state and state not in list(OrderState):
        raise InvalidInput(f"`state` is one of {', '.join(OrderState)}.")
    rows = queries.orders(asking.whose(), state=state, before=before, limit=limit)
    return asking.listed(list(rows), limit, shapes.order)


@bp.get("/orders/<number>")
def order(number: str) -> Any:
    found = queries.order(number, asking.caller().seller_id)
    return jsonify(shapes.whole_order(found, order_queries.settlement_of(found.id)))


@bp.post("/orders/<number>/shipments")
@counts_once
def ship(number: str, key: str) -> Any:
    sent = asking.body(carrier=str, tracking=str)
    if len(sent["carrier"]) > 40 or len(sent["tracking"]) > 40:
        raise InvalidInput("`carrier` and `tracking` are at most 40 characters each.")
    shop = asking.own_shop()
    found = services.ship(number, shop, carrier=sent["carrier"], tracking=sent["tracking"])
    assert found.shipment is not None
    return jsonify(shapes.shipment(found.shipment)), 201


@bp.post("/orders/<number>/refunds")
@counts_once
def refund(number: str, key: str) -> Any:
    sent, asks = asking.body(amount=dict, cause=str), asking.caller()
    if sent["cause"] not in list(Cause):
        raise InvalidInput(f"`cause` is one of {', '.join(Cause)}.")
    found = queries.order(number, asks.seller_id)
    amount = asking.amount(sent["amount"])
    if amount.currency != found.currency:
        raise InvalidInput(f"This order is in {found.currency}.")
    given = returns.give_refund(
        number,
        amount,
        by=f"seller:{asks.seller_id}" if asks.seller_id else f"admin:{asks.person_id}",
        cause=sent["cause"],
        note=str(sent.get("note", ""))[:500].replace("\x00", ""),
        seller_id=asks.seller_id,
        key=key,
    )
    return jsonify(shapes.refund(given)), 201


@bp.get("/payouts")
def payout_list() -> Any:
    before, limit = asking.page()
    rows = queries.payouts(asking.seller(), before=before, limit=limit)
    return asking.listed(list(rows), limit, shapes.payout)


@bp.post("/payouts")
@counts_once
def ask_payout(key: str) -> Any:
    amount = asking.amount(asking.body(amount=dict)["amount"])
    if amount.currency != _currency():
        raise InvalidInput(f"The mall pays out in {_currency()}.")
    asked = payouts.request_payout(asking.own_shop(), amount, key=key)
    return jsonify(shapes.payout(asked)), 201


@bp.get("/balance")
def balance() -> Any:
    return jsonify(shapes.balance(money_queries.balances(asking.seller(), _currency())))


@bp.get("/statement")
def statement_rows() -> Any:
    before, limit = asking.page()
    found = statement(asking.seller(), _currency(), limit=limit, before=before)
    rows = [shapes.statement_row(row) for row in found.rows]
    return jsonify({"data": rows, "next": str(found.before) if found.before else None})
