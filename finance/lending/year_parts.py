"""Times in years as the directives on consumer credit count them."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from finance.lending.calendar import add_months
from finance.lending.unit_periods import MONTH, WEEK, anchor_of, back, full_months, months_apart

_WEEKS = 52


def years(days: Sequence[date]) -> list[Fraction]:
    """Each day's distance from the first, in years (Directive 2014/17/EU, annex I, remarks).

    A year has 12 equal months or 52 weeks. Equal periods are counted backwards to the first day,
    in the period that most flows keep (years, months or weeks; else months); the days before
    them are divided by 365, or by 366 where the year that ends with them has a 29 February.
    10 October, 10 November, 10 December: 0, 1/12, 2/12.
    """
    start = min(days)
    later = set(days) - {start}
    if not later:
        return [Fraction(0) for _ in days]
    kind, months = _period(start, later)
    anchor = anchor_of(later)
    found = {day: _distance(start, day, kind, months, anchor) for day in later}
    return [found.get(day, Fraction(0)) for day in days]


def _period(start: date, later: set[date]) -> tuple[str, int]:
    """What to count in, as most steps between flows are: weeks, whole years (12), or months."""
    series = sorted(later) if len(later) > 1 else [start, *later]
    steps = list(pairwise(series))
    months = [apart for first, then in steps if (apart := months_apart(first, then))]
    weeks = [then for first, then in steps if (then - first).days % 7 == 0]
    if len(weeks) > len(months):
        return WEEK, 0
    yearly = len(months) == len(steps) and all(apart % 12 == 0 for apart in months)
    return MONTH, 12 if yearly else 1


def _distance(start: date, day: date, kind: str, step: int, anchor: int) -> Fraction:
    if kind == WEEK:
        weeks, rest = divmod((day - start).days, 7)
        return Fraction(weeks, _WEEKS) + _days(start, start + timedelta(rest))
    months = full_months(start, day, anchor)
    if back(day, months, anchor) != start:
        months -= months % step
    return Fraction(months, 12) + _days(start, back(day, months, anchor))


def _days(start: date, end: date) -> Fraction:
    """The days from `start` (not counted) to `end`, in parts of the year that ends with `end`."""
    return Fraction((end - start).days, (end - add_months(end, -12)).days)
