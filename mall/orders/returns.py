"""Returns and refunds: asked for by the shopper, decided by the seller or an admin."""

from collections.abc import Mapping

from sqlalchemy import select

from core import clock
from core.db import db, one
from core.errors import Conflict, InvalidInput, NotFound
from core.money import Money
from core.use_case import use_case
from mall.checkout import parts
from mall.orders import news, refunding, rules
from mall.orders.models import Order, Refund
from mall.orders.rules import Cause, OrderState, RefundState
from mall.ports import refund_stops

RETURNABLE = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RECEIVED)


class TooLate(Conflict):
    message = "This order can be returned until {days} days after receipt; that time is over."


class NotReturnable(Conflict):
    message = "An order that is {state} cannot be returned. You may cancel it before it is shipped."


class KeyUsed(Conflict):
    message = "This form was used for another order. Reload the page and send it again."


class NothingLeft(Conflict):
    message = "Nothing is left of this order to give back."


@use_case
def open_return(
    number: str,
    buyer_id: int,
    *,
    lines: Mapping[int, int],
    cause: str,
    note: str = "",
    key: str | None = None,
) -> Refund:
    """Ask to return units: `{line_id: quantity}`. What they cost is not due until it is decided.

    The same question while it is open, or under the same key, is the same return.
    """
    order = _order(number, buyer_id=buyer_id)
    if key and (asked := _given(key, order)):
        return asked
    _check_returnable(order)
    wanted = {line: quantity for line, quantity in lines.items() if quantity}
    if before := _same_open(order, wanted):
        return before
    sold = _still_there(order, wanted)
    amount = _worth(order, sold, wanted, Cause(cause))
    refund = refunding.new_refund(
        order, amount, cause=Cause(cause), note=note.strip(), quantities=wanted, key=key or None
    )
    _pause(order, refund, pause=True)
    news.return_asked(order, refund)
    return refund


def _check_returnable(order: Order) -> None:
    if order.state not in RETURNABLE:
        raise NotReturnable(state=order.state)
    if order.received_at is not None:
        days = (clock.today() - clock.day_of(order.received_at)).days
        if days > rules.RETURN_WITHIN_DAYS:
            raise TooLate(days=rules.RETURN_WITHIN_DAYS)


def _same_open(order: Order, wanted: Mapping[int, int]) -> Refund | None:
    for refund in order.refunds:
        same = {part["line_id"]: part["quantity"] for part in refund.lines} == wanted
        if refund.state == RefundState.OPENED and same:
            return refund
    return None


def _still_there(order: Order, wanted: Mapping[int, int]) -> list[rules.Sold]:
    """What each line can still give back, open returns counted; raises when more is wanted."""
    asked: dict[int, int] = {}
    for refund in order.refunds:
        for part in refund.lines if refund.state == RefundState.OPENED else []:
            asked[part["line_id"]] = asked.get(part["line_id"], 0) + part["quantity"]
    sold = [
        rules.Sold(
            line.id,
            Money(line.price, order.currency),
            line.quantity - line.returned - asked.get(line.id, 0),
        )
        for line in order.lines
    ]
    left = {line.line_id: line.kept for line in sold}
    if not wanted or any(quantity < 0 for quantity in wanted.values()):
        raise InvalidInput("Choose what you want to return.")
    if wanted.keys() - left.keys():
        raise NotFound()
    if any(quantity > left[line] for line, quantity in wanted.items()):
        raise InvalidInput("That is more than can still be returned.")
    return sold


def _worth(order: Order, sold: list[rules.Sold], wanted: Mapping[int, int], cause: Cause) -> Money:
    """The price of what comes back; never more than is left of the order."""
    shipping = Money(order.shipping, order.currency)
    worth = rules.worth_of_return(sold, wanted, shipping=shipping, cause=cause)
    amount = min(worth, order.left)
    if not amount:
        raise NothingLeft()
    return amount


