"""Regulation Z, appendix J (b)(3) to (b)(5): the unit-period, and times counted in it."""

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from finance.lending.calendar import add_months

MONTH, SEMIMONTH, WEEK, DAY = "month", "semimonth", "week", "day"
_TEXT = re.compile(r"(month|week|day|year)(?: ?x ?([1-9]\d{0,2}))?|(semimonth)(?: ?x ?1)?")
_YEAR_DAYS, _MONTH_DAYS, _HALF = 365, 30, 15
_DAYS_OF = {  # real length, to compare periods
    MONTH: Fraction(_YEAR_DAYS, 12),
    SEMIMONTH: Fraction(_YEAR_DAYS, 24),
    WEEK: Fraction(7),
    DAY: Fraction(1),
}
_MOST = {MONTH: 12, SEMIMONTH: 1, WEEK: 52, DAY: 366}
_PREFERENCE = (MONTH, SEMIMONTH, WEEK, DAY)  # two names for the same length
_HALF_MONTH_DAYS = range(13, 19)
Name = tuple[str, int]


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """`count` months, weeks or days, or a semimonth; never longer than a year."""

    kind: str
    count: int = 1

    def __post_init__(self) -> None:
        if self.kind not in _MOST or not 1 <= self.count <= _MOST[self.kind]:
            raise ValueError("a unit-period is at most one year")

    @classmethod
    def parse(cls, text: str) -> "UnitPeriod":
        """From `month x1`, `semimonth`, `week x4`, `day x255`, `year`; else ValueError."""
        match = _TEXT.fullmatch(text.strip().lower())
        if not match:
            raise ValueError(f"{text!r} is no unit-period such as 'month x1', 'semimonth', 'week'")
        kind, count = match[1] or match[3], int(match[2] or 1)
        return cls(MONTH, 12 * count) if kind == "year" else cls(kind, count)

    def __str__(self) -> str:
        return self.kind if self.kind == SEMIMONTH else f"{self.kind} x{self.count}"

    @property
    def a_year(self) -> Fraction:
        """Unit-periods in a year (b)(5): 12, 24, 52 or 365 by the count."""
        whole = {MONTH: 12, SEMIMONTH: 24, WEEK: 52, DAY: _YEAR_DAYS}[self.kind]
        return Fraction(whole, self.count)

    @property
    def days(self) -> Fraction:
        return self.count * _DAYS_OF[self.kind]


YEAR = UnitPeriod(MONTH, 12)


def find(advances: Iterable[date], payments: Iterable[date]) -> UnitPeriod:
    """The unit-period of a transaction with advances and payments on these days.

    (b)(3)(i), (b)(4): of all periods between advances, between payments, and from the start to
    the first of each, the one that occurs most, the shorter one if two do; where none occurs
    twice the standard interval nearest to the average period; for one advance and one payment
    the term. Never above a year.
    """
    lent, paid = sorted(set(advances)), sorted(set(payments))
    dates = sorted({*lent, *paid})
    if len(dates) < 2:
        raise ValueError("all flows lie on one day")
    if len(dates) == 2:
        return _single(*dates)
    rows = [_with(dates[0], row) for row in (lent, paid)]
    common = _common(rows)
    if not common:
        return _average(rows)
    best = min(common, key=lambda name: (-len(common[name]), _length(name), _preference(name)))
    return _capped(*best)


def _common(rows: Sequence[Sequence[date]]) -> dict[Name, set[date]]:
    """Common periods by name and the days they begin on.

    Months are equal (b)(3)(iv): days that only ever make up months are no period of their own.
    """
    found: dict[Name, set[date]] = {}
    for row in rows:
        for place in range(len(row) - 1):
            for name in _names(row, place):
                found.setdefault(name, set()).add(row[place])
    common = {name: begun for name, begun in found.items() if len(begun) > 1}
    months = [begun for name, begun in common.items() if name[0] == MONTH]
    return {
        name: begun
        for name, begun in common.items()
        if name[0] == MONTH or not any(begun <= whole for whole in months)
    }


def _with(start: date, days: Sequence[date]) -> list[date]:
    return list(days) if days and days[0] == start else [start, *days]


def _average(rows: Sequence[Sequence[date]]) -> UnitPeriod:
    lengths = [(then - first).days for row in rows for first, then in pairwise(row)]
    return _standard(Fraction(sum(lengths), len(lengths)))


def find_in(times: Sequence[Fraction], by_days: bool) -> UnitPeriod:
    """As `find`, for times that are counted from the first flow in days or in months."""
    places = sorted(set(times))
    if len(places) < 2:
        raise ValueError("all flows lie on one day")
    steps = [then - first for first, then in pairwise(places)]
    if len(steps) == 1 and by_days:
        return YEAR if steps[0] >= _YEAR_DAYS else UnitPeriod(DAY, steps[0].__ceil__())
    counts = Counter(steps)
    most = max(counts.values())
    if most == 1 and len(steps) > 1:
        month = 1 if by_days else _DAYS_OF[MONTH]
        return _standard((places[-1] - places[0]) * month / len(steps))
    return _named(min(step for step, count in counts.items() if count == most), by_days)


