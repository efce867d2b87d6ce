"""What the mall keeps of an order: commission by line, tax on it, and what a refund gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from core.db import db
from core.money import MILLION, Money, round_fraction
from ledger import book
from mall.orders.models import Order, OrderLine
from mall.payouts.models import SettlementLine

BACK = {"commission_back": "commission", "tax_back": "tax"}  # reasons in a refund's journal


@dataclass(frozen=True, slots=True)
class Fees:
    """The mall's commission, and the tax it collects on it."""

    commission: Money
    tax: Money

    def __sub__(self, other: "Fees") -> "Fees":
        return Fees(self.commission - other.commission, self.tax - other.tax)

    @property
    def both(self) -> Money:
        return self.commission + self.tax


@dataclass(frozen=True, slots=True)
class Line:
    """A line as sold: its amount, the price of its units that came back, its rate."""

    amount: int
    returned: int
    ppm: int


def commission_on(lines: Sequence[Line], shipping: int, refunded: int) -> Fraction:
    """The commission on what is left of an order, exact, in minor units.

    Goods that came back take their own line's commission with them; money given back beyond
    their price lowers the rest in proportion. Shipping carries the goods' mean rate.
    A 100.00 at 5 % and B 100.00 at 15 %: 20.00; B comes back for 100.00: 5.00 is left;
    instead 100.00 is given back without goods: 10.00 is left.
    """
    goods = sum(line.amount for line in lines)
    whole = Fraction(sum(line.amount * line.ppm for line in lines), MILLION)
    whole = whole * (goods + shipping) / goods if goods else Fraction(0)
    back = sum(line.returned for line in lines)
    of_back = Fraction(sum(line.returned * line.ppm for line in lines), MILLION)
    total = goods + shipping
    if refunded <= back:
        return whole - of_back * refunded / back if back else whole
    return (whole - of_back) * (total - refunded) / (total - back)


def due(order: Order, *, more: int = 0, units: Mapping[int, int] | None = None) -> Fees:
    """The fees on what is left of the order, as frozen at the sale.

    more, units    as if so much more were given back, and these units (line id → count) with it
    """
    lines = [_line(order, row, (units or {}).get(row.id, 0)) for row in _rows(order)]
    exact = commission_on(lines, order.shipping, order.refunded + more)
    commission = Money(round_fraction(exact), order.currency)
    return Fees(commission, commission.ppm(order.tax_ppm))


def _rows(order: Order) -> Sequence[Any]:
    """Asked anew: another refund may have counted units while this one waited for the order."""
    row = OrderLine
    query = select(row.id, row.amount, row.price, row.returned, row.commission_ppm)
    return db.session.execute(query.where(row.order_id == order.id)).all()


def _line(order: Order, row: Any, coming: int) -> Line:
    ppm = order.commission_ppm if row.commission_ppm is None else row.commission_ppm
    return Line(row.amount, (row.returned + coming) * row.price, ppm)


def kept(order: Order) -> Fees:
    """What the mall has of a released order: as settled, less what refunds gave back since."""
    query = select(SettlementLine.reason, SettlementLine.amount).where(
        SettlementLine.order_id == order.id, SettlementLine.reason.in_(BACK.values())
    )
    sums: dict[str, int] = {reason: amount for reason, amount in db.session.execute(query)}
    for journal in book.journals_of(order.number):
        for line in journal.lines if journal.kind == "order.refunded" else ():
            if fee := BACK.get(line.reason):
                sums[fee] -= line.amount.minor
    commission, tax = (Money(sums.get(fee, 0), order.currency) for fee in BACK.values())
    return Fees(commission, tax)


def given_back(order: Order, *, more: int = 0, units: Mapping[int, int] | None = None) -> Fees:
    """What goes back with a refund after release; never more than the mall has."""
    has, stays = kept(order), due(order, more=more, units=units)
    zero = Money.zero(order.currency)
    back = has - stays
    return Fees(max(zero, back.commission), max(zero, back.tax))


def in_words(order: Order) -> str:
    """`5 % of 100.00, 15 % of 80.00` where an order carries several rates; else ""."""
    by_rate: dict[int, int] = {}
    for line in order.lines:
        if line.commission_ppm is not None:
            by_rate[line.commission_ppm] = by_rate.get(line.commission_ppm, 0) + line.amount
    if len(by_rate) < 2:
        return ""
    return ", ".join(
        f"{percent(ppm)} of {Money(amount, order.currency).grouped()}"
        for ppm, amount in sorted(by_rate.items())
    )


def percent(ppm: int) -> str:
    """`5 %`, `4.25 %`."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"
