"""The yearly cost of a contract, solved from its own cash flows without a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from core.money import MILLION, Money
from finance.lending import roots
from finance.lending.roots import Flow, NoRate

__all__ = ["AnnualRate", "NoRate", "dated", "in_years", "monthly"]
_DIGITS = 34


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """In millionths a year. nominal: 12 × the monthly rate; effective: with compounding."""

    nominal_ppm: int
    effective_ppm: int


def monthly(lent: Money, payments: Sequence[Money]) -> AnnualRate:
    """The rate of a plan with one payment a month, the first after one month.

    3,600.00 against 12 × 318.00 is 10.90 % nominal, 11.46 % effective. Actuarial method of
    Regulation Z, appendix J (unit period one month); the RBI's figure is the nominal one.
    """
    return _monthly(lent.minor, tuple(payment.minor for payment in payments))


@lru_cache(maxsize=4096)
def _monthly(lent: int, payments: tuple[int, ...]) -> AnnualRate:
    flows = [(Fraction(0), -lent)]
    flows += [(Fraction(month), minor) for month, minor in enumerate(payments, 1)]
    with localcontext() as context:
        context.prec = _DIGITS
        growth = _growth(flows)
        return AnnualRate(_ppm(12 * (growth - 1)), _ppm(growth**12 - 1))


def dated(flows: Sequence[tuple[date, Money]]) -> AnnualRate:
    """The rate of dated flows, days/365: what the lender pays out is negative.

    nominal is 12 × the rate of a twelfth of a year.
    """
    start = min(day for day, _ in flows)
    return in_years([(Fraction((day - start).days, 365), money) for day, money in flows])


def in_years(flows: Sequence[tuple[Fraction, Money]]) -> AnnualRate:
    """The rate of flows at times in years (EU Directive 2008/48/EC, annex I)."""
    with localcontext() as context:
        context.prec = _DIGITS
        growth = _growth([(at, money.minor) for at, money in flows])
        twelfth = (growth.ln() / 12).exp() - 1
        return AnnualRate(_ppm(12 * twelfth), _ppm(growth - 1))


def _growth(flows: list[tuple[Fraction, int]]) -> Decimal:
    """What one unit grows to in one unit of time, where all flows together are worth nothing."""
    if not any(minor < 0 for _, minor in flows) or sum(minor for _, minor in flows) < 0:
        raise NoRate("less comes back than was lent")
    return roots.growth([Flow(Fraction(-minor), at) for at, minor in flows])


def _ppm(rate: Decimal) -> int:
    return int((rate * MILLION).to_integral_value())