def _named(step: Fraction, by_days: bool) -> UnitPeriod:
    whole = step.__ceil__()
    if not by_days:
        return UnitPeriod(SEMIMONTH) if step == Fraction(1, 2) else _capped(MONTH, whole)
    return _capped(DAY, whole) if whole % 7 else _capped(WEEK, whole // 7)


def _single(start: date, end: date) -> UnitPeriod:
    """(b)(4)(ii), (5)(vi) and (vii): the term, in months where it is whole months."""
    months = months_apart(start, end)
    if end >= add_months(start, 12):
        return YEAR
    if months and start.day == end.day:
        return UnitPeriod(MONTH, months)
    return UnitPeriod(DAY, (end - start).days)


def _names(dates: Sequence[date], place: int) -> list[Name]:
    """All that the interval after `dates[place]` can be called: month, week, semimonth, days."""
    first, then = dates[place], dates[place + 1]
    days = (then - first).days
    names = [(DAY, days) if days % 7 else (WEEK, days // 7)]
    months = months_apart(first, then)
    if months:
        names.append((MONTH, months))
    around = [dates[k : k + 3] for k in (place - 1, place) if k >= 0]
    whole = any(len(three) == 3 and months_apart(three[0], three[2]) == 1 for three in around)
    if whole and days in _HALF_MONTH_DAYS:
        names.append((SEMIMONTH, 1))
    return names


def months_apart(first: date, then: date) -> int:
    """Whole months between two days, last days of months counting as equal; 0: not whole."""
    months = 12 * (then.year - first.year) + then.month - first.month
    same = then.day == min(first.day, _last(then)) or first.day == min(then.day, _last(first))
    ends = first.day == _last(first) and then.day == _last(then)
    return months if same or ends else 0


def _length(name: Name) -> Fraction:
    return min(Fraction(_YEAR_DAYS), name[1] * _DAYS_OF[name[0]])


def _preference(name: Name) -> int:
    return _PREFERENCE.index(name[0])


def _capped(kind: str, count: int) -> UnitPeriod:
    return YEAR if count * _DAYS_OF[kind] >= _YEAR_DAYS else UnitPeriod(kind, count)


def _standard(average: Fraction) -> UnitPeriod:
    """The standard interval (b)(3)(iii) nearest to `average` days, the shorter when two are."""
    choices = [UnitPeriod(DAY), UnitPeriod(SEMIMONTH)]
    choices += [UnitPeriod(WEEK, count) for count in range(1, 53)]
    choices += [UnitPeriod(MONTH, count) for count in range(1, 13)]
    return min(choices, key=lambda unit: (abs(unit.days - average), unit.days))


def between(unit: UnitPeriod, start: date, then: date, anchor: int = 0) -> Fraction:
    """Unit-periods from `start` to `then` (b)(5); what is behind the whole ones is odd days.

    anchor  the day of month the series of payments is meant for (31: always the last day),
            so that 28 February counts as the 31st where it stands for it; see `anchor_of`
    """
    days = (then - start).days
    if unit.kind in (DAY, WEEK):
        return Fraction(days, unit.count * (7 if unit.kind == WEEK else 1))
    months = full_months(start, then, anchor)
    rest = (back(then, months, anchor) - start).days
    if unit == YEAR:
        return _years(start, then, months, rest, anchor)
    in_days = _MONTH_DAYS * months + rest
    return Fraction(in_days, _HALF if unit.kind == SEMIMONTH else _MONTH_DAYS * unit.count)


def _years(start: date, then: date, months: int, rest: int, anchor: int) -> Fraction:
    """(b)(5)(v): whole years back from the later day, then months / 12 or else days / 365."""
    years, left = divmod(months, 12)
    if not rest:
        return years + Fraction(left, 12)
    return years + Fraction((back(then, 12 * years, anchor) - start).days, _YEAR_DAYS)


def anchor_of(days: Iterable[date]) -> int:
    """The day of month that a series means (b)(3)(iv): 31 where all are last days of months."""
    series = sorted(set(days))
    if len(series) > 1 and all(day.day == _last(day) for day in series):
        return 31
    return max((day.day for day in series), default=0)


def full_months(start: date, then: date, anchor: int) -> int:
    months = 12 * (then.year - start.year) + then.month - start.month
    return months if back(then, months, anchor) >= start else months - 1


def back(then: date, months: int, anchor: int) -> date:
    """The day `months` before `then`, by the anchor's day where `then` stands for it."""
    day = max(anchor, then.day) if then.day == min(anchor, _last(then)) else then.day
    first = add_months(then.replace(day=1), -months)
    return first.replace(day=min(day, _last(first)))


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
