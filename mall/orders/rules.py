"""What an order and a refund may become."""

from enum import StrEnum

from core.errors import IllegalMove


class OrderState(StrEnum):
    """placed: awaits its payment; received: the shopper has it, the seller's money is released."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"
    CANCELED = "canceled"


MOVES: dict[OrderState, set[OrderState]] = {
    OrderState.PLACED: {OrderState.PAID, OrderState.CANCELED},
    OrderState.PAID: {OrderState.SHIPPED, OrderState.CANCELED},
    OrderState.SHIPPED: {OrderState.DELIVERED, OrderState.RECEIVED, OrderState.CANCELED},
    OrderState.DELIVERED: {OrderState.RECEIVED, OrderState.CANCELED},
    OrderState.RECEIVED: set(),
    OrderState.CANCELED: set(),
}


class RefundState(StrEnum):
    """accepted: the book owes it; settled: the money has arrived; failed: it came back."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"
    FAILED = "failed"


REFUND_MOVES: dict[RefundState, set[RefundState]] = {
    RefundState.OPENED: {RefundState.ACCEPTED, RefundState.REJECTED},
    RefundState.ACCEPTED: {RefundState.SETTLED, RefundState.FAILED},
    RefundState.REJECTED: set(),
    RefundState.SETTLED: {RefundState.FAILED},
    RefundState.FAILED: {RefundState.ACCEPTED},
}


class Cause(StrEnum):
    """Why something is given back."""

    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    DAMAGED = "damaged"
    LATE = "late"
    NOT_RECEIVED = "not_received"
    CHANGED_MIND = "changed_mind"
    NO_STOCK = "no_stock"
    GOODWILL = "goodwill"


SELLER_FAULTS = {
    Cause.NOT_AS_DESCRIBED,
    Cause.WRONG_ITEM,
    Cause.DAMAGED,
    Cause.LATE,
    Cause.NO_STOCK,
}


def fault_of(cause: Cause) -> str:
    """Who bears a financed order's fee: seller, buyer or mall."""
    if cause in SELLER_FAULTS:
        return "seller"
    return "mall" if cause in (Cause.NOT_RECEIVED, Cause.GOODWILL) else "buyer"


def check_move(here: OrderState, there: OrderState) -> None:
    if there not in MOVES[here]:
        raise IllegalMove(thing="The order", here=here.value, there=there.value)


def check_refund_move(here: RefundState, there: RefundState) -> None:
    if there not in REFUND_MOVES[here]:
        raise IllegalMove(thing="The refund", here=here.value, there=there.value)
