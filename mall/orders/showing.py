"""An order in the shopper's words: its steps, its refunds, and what can be done now; pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.money import Money
from mall.orders.models import Order
from mall.orders.rules import CAUSE_WORDS, Cause, OrderState, RefundState
from mall.taxes.rules import Contained

_REFUND_WORDS = {
    RefundState.OPENED: ("Return requested", "The seller decides next."),
    RefundState.ACCEPTED: ("Accepted", "The money is on its way to you."),
    RefundState.REJECTED: ("Rejected", "The seller said no."),
    RefundState.SETTLED: ("Settled", "The money has been given back."),
    RefundState.FAILED: ("Failed", "The money could not be given back yet. We try again."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the timeline; `state` is done, now, next or bad."""

    label: str
    at: datetime | None
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as the shopper reads it."""

    number: str
    state: str
    amount: Money
    cause: str
    says: str
    at: datetime
    taxes: list[Contained]


@dataclass(frozen=True, slots=True)
class WhatNow:
    """Which buttons the order's page shows."""

    receive: bool
    cancel: bool
    give_back: bool


def steps_of(order: Order) -> list[Step]:
    """From placing to receipt; a canceled order ends with why."""
    done = [Step("Placed", order.created_at, "done")]
    parcel = order.shipment
    way = f"{parcel.carrier}, {parcel.tracking}" if parcel else ""
    promised = f"Promised by {clock.day_of(order.ship_by):%d %b}" if order.ship_by else ""
    due = order.deliver_by
    arrives = f"Promised by {clock.day_of(due):%d %b}" if due and not order.delivered_at else ""
    rest: list[tuple[str, datetime | None, str]] = [
        (_paid_word(order), order.paid_at, ""),
        ("Shipped", order.shipped_at, way or promised),
        ("Delivered", order.delivered_at, arrives),
        ("Received", order.received_at, "Confirmed by time" if order.received_by_timer else ""),
    ]
    done += [Step(label, at, "done", note) for label, at, note in rest if at]
    if order.state == OrderState.CANCELED:
        return [*done, Step("Canceled", order.canceled_at, "bad", order.cancel_reason)]
    reached = max((i for i, (_, at, _) in enumerate(rest) if at), default=-1)
    todo = [(label, note) for label, _, note in rest[reached + 1 :]]
    return done + [
        Step(label, None, "now" if i == 0 else "next", note if i == 0 else "")
        for i, (label, note) in enumerate(todo)
    ]


def _paid_word(order: Order) -> str:
    if order.paid_with != "cash_on_delivery":
        return "Paid"
    return "Paid at the door" if order.delivered_at else "To be paid at the door"


def refunds_of(order: Order) -> list[RefundView]:
    """Every refund with its number, the newest first."""
    return [_refund(refund) for refund in reversed(order.refunds)]


def _refund(refund: Any) -> RefundView:
    word, says = _REFUND_WORDS[RefundState(refund.state)]
    return RefundView(
        number=refund.number,
        state=word,
        amount=refund.money,
        cause=CAUSE_WORDS[Cause(refund.cause)],
        says=f"{says} {refund.why}".strip() if refund.state == RefundState.REJECTED else says,
        at=refund.decided_at or refund.created_at,
        taxes=refund.contains,
    )


def what_now(order: Order) -> WhatNow:
    """What the shopper may do with an order in this state."""
    open_return = any(refund.state == RefundState.OPENED for refund in order.refunds)
    on_its_way = order.state in (OrderState.SHIPPED, OrderState.DELIVERED)
    kept = any(line.quantity > line.returned for line in order.lines)
    return WhatNow(
        receive=on_its_way and not open_return and not order.in_dispute,
        cancel=order.state == OrderState.PAID and not order.in_dispute,
        give_back=(on_its_way or order.state == OrderState.RECEIVED) and kept and bool(order.left),
    )
