"""How cash on delivery moves: promised, collected at the door, handed over; pure."""

from collections.abc import Iterable
from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting


@posting(
    "cash.promised",
    "due_at_door > escrow",
    key="cash:{checkout}:promised",
    cause=cause(
        "cash_due d join orders o on o.id = d.order_id join checkout c on c.id = o.checkout_id",
        "c.number = {checkout}",
        currency="d.currency",
        due_at_door=("d.order_number", "-d.amount"),
    ),
)
def promised(checkout_number: str, shares: Iterable[tuple[str, Money]], on: date) -> Journal:
    """The shopper promises to pay each order, `(number, amount)`, at the door."""
    lines = [(account("due_at_door", n), account("escrow", n), a, "promised") for n, a in shares]
    key = f"cash:{checkout_number}:promised"
    return Journal(key, "cash.promised", checkout_number, on, moves(*lines))


@posting(
    "cash.collected",
    "cash_with_courier > due_at_door",
    key="cash:{order}:collected",
    cause=cause(
        "cash_due d",
        "d.order_number = {order} and d.collected > 0",
        due_at_door=("d.order_number", "d.collected"),
        cash_with_courier=("d.courier", "-d.collected"),
    ),
)
def collected(order_number: str, courier: str, amount: Money, on: date) -> Journal:
    """The courier has the money of an order in hand."""
    line = (account("cash_with_courier", courier), account("due_at_door", order_number))
    key = f"cash:{order_number}:collected"
    return Journal(key, "cash.collected", order_number, on, moves((*line, amount, "collected")))


@piece(
    "clearing, bank > cash_with_courier",
    into="payment.paid",
    cause=cause(
        "cash_handover h",
        "h.payment_id = {id}::bigint",
        cash_with_courier=("h.courier", "h.amount"),
    ),
)
def handed_over(money_in: Account, courier: str, amount: Money) -> tuple[Transfer, ...]:
    """A courier's cash has reached our bank account."""
    return moves((money_in, account("cash_with_courier", courier), amount, "handed_over"))


@piece(
    "refund_payable > due_at_door",
    into="order.refunded",
    cause=cause(
        "refund r join cash_due d on d.order_id = r.order_id",
        "r.number = {number}",
        currency="d.currency",
        due_at_door=("d.order_number", None),
    ),
)
def not_due(refund_number: str, order_number: str, amount: Money) -> tuple[Transfer, ...]:
    """What is given back before the door is not asked for at the door."""
    line = (account("refund_payable", refund_number), account("due_at_door", order_number))
    return moves((*line, amount, "not_due"))
