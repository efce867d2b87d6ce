"""Which orders a disputed payment paid for, and how much of each can still be taken back."""

from core.money import Money
from mall.checkout import queries as checkout_queries
from mall.checkout import services as checkouts
from mall.orders.models import Order


def number_of(purpose: str) -> str:
    """The checkout's number in `checkout:C-7K2M`."""
    return purpose.split(":")[1]


def lock(purpose: str) -> None:
    """The checkout and its orders: they come before the payment's row."""
    checkouts.locked(number_of(purpose))


def orders_of(purpose: str, payment_id: int) -> list[Order]:
    """The orders that this payment paid for, locked, in the order of their rows."""
    paid_by_it = {number for number, _ in checkout_queries.covered_by(payment_id)}
    _, orders = checkouts.locked(number_of(purpose))
    return [order for order in orders if order.paid_at is not None and order.number in paid_by_it]


def left_of(payment_id: int, orders: list[Order]) -> list[Money]:
    """What this payment still holds of each."""
    left = dict(checkout_queries.left_of(payment_id))
    return [left.get(order.number, Money.zero(order.currency)) for order in orders]
