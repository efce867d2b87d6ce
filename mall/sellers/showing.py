"""Orders and refunds in the seller's words; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from mall.orders.models import Order, Refund
from mall.orders.rules import CAUSE_WORDS, Cause, OrderState, RefundState
from mall.taxes.rules import Contained

_SAYS = {
    RefundState.OPENED: "You decide.",
    RefundState.ACCEPTED: "On its way to the buyer.",
    RefundState.REJECTED: "You said no.",
    RefundState.SETTLED: "The buyer has it.",
    RefundState.FAILED: "The buyer's card did not take it; the mall tries again.",
}


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as its seller reads it; `extra` is borne on top of `amount`."""

    number: str
    state: str
    amount: Money
    extra: Money
    cause: str
    says: str
    at: datetime
    is_open: bool
    taxes: list[Contained]


@dataclass(frozen=True, slots=True)
class Actions:
    """What the seller may do with an order now."""

    ship: bool
    cancel: bool
    refund: bool


def refunds_of(refunds: Iterable[Refund]) -> list[RefundRow]:
    """The newest first."""
    return [_row(refund) for refund in reversed(list(refunds))]


def _row(refund: Refund) -> RefundRow:
    state = RefundState(refund.state)
    return RefundRow(
        number=refund.number,
        state=state.value,
        amount=refund.money,
        extra=Money(refund.extra, refund.currency),
        cause=CAUSE_WORDS[Cause(refund.cause)],
        says=f"{_SAYS[state]} {refund.why}".strip(),
        at=refund.decided_at or refund.created_at,
        is_open=state == RefundState.OPENED,
        taxes=refund.contains,
    )


def actions_of(order: Order) -> Actions:
    """The buttons of an order's page."""
    waits = order.state == OrderState.PAID
    paid = order.paid_at is not None and order.state != OrderState.CANCELED
    return Actions(
        ship=waits and not order.in_dispute,
        cancel=waits and not order.in_dispute,
        refund=paid and bool(order.left),
    )
