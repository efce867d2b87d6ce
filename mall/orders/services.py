"""What happens to an order: paid, shipped, delivered, received, canceled."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, or_, select

from core import clock
from core.db import db, one
from core.errors import Conflict
from core.use_case import use_case
from mall.checkout import parts
from mall.orders import news, refunding
from mall.orders.models import Order, Refund, Shipment
from mall.orders.rules import SHIP_WITHIN_DAYS, Cause, OrderState, RefundState
from mall.payouts import services as payouts
from mall.ports import door, payment_methods

CANCEL_CAUSES = {
    "shopper": Cause.CHANGED_MIND,
    "seller": Cause.NO_STOCK,
    "mall": Cause.GOODWILL,
}


class StillPaying(Conflict):
    message = "The payment of this order is under way; wait for its answer."


class AlreadyShipped(Conflict):
    message = "This order is on its way. Return it when it has arrived."


class NotPaidYet(Conflict):
    message = "Pay the courier at the door first; then the parcel is yours."


class ReturnOpen(Conflict):
    message = "A return of this order is open. It must be decided first."


class DisputeOpen(Conflict):
    message = (
        "The card's bank has taken this order's money back and has not decided yet. "
        "Nothing can be changed about it until then."
    )


def find(number: str, *, buyer_id: int | None = None, seller_id: int | None = None) -> Order:
    """The order, locked; through its owner where one is given. Raises NotFound."""
    query = select(Order).where(Order.number == number)
    if buyer_id is not None:
        query = query.where(Order.buyer_id == buyer_id)
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    return one(query.with_for_update().execution_options(populate_existing=True))


def paid(order: Order, *, paid_with: str, by: str) -> None:
    """The whole total has reached escrow. Called by checkout, inside its transaction."""
    if order.paid_at is not None:
        raise Conflict(f"Order {order.number} has been paid before.")
    order.move_to(OrderState.PAID, by=by)
    order.paid_at, order.paid_with = clock.now(), paid_with
    order.ship_by = clock.now() + timedelta(days=SHIP_WITHIN_DAYS)
    order.canceled_at, order.canceled_by, order.cancel_reason = None, "", ""


def unpaid(order: Order, *, why: str) -> None:
    """The payment failed or never came. Called by checkout, inside its transaction."""
    order.move_to(OrderState.CANCELED, by="checkout", why=why[:240])
    order.canceled_at, order.canceled_by = clock.now(), "mall"
    order.cancel_reason = why[:160]


@use_case
def ship(
    number: str, seller_id: int, *, carrier: str, tracking: str, weight_grams: int | None = None
) -> Order:
    """The seller has handed the parcel over; said twice with the same tracking, it counts once."""
    order = find(number, seller_id=seller_id)
    if order.shipment is not None and order.shipment.tracking == tracking:
        return order
    door.check_carrier(number, carrier)
    order.move_to(OrderState.SHIPPED, by=f"seller:{seller_id}", why=f"{carrier} {tracking}")
    order.shipped_at = clock.now()
    order.shipment = Shipment(
        order_id=order.id,
        seller_id=seller_id,
        carrier=carrier,
        tracking=tracking,
        weight_grams=weight_grams,
    )
    for payer in parts.payers(order.id):
        payment_methods.tell_shipped(payer.method, payer.payment_ref, order.number, clock.today())
    news.sent(order)
    return order


@use_case
def scan(number: str, at: datetime | None = None) -> None:
    """The carrier has seen the parcel; only the first scan is kept."""
    order = find(number)
    if order.shipment is None:
        raise Conflict(f"Order {number} has no parcel yet.")
    order.shipment.first_scan_at = order.shipment.first_scan_at or at or clock.now()


@use_case
def deliver(number: str, at: datetime | None = None) -> Order:
    """The carrier has left the parcel with the shopper, who paid what was due at the door."""
    order = find(number)
    if order.delivered_at is not None:
        return order
    order.move_to(OrderState.DELIVERED, by="carrier")
    door.collect(number)
    order.delivered_at = at or clock.now()
    if order.shipment is not None:
        order.shipment.delivered_at = order.delivered_at
        order.shipment.first_scan_at = order.shipment.first_scan_at or order.delivered_at
    return order


@use_case
def confirm_receipt(number: str, buyer_id: int) -> Order:
    """The shopper has the goods: the seller's money is released. A second click changes nothing."""
    order = find(number, buyer_id=buyer_id)
    if order.state != OrderState.RECEIVED:
        _receive(order, by=f"shopper:{buyer_id}")
    return order


def _receive(order: Order, *, by: str) -> None:
    if has_open_return(order):
        raise ReturnOpen()
    if order.in_dispute:
        raise DisputeOpen()
    if door.due(order.number):
        raise NotPaidYet()
    order.move_to(OrderState.RECEIVED, by=by)
    order.received_at, order.received_by_timer = clock.now(), by == "timer"
    for payer in parts.payers(order.id):
        payer.method.received(payer.payment_ref, order.number, clock.today())
    payouts.release(order)


def has_open_return(order: Order) -> bool:
    """Whether a return waits for a decision."""
    query = select(Refund.id).where(Refund.order_id == order.id, Refund.state == RefundState.OPENED)
    return db.session.scalar(query.limit(1)) is not None


def confirm_overdue() -> int:
    """Confirm for shoppers who forgot: so many days after delivery, or after shipping."""
    numbers = db.session.scalars(select(Order.number).where(_overdue()).order_by(Order.id)).all()
    return sum(_confirm_by_timer(number) for number in numbers)


@use_case
def _confirm_by_timer(number: str) -> bool:
    order = find(number)
    waits = order.in_dispute or has_open_return(order) or door.due(number)
    if waits or order.state not in (OrderState.SHIPPED, OrderState.DELIVERED):
        return False
    _receive(order, by="timer")
    return True


def _overdue() -> ColumnElement[bool]:
    days = current_app.config
    delivered = clock.now() - timedelta(days=days["AUTO_CONFIRM_DAYS"])
    shipped = clock.now() - timedelta(days=days["AUTO_CONFIRM_SHIPPED_DAYS"])
    returning = exists().where(Refund.order_id == Order.id, Refund.state == RefundState.OPENED)
    late = or_(
        and_(Order.state == OrderState.DELIVERED, Order.delivered_at <= delivered),
        and_(Order.state == OrderState.SHIPPED, Order.shipped_at <= shipped),
    )
    return and_(late, ~returning, Order.disputed == 0)


@use_case
def cancel(
    number: str,
    *,
    by: str,
    reason: str,
    cause: Cause | None = None,
    buyer_id: int | None = None,
    seller_id: int | None = None,
) -> Order:
    """Call off an order that was not shipped: everything paid and not yet refunded goes back.

    by                    shopper, seller or mall
    cause                 what it is for; it decides who bears a plan's earned fee and whether the
                          goods go back on the shelf. By `by`, where it is not said
    buyer_id, seller_id   the owner it must belong to, when one of them asks
    """
    order = find(number, buyer_id=buyer_id, seller_id=seller_id)
    if order.state == OrderState.CANCELED:
        return order
    if order.state == OrderState.PLACED:
        raise StillPaying()
    if order.state != OrderState.PAID:
        raise AlreadyShipped()
    if order.in_dispute:
        raise DisputeOpen()
    order.move_to(OrderState.CANCELED, by=by, why=reason[:240])
    order.canceled_at, order.canceled_by, order.cancel_reason = clock.now(), by, reason[:160]
    refunding.give_all(order, order.left, cause=cause or CANCEL_CAUSES[by], by=by)
    refunding.undo_loss(order, by=by)
    return order
