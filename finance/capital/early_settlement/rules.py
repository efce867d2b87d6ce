"""What one order's money is worth today; pure."""

from dataclasses import dataclass, replace
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


def quote(sale: Money, reaches: Money, terms: PaidToday, pd_ppm: int) -> Quote:
    """What is paid now for an order, and what follows at receipt.

    sale      the order's total
    reaches   what of it reaches the seller once commission is taken
    pd_ppm    the shop's chance of default, for a price by the formula

    1,000.00 without commission: advance 900.00, fee 2.52, 897.48 now, 100.00 later, APR 14.6 %.
    """
    rate = min(terms.rate_ppm, MILLION - terms.hold_min_ppm)
    advance = min(sale.ppm(rate, Rounding.DOWN), reaches.ppm(terms.reach_ppm, Rounding.DOWN))
    fee = advance.ppm(daily_ppm(pd_ppm, terms) * terms.expected_days)
    now = advance - fee
    return Quote(sale, advance, fee, now, reaches - advance, _apr(fee, now, terms.expected_days))


def _apr(fee: Money, now: Money, days: int) -> int:
    """Yearly rate of one payment after `days`, simple, Act/365."""
    if not now:
        return 0
    return round_fraction(Fraction(fee.minor * YEAR * MILLION, now.minor * days))


def daily_ppm(pd_ppm: int, terms: PaidToday) -> int:
    """The fee a day of what is advanced: as set, or by the formula between least and most.

    It is taken at once, so 7.3 % a year are 199 millionths a day of seven, not 200.
    """
    most = min(terms.daily_ppm, _daily(terms.apr_cap_ppm, terms.expected_days))
    if terms.price != "formula":
        return terms.daily_ppm
    asked = formula.worked_out(terms.costs, _risk(pd_ppm, terms), terms.apr_cap_ppm).apr_ppm
    return min(max(_daily(asked, terms.expected_days), terms.daily_min_ppm), most)


def _daily(apr_ppm: int, days: int) -> int:
    """The whole rate a day whose fee, taken before, costs at most so much a year."""
    return apr_ppm * MILLION // (YEAR * MILLION + apr_ppm * days)


def _risk(pd_ppm: int, terms: PaidToday) -> int:
    return terms.costs.risk(pd_ppm, Fraction(terms.expected_days, YEAR), Fraction(1))


def breakdown(pd_ppm: int, terms: PaidToday) -> Breakdown:
    """Every term of the yearly price of 1,000.00 paid today without commission.

    What the least or the most a day changes counts as set.
    """
    sale = Money(100_000, "CNY")
    risk, apr = _risk(pd_ppm, terms), quote(sale, sale, terms, pd_ppm).apr_ppm
    found = formula.worked_out(terms.costs, risk, terms.apr_cap_ppm)
    as_asked = _daily(found.apr_ppm, terms.expected_days)
    if terms.price == "formula" and daily_ppm(pd_ppm, terms) == as_asked:
        return replace(found, rounding=apr - found.apr_ppm)
    return formula.as_set(terms.costs, risk, terms.apr_cap_ppm, apr)
