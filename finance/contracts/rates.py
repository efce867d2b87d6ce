"""The yearly rates of dated flows, by each law's way of counting time; pure."""

from collections.abc import Sequence
from datetime import date
from decimal import localcontext
from fractions import Fraction
from functools import lru_cache

from core.money import Money
from finance.contracts.contract import Flow, Rates
from finance.lending import annual_rate
from finance.lending.calendar import add_months

_YEAR, _WEEKS = 365, 52
_DIGITS = 34
_ONE_EACH_WAY = 2


@lru_cache(maxsize=512)
def of(flows: tuple[Flow, ...]) -> Rates:
    """All yearly rates of these flows; the first one is the lender's payment out."""
    start = min(flow.on for flow in flows)
    months = _in_months(start, flows)
    if months:
        by_month = _yearly(_unit_rate(months), 12)
        return Rates(by_month, _effective([(at / 12, flow) for at, flow in months]), by_month)
    days = [((flow.on - start).days, flow) for flow in flows]
    years = [(_part_of_year(at), flow) for at, flow in days]
    unit = _unit_of([at for at, _ in days if at])
    by_unit = _unit_rate([(Fraction(at, unit), flow) for at, flow in days])
    single = len(flows) == _ONE_EACH_WAY
    units = Fraction(_YEAR if single or unit % 7 else _WEEKS * 7, unit)
    twelfth = _unit_rate([(12 * at, flow) for at, flow in years])
    return Rates(_yearly(by_unit, units), _effective(years), _yearly(twelfth, 12))


def _in_months(start: date, flows: Sequence[Flow]) -> list[tuple[Fraction, Flow]]:
    """Whole months since the start, where every flow falls on one; else none."""
    found = []
    for flow in flows:
        months = (flow.on.year - start.year) * 12 + flow.on.month - start.month
        if add_months(start, months) != flow.on:
            return []
        found.append((Fraction(months), flow))
    return found


def _part_of_year(days: int) -> Fraction:
    """Weeks are 52 to a year, other days 365 (European directive, annex I)."""
    return Fraction(days // 7, _WEEKS) if days % 7 == 0 else Fraction(days, _YEAR)


def _unit_of(days: list[int]) -> int:
    """The unit period: the one payment's term, or the usual time between two payments."""
    if len(days) == 1:
        return days[0]
    gaps = [after - before for before, after in zip([0, *days], days, strict=False)]
    return max(1, max(set(gaps), key=gaps.count))


def _unit_rate(flows: Sequence[tuple[Fraction, Flow]]) -> Fraction:
    """The rate of one unit of time, exact enough for any number of them."""
    with localcontext() as context:
        context.prec = _DIGITS
        growth = annual_rate._growth([(at, flow.amount) for at, flow in flows])
        return Fraction(growth) - 1


def _yearly(rate: Fraction, units: int | Fraction) -> int:
    return round(rate * units * 1_000_000)


def _effective(flows: Sequence[tuple[Fraction, Flow]]) -> int:
    money = [(at, Money(flow.amount, "XXX")) for at, flow in flows]
    return annual_rate.in_years(money).effective_ppm
