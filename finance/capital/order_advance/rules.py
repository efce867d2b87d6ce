"""Which lines of which orders count, how much they are worth, and what using it costs; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.money import MILLION, Money, Rounding, round_fraction, total
from finance.capital.terms import OrderAdvance
from finance.pricing import formula
from finance.pricing.formula import YEAR, Breakdown


class Why(StrEnum):
    """Why a line does not count, or not in full."""

    NOT_SCANNED = "The carrier has not scanned the parcel yet."
    DISPUTED = "A return is open, or part of the order was given back."
    LINKED = "Buyer and shop share a person or a device (RS27)."
    SUSPECTED = (
        "It may be linked to the shop (RS27): send proof for it under Capital, Orders to prove."
    )
    PLEDGED = "It backs another advance."
    TOO_OLD = "It was shipped more than {days} days ago."
    APART = "It counts up to {amount}: no buyer may be more than {share} of the base."


@dataclass(frozen=True, slots=True)
class Line:
    """A line shipped and not received, as the lender looks at it.

    reaches   what of `amount` will reach the seller once commission is taken
    age_days  since it was shipped
    """

    line_id: int
    order_number: str
    buyer_id: int
    category_id: int
    amount: Money
    reaches: Money
    age_days: int
    scanned: bool
    disputed: bool
    linked: bool
    pledged: bool
    suspected: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A line in the base: how much of it counts, at what rate, and what it can raise."""

    line: Line
    counted: Money
    rate_ppm: int
    raises: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    line: Line
    why: str


@dataclass(frozen=True, slots=True)
class Base:
    """What can be lent on. `capacity` = Σ raises."""

    counted: tuple[Counted, ...]
    excluded: tuple[Excluded, ...]
    amount: Money
    capacity: Money


@dataclass(frozen=True, slots=True)
class Part:
    """So much is advanced against this line."""

    line: Line
    advance: Money


def rate_ppm(terms: OrderAdvance, grade: str, refund_ppm: int) -> int:
    """The share advanced: by grade, less 1.5 times the category's refunded share, floor 30 %."""
    less = round_fraction(Fraction(refund_ppm * terms.refund_weight, MILLION))
    return max(terms.rate_floor, terms.rates[grade] - less)


def base(
    lines: Sequence[Line],
    grade: str,
    refund_ppm: Mapping[int, int],
    terms: OrderAdvance,
    currency: str,
) -> Base:
    """Count the lines.

    46 lines of 1,000.00 at grade C without refunds: base 46,000.00, capacity 36,800.00.
    A line or buyer counts for at most 20 % of the base, but small amounts always count in
    full: a shop's first order must not be refused for being its only one.
    """
    out = [Excluded(line, why) for line in lines if (why := _why_not(line, terms))]
    left_out = {found.line.line_id for found in out}
    good = [line for line in lines if line.line_id not in left_out]
    whole = total((line.amount for line in good), currency)
    most = max(whole.ppm(terms.apart_ppm, Rounding.DOWN), Money(terms.apart_from, currency))
    counted, per_buyer = [], defaultdict[int, Money](lambda: Money.zero(currency))
    for line in good:
        part = min(line.amount, most - per_buyer[line.buyer_id])
        per_buyer[line.buyer_id] += part
        rate = rate_ppm(terms, grade, refund_ppm.get(line.category_id, 0))
        counted.append(_counted(line, part, rate, most, terms))
    return Base(
        tuple(counted),
        tuple(out),
        total((c.counted for c in counted), currency),
        total((c.raises for c in counted), currency),
    )


def _counted(line: Line, part: Money, rate: int, most: Money, terms: OrderAdvance) -> Counted:
    raises = min(part.ppm(rate, Rounding.DOWN), line.reaches.ppm(terms.reach_ppm, Rounding.DOWN))
    note = ""
    if part < line.amount:
        share = f"{terms.apart_ppm * 100 // MILLION} %"
        note = Why.APART.format(amount=most.grouped(), share=share)
    return Counted(line, part, rate, raises, note)


def _why_not(line: Line, terms: OrderAdvance) -> str:
    found = (
        (line.pledged, Why.PLEDGED),
        (line.linked, Why.LINKED),
        (line.suspected, Why.SUSPECTED),
        (line.disputed, Why.DISPUTED),
        (not line.scanned, Why.NOT_SCANNED),
        (line.age_days > terms.age_days, Why.TOO_OLD),
    )
    return next((str(why).format(days=terms.age_days) for so, why in found if so), "")


def allocate(counted: Iterable[Counted], wanted: Money) -> list[Part]:
    """Which lines carry `wanted`: the oldest first, for they are paid back soonest.

    The last one carries what is left. Raises ValueError when they cannot carry it.
    """
    left, parts = wanted, []
    for found in sorted(counted, key=lambda c: (-c.line.age_days, c.line.line_id)):
        take = min(left, found.raises)
        if take:
            parts.append(Part(found.line, take))
            left = left - take
    if left:
        raise ValueError(f"{left} more than the lines can carry")
    return parts


def due_share(owed: Money, refund: Money, before: Money) -> Money:
    """What of an order's advance a refund makes due: all when nothing is left of the order.

    before   what the order was worth before this refund; rounded up
    """
    if refund >= before:
        return owed
    return min(owed, owed.times(Fraction(refund.minor, before.minor), Rounding.UP))


def daily_ppm(pd_ppm: int, terms: OrderAdvance) -> int:
    """What using the orders costs a day: as set, or by the formula between least and most."""
    return breakdown(pd_ppm, terms).apr_ppm // YEAR


def breakdown(pd_ppm: int, terms: OrderAdvance) -> Breakdown:
    """Every term of the price a year, the whole amount owed for the whole tenor.

    What the least or the most a day changes counts as set.
    """
    risk = terms.costs.risk(pd_ppm, Fraction(terms.tenor_days, YEAR), Fraction(1))
    least, most = terms.daily_min_ppm, min(terms.daily_ppm, terms.apr_cap_ppm // YEAR)
    by_formula = formula.worked_out(terms.costs, risk, terms.apr_cap_ppm, unit=YEAR)
    if terms.price == "formula" and least <= by_formula.apr_ppm // YEAR <= most:
        return by_formula
    low = terms.price == "formula" and by_formula.apr_ppm // YEAR < least
    return formula.as_set(terms.costs, risk, terms.apr_cap_ppm, (least if low else most) * YEAR)
