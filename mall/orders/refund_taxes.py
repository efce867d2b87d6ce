"""The tax that a refund contains: written down when it is accepted, all refunds adding up."""

from sqlalchemy import select

from core.db import db
from core.money import Money
from mall.orders.models import Order, Refund
from mall.taxes import rules
from mall.taxes.rules import Contained, Rate


def write(order: Order, refund: Refund) -> None:
    """Called with the order locked, when the amount counts as refunded already."""
    before = select(Refund.taxes).where(
        Refund.order_id == order.id, Refund.id != refund.id, Refund.taxes.is_not(None)
    )
    taken = [
        tax
        for kept in db.session.scalars(before)
        for tax in rules.of_data(kept or (), order.currency)
    ]
    left = rules.less(order.taxes, taken)
    rest = Money(order.total - order.refunded + refund.amount, order.currency)
    found = rules.given_back(left, _goods(order, refund), refund.money, rest)
    refund.taxes = rules.as_data(found)


def _goods(order: Order, refund: Refund) -> list[tuple[Rate, Money]]:
    """What the units that come back were sold for, at their rates."""
    lines = {line.id: line for line in order.lines}
    return [
        (Rate(line.tax_name, line.tax_ppm), Money(line.price * part["quantity"], order.currency))
        for part in refund.lines
        if (line := lines.get(part["line_id"]))
    ]


def left_in(order: Order) -> list[Contained]:
    """The tax in what the order still is worth, refunds taken off."""
    taken = [tax for refund in order.refunds for tax in refund.contains]
    return rules.less(order.taxes, taken)
