"""What one order's money is worth today; pure."""

from dataclasses import dataclass
from fractions import Fraction

from core.money import MILLION, Money, Rounding, round_fraction
from finance.capital.terms import PaidToday
from finance.pricing import formula
from finance.pricing.formula import Breakdown

YEAR = 365


@dataclass(frozen=True, slots=True)
class Quote:
    """sale = advance + later; now = advance − fee."""

    sale: Money
    advance: Money
    fee: Money
    now: Money
    later: Money
    apr_ppm: int


def quote(sale: Money, reaches: Money, terms: PaidToday) -> Quote:
    """What is paid now for an order, and what follows at receipt.

    sale      the order's total
    reaches   what of it reaches the seller once commission is taken

    1,000.00 without commission: advance 900.00, fee 2.52, 897.48 now, 100.00 later, APR 14.6 %.
    """
    rate = min(terms.rate_ppm, MILLION - terms.hold_min_ppm)
    advance = min(sale.ppm(rate, Rounding.DOWN), reaches.ppm(terms.reach_ppm, Rounding.DOWN))
    fee = advance.ppm(terms.daily_ppm * terms.expected_days)
    now = advance - fee
    return Quote(sale, advance, fee, now, reaches - advance, _apr(fee, now, terms.expected_days))


def _apr(fee: Money, now: Money, days: int) -> int:
    """Yearly rate of one payment after `days`, simple, Act/365."""
    if not now:
        return 0
    return round_fraction(Fraction(fee.minor * YEAR * MILLION, now.minor * days))


def breakdown(pd_ppm: int, terms: PaidToday) -> Breakdown:
    """The terms of 1,000.00 paid today without commission."""
    sale = Money(100_000, "CNY")
    apr = quote(sale, sale, terms).apr_ppm
    risk = terms.costs.risk(pd_ppm, Fraction(terms.expected_days, YEAR), Fraction(1))
    return formula.as_set(terms.costs, risk, terms.apr_cap_ppm, apr)
