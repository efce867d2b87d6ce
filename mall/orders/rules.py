"""What an order and a refund may become, and how much a return is worth; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import IllegalMove
from core.money import Money, total

SHIP_WITHIN_DAYS = 3  # promised to the shopper, from payment
RETURN_WITHIN_DAYS = 90  # from receipt


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
    # A payment that arrives after the checkout was given up revives an order never paid before.
    OrderState.CANCELED: {OrderState.PAID},
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
    CHARGED_BACK = "charged_back"


SELLER_FAULTS = {
    Cause.NOT_AS_DESCRIBED,
    Cause.WRONG_ITEM,
    Cause.DAMAGED,
    Cause.LATE,
    Cause.NO_STOCK,
    Cause.CHARGED_BACK,
}


# these never go back on the shelf: what is lost or broken, and what was never there
LOST_GOODS = {Cause.NOT_RECEIVED, Cause.DAMAGED, Cause.NO_STOCK}
CAUSE_WORDS = {
    Cause.NOT_AS_DESCRIBED: "It is not as described",
    Cause.WRONG_ITEM: "The wrong item came",
    Cause.DAMAGED: "It came damaged",
    Cause.LATE: "It came too late",
    Cause.NOT_RECEIVED: "It never came",
    Cause.CHANGED_MIND: "I changed my mind",
    Cause.NO_STOCK: "The seller has none left",
    Cause.GOODWILL: "Goodwill",
    Cause.CHARGED_BACK: "The card's bank took it back",
}
_NOT_HERS = (Cause.NO_STOCK, Cause.GOODWILL, Cause.CHARGED_BACK)
SHOPPER_CAUSES = [c for c in Cause if c not in _NOT_HERS]
GIVEN_CAUSES = [c for c in Cause if c != Cause.CHARGED_BACK]  # what a person may choose


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as sold: the price of one unit, and how many units are still with the shopper."""

    line_id: int
    price: Money
    kept: int


def worth_of_return(
    sold: Sequence[Sold], wanted: Mapping[int, int], *, shipping: Money, cause: Cause
) -> Money:
    """The price of the units wanted back; with the shipping when all goes and it is not her doing."""
    goods = total([s.price * wanted.get(s.line_id, 0) for s in sold], shipping.currency)
    everything = all(wanted.get(s.line_id, 0) == s.kept for s in sold)
    return goods + shipping if everything and fault_of(cause) != "buyer" else goods


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
