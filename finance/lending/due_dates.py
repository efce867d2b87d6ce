"""When rows fall due: frequency, month ends, holidays."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count as counting

from finance.lending.calendar import add_months

_YEAR_LAST = 9998  # a date further away cannot be written


class Unit(StrEnum):
    """What a frequency counts."""

    DAYS = "DAYS"
    WEEKS = "WEEKS"
    SEMI_MONTHS = "SEMI_MONTHS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"


class MonthEnd(StrEnum):
    """Where a day goes that a month lacks: to its last day, or to the first of the next one."""

    CLAMP = "LAST_DAY_OF_MONTH"
    FIRST_OF_NEXT = "FIRST_DAY_OF_NEXT_MONTH"


class Roll(StrEnum):
    """Where a due day goes that is no business day."""

    NONE = "NONE"
    FOLLOWING = "FOLLOWING"
    MODIFIED_FOLLOWING = "MODIFIED_FOLLOWING"
    PRECEDING = "PRECEDING"


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days without business: these dates, and these weekdays (0 Monday … 6 Sunday)."""

    dates: frozenset[date] = frozenset()
    weekdays: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        if len(self.weekdays) > 6:
            raise ValueError("a week needs a business day")

    def closed(self, day: date) -> bool:
        return day in self.dates or day.weekday() in self.weekdays

    def rolled(self, day: date, rule: Roll) -> date:
        """`day`, or the business day the rule puts in its place.

        MODIFIED_FOLLOWING: the next one, but the one before when that lies in another month.
        """
        if rule is Roll.NONE or not self.closed(day):
            return day
        back, on = self._open(day, -1), self._open(day, 1)
        if rule is Roll.PRECEDING:
            return back
        return back if rule is Roll.MODIFIED_FOLLOWING and on.month != day.month else on

    def _open(self, day: date, step: int) -> date:
        while self.closed(day):
            day += timedelta(step)
        return day


@dataclass(frozen=True, slots=True)
class Frequency:
    """One row every `every` units: months 3 is quarterly, days 10 every ten days.

    SEMI_MONTHS knows no other step than 1: the first due day's day of month and the one fifteen
    days from it (1 and 16; 15 and the last).
    """

    unit: Unit = Unit.MONTHS
    every: int = 1

    def __post_init__(self) -> None:
        if self.every < 1 or (self.unit is Unit.SEMI_MONTHS and self.every > 1):
            raise ValueError("a frequency is at least one unit, and exactly one of semimonths")

    @property
    def months(self) -> int:
        """Whole months a period; 0: not whole months."""
        return {Unit.MONTHS: self.every, Unit.YEARS: 12 * self.every}.get(self.unit, 0)

    def after(self, start: date, steps: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
        """The day `steps` periods after `start`, always counted from `start` itself."""
        if self.months:
            return _by_months(start, self.months * steps, month_end)
        if self.unit is Unit.SEMI_MONTHS:
            return _by_halves(start, steps, month_end)
        return start + timedelta(steps * self.every * (7 if self.unit is Unit.WEEKS else 1))

    def days_due(
        self, start: date, first: date | None = None, month_end: MonthEnd = MonthEnd.CLAMP
    ) -> Iterator[date]:
        """Due days without end: `first` (or one period after `start`), then by frequency.

        The day of month is that of `first` where it is given, else of `start`: 31 January gives
        28 February, 31 March; with FIRST_OF_NEXT 1 March, 31 March, 1 May.
        """
        for step in counting(0 if first else 1):
            yield self.after(first or start, step, month_end)


def _by_months(start: date, months: int, month_end: MonthEnd) -> date:
    if start.year + months // 12 > _YEAR_LAST:
        raise OverflowError("a row would fall due after the year 9998")
    day = add_months(start, months)
    if day.day < start.day and month_end is MonthEnd.FIRST_OF_NEXT:
        return day + timedelta(1)
    return day


def _by_halves(start: date, steps: int, month_end: MonthEnd) -> date:
    """Whole months for even steps; in between fifteen days on, or back from a late day."""
    months, half = divmod(steps, 2)
    if not half:
        return _by_months(start, months, month_end)
    if start.day > 15:
        first = add_months(start.replace(day=1), months + 1)
        last = start.day == calendar.monthrange(start.year, start.month)[1]
        return first.replace(day=15 if last else start.day - 15)
    month = add_months(start.replace(day=1), months)
    return month.replace(day=min(start.day + 15, calendar.monthrange(month.year, month.month)[1]))