@use_case
def accept_return(refund_number: str, *, by: str, seller_id: int | None = None) -> Refund:
    """Give the opened return's money back; accepted twice it counts once.

    by         who decided, `seller:ID` or `admin:ID`
    seller_id  the seller it must belong to, when a seller decides
    """
    order, refund = find(refund_number, seller_id=seller_id)
    if refund.state != RefundState.OPENED:
        if refund.state == RefundState.REJECTED:
            rules.check_refund_move(RefundState.REJECTED, RefundState.ACCEPTED)
        return refund
    refunding.check_refundable(order)
    _pause(order, refund, pause=False)
    # part of it may have been given back since she asked
    refund.amount = min(refund.money, order.left).minor or refund.amount
    if seller_id is not None:
        refund_stops.check(order.number, seller_id, refund.money)
    refunding.accept(order, refund, by=by, returned=True)
    return refund


@use_case
def reject_return(
    refund_number: str, *, by: str, why: str = "", seller_id: int | None = None
) -> Refund:
    """Say no to an opened return; the shopper reads why, and her plan goes on."""
    order, refund = find(refund_number, seller_id=seller_id)
    if refund.state == RefundState.REJECTED:
        return refund
    refund.move_to(RefundState.REJECTED, by=by)
    refund.why = why.strip()[:240]
    _pause(order, refund, pause=False)
    news.return_rejected(order, refund)
    return refund


@use_case
def give_refund(
    number: str,
    amount: Money,
    *,
    by: str,
    cause: str,
    note: str = "",
    seller_id: int | None = None,
    key: str | None = None,
) -> Refund:
    """Give part of an order's money back without a return; the same key gives once."""
    order = _order(number, seller_id=seller_id)
    if key is not None and (before := _given(key, order)):
        return before
    refunding.check_refundable(order)
    if amount.minor <= 0:
        raise InvalidInput("Give back more than nothing.")
    if seller_id is not None:
        refund_stops.check(order.number, seller_id, amount)
    refund = refunding.new_refund(order, amount, cause=Cause(cause), note=note.strip(), key=key)
    refunding.accept(order, refund, by=by)
    return refund


def _given(key: str, order: Order) -> Refund | None:
    """The refund of this key; a key that another order has used raises KeyUsed."""
    before = db.session.scalars(select(Refund).where(Refund.key == key)).one_or_none()
    if before is not None and before.order_id != order.id:
        raise KeyUsed()
    return before


@use_case
def retry_refund(refund_number: str, *, by: str) -> Refund:
    """Send a refund that came back to its card again."""
    _, refund = find(refund_number)
    if refund.state == RefundState.FAILED:
        refund.move_to(RefundState.ACCEPTED, by=by)
        refund.why = ""
        refunding.send_to_cards(refund)
    return refund


def retry_failed() -> int:
    """Send every refund that came back to its card again; returns how many went.

    One whose payment a bank disputes meanwhile waits for the verdict.
    """
    query = select(Refund.number).where(Refund.state == RefundState.FAILED).order_by(Refund.id)
    numbers = db.session.scalars(query).all()
    return sum(_retried(number) for number in numbers)


def _retried(number: str) -> bool:
    try:
        retry_refund(number, by="mall")
    except Conflict:
        return False
    return True


def _pause(order: Order, refund: Refund, *, pause: bool) -> None:
    """Tell the ways to pay which part of their share is (no longer) in question."""
    others = [r.amount for r in order.refunds if r.state == RefundState.OPENED and r is not refund]
    before = Money(sum(others), order.currency)
    for piece in parts.between(order.id, before, before + refund.money):
        piece.method.paused(piece.payment_ref, order.number, piece.amount, pause)


def _order(number: str, *, buyer_id: int | None = None, seller_id: int | None = None) -> Order:
    query = select(Order).where(Order.number == number)
    if buyer_id is not None:
        query = query.where(Order.buyer_id == buyer_id)
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    return one(query.with_for_update().execution_options(populate_existing=True))


def find(number: str, *, seller_id: int | None = None) -> tuple[Order, Refund]:
    """A refund and its order, both locked, the order first; raises NotFound."""
    query = select(Refund).where(Refund.number == number)
    if seller_id is not None:
        query = query.where(Refund.seller_id == seller_id)
    order = _order(db.session.get_one(Order, one(query).order_id).number)
    return order, one(query.with_for_update().execution_options(populate_existing=True))
