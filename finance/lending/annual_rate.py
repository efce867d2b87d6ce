"""The yearly cost of a contract, solved from its own cash flows without a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from core.money import MILLION, Money

_DIGITS = 34
_STEPS = 90  # each halves the bracket: 90 steps leave less than 1e-24 of it
_YEARLY_MAX = Decimal(10) ** 12  # no contract costs more a year than this many times itself


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """In millionths a year. nominal: 12 × the monthly rate; effective: with compounding."""

    nominal_ppm: int
    effective_ppm: int


class NoRate(ValueError):
    """The flows have no single yearly rate (nothing lent, or less paid back than lent)."""


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
    low, high = Decimal(0), Decimal(1)  # the discount factor 1/growth lies in here
    if _worth(flows, 1 / _YEARLY_MAX) > 0:
        raise NoRate("nothing was lent")
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _worth(flows, middle) > 0:
            high = middle
        else:
            low = middle
    return 2 / (low + high)


def _worth(flows: list[tuple[Fraction, int]], factor: Decimal) -> Decimal:
    """The flows' value at the start with this discount factor for one unit of time."""
    return sum((minor * _power(factor, at) for at, minor in flows), Decimal(0))


def _power(factor: Decimal, at: Fraction) -> Decimal:
    if at.denominator == 1:
        return factor**at.numerator
    return (factor.ln() * at.numerator / at.denominator).exp()


def _ppm(rate: Decimal) -> int:
    return int((rate * MILLION).to_integral_value())
