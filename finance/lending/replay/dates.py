"""Due dates: counted from the day the loan began, in days, weeks, months or years."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from finance.lending.replay.config import Terms

_DAYS = {"DAYS": 1, "WEEKS": 7}
_MONTHS = {"MONTHS": 1, "YEARS": 12}


def add(start: date, count: int, unit: str) -> date:
    """`count` units later; a day the month lacks becomes its last (31 Jan + 1 month: 28 Feb)."""
    if unit in _DAYS:
        return start + timedelta(days=count * _DAYS[unit])
    years, month = divmod(start.month - 1 + count * _MONTHS[unit], 12)
    last = calendar.monthrange(start.year + years, month + 1)[1]
    return date(start.year + years, month + 1, min(start.day, last))


def between(start: date, end: date, unit: str) -> int:
    """Whole units from `start` to `end` ≥ `start`."""
    if unit in _DAYS:
        return (end - start).days // _DAYS[unit]
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return months // _MONTHS[unit]


def following(day: date, terms: Terms, anchor: int) -> date:
    """The due date after `day`; `anchor` is the day of the month the plan would keep.

    Fineract keeps the anchor only past the 28th: 31 Jan, 29 Feb, 31 Mar.
    """
    after = add(day, terms.every, terms.frequency)
    if terms.frequency in _MONTHS and anchor > 28 and after.day >= 28:
        last = calendar.monthrange(after.year, after.month)[1]
        return after.replace(day=min(anchor, last))
    return after


def due_dates(terms: Terms, start: date) -> list[date]:
    """The due dates of a loan paid out on `start`, moved ones where they stand in the end.

    The first of `terms.first_dues` counts where it makes the first period longer or shorter.
    """
    regular = following(start, terms, start.day)
    first = _first(terms, start, regular)
    anchor = start.day if first == regular else first.day
    days = [first]
    while len(days) < terms.count:
        days.append(following(days[-1], terms, anchor))
    if terms.fixed_length:
        last = add(start, terms.fixed_length, terms.frequency)
        if len(days) == 1 or last > days[-2]:
            days[-1] = last
    return days


def _first(terms: Terms, start: date, regular: date) -> date:
    """The moved dates belong to the event that moves them, not to the plan it began with."""
    given = terms.first_dues[0] if terms.first_dues else regular
    moved = {new for _, new in terms.due_moves}
    return given if start < given and given not in moved else regular


def spans(start: date, days: Sequence[date]) -> list[tuple[date, date]]:
    """(first day, due date) of each period."""
    return list(zip([start, *days[:-1]], days, strict=True))
