"""Repayment plans: who pays how much when, to the last minor unit."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.money import MILLION, Money, Rounding, round_fraction, total
from finance.lending.calendar import monthly_dates


@dataclass(frozen=True, slots=True)
class Row:
    """One payment of a plan: `principal` comes off what is owed, `fee` is its price."""

    number: int
    due_on: date
    principal: Money
    fee: Money

    @property
    def payment(self) -> Money:
        return self.principal + self.fee


def spread(exact: Fraction, count: int) -> list[int]:
    """`count` equal whole parts of `exact` ≥ 0, each rounded half-up; the last absorbs the rest.

    Where the roundings would push the last part below zero (a few minor units over many
    parts) they go by largest remainder instead.
    """
    whole, part = round_fraction(exact), round_fraction(exact / count)
    last = whole - part * (count - 1)
    if last >= 0:
        return [part] * (count - 1) + [last]
    each, left = divmod(whole, count)
    return [each + (position < left) for position in range(count)]


def flat_fee(principal: Money, months: int, monthly_ppm: int, start: date) -> tuple[Row, ...]:
    """Equal principal plus the same fee every month.

    principal    what is lent, ≥ 0
    months       number of payments, ≥ 1
    monthly_ppm  fee a month in millionths of `principal`: 5,000 is 0.5 %
    start        the day the clock starts; the first payment is due one month later

    3,600.00 in 12 at 5,000 ppm is 12 rows of 300.00 + 18.00.
    """
    if months < 1 or principal.minor < 0 or monthly_ppm < 0:
        raise ValueError("a plan needs a month, and neither money nor price below zero")
    parts = spread(Fraction(principal.minor), months)
    fees = spread(Fraction(principal.minor * monthly_ppm * months, MILLION), months)
    return _rows(parts, fees, monthly_dates(start, months), principal.currency)


def equal_installments(
    principal: Money,
    months: int,
    yearly_ppm: int,
    start: date,
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Row, ...]:
    """Equal payments, interest on what is still owed (30/360: a twelfth of the rate a month).

    payment = P·i / (1 − (1+i)^−n), rounded once; the last row repays what is left.
    principal  at least one hundred minor units for each payment; yearly_ppm 180,000 is 18 %
    """
    if months < 1 or principal.minor < 100 * months:
        raise ValueError("a plan needs at least 100 minor units for each payment")
    rate = Fraction(yearly_ppm, 12 * MILLION)
    payment = _annuity(principal.minor, rate, months, rounding)
    left, parts, fees = principal.minor, [], []
    for month in range(1, months + 1):
        interest = round_fraction(left * rate, rounding)
        part = left if month == months else min(left, max(0, payment - interest))
        parts.append(part)
        fees.append(interest)
        left -= part
    return _rows(parts, fees, monthly_dates(start, months), principal.currency)


def _annuity(principal: int, rate: Fraction, months: int, rounding: Rounding) -> int:
    if not rate:
        return round_fraction(Fraction(principal, months), rounding)
    return round_fraction(principal * rate / (1 - (1 + rate) ** -months), rounding)


def _rows(parts: list[int], fees: list[int], days: list[date], currency: str) -> tuple[Row, ...]:
    return tuple(
        Row(number, day, Money(part, currency), Money(fee, currency))
        for number, (part, fee, day) in enumerate(zip(parts, fees, days, strict=True), 1)
    )


def sum_of_fees(rows: tuple[Row, ...]) -> Money:
    """What the plan costs beside its principal; `rows` is not empty."""
    return total((row.fee for row in rows), rows[0].fee.currency)


def sum_of_payments(rows: tuple[Row, ...]) -> Money:
    """All that is paid in the end; `rows` is not empty."""
    return total((row.payment for row in rows), rows[0].fee.currency)
