"""How much of a year lies between two days, by the ways contracts count."""

from datetime import date
from enum import StrEnum
from fractions import Fraction


class DayCount(StrEnum):
    """Days over days in a year. ACT: real days; 30: every month has thirty."""

    THIRTY_360 = "30/360"
    THIRTY_365 = "30/365"
    ACT_360 = "act/360"
    ACT_364 = "act/364"
    ACT_365 = "act/365"
    ACT_ACT = "act/act"


_YEAR = {
    DayCount.THIRTY_360: 360,
    DayCount.THIRTY_365: 365,
    DayCount.ACT_360: 360,
    DayCount.ACT_364: 364,
    DayCount.ACT_365: 365,
}
THIRTIES = (DayCount.THIRTY_360, DayCount.THIRTY_365)


def fraction(count: DayCount, start: date, end: date) -> Fraction:
    """Years from `start` (counted) to `end` (not counted); start ≤ end.

    30/360 is the bond basis (ISDA 2006, 4.16(f)): a 31st counts as the 30th. act/act is ISDA's:
    each calendar year's days over its own 365 or 366. 31 January to 28 February: 28/360 by
    30/360, 28/365 by act/365.
    """
    if start > end:
        raise ValueError("a period ends before it begins")
    if count in THIRTIES:
        return Fraction(thirty_days(start, end), _YEAR[count])
    if count is DayCount.ACT_ACT:
        return _by_own_year(start, end)
    return Fraction((end - start).days, _YEAR[count])


def months_fraction(count: DayCount, months: int) -> Fraction:
    """Years in so many whole months where months have thirty days, whatever their dates."""
    return Fraction(30 * months, _YEAR[count])


def thirty_days(start: date, end: date) -> int:
    """Days between two days in months of thirty days (bond basis)."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + last - first


def days_in_year(year: int) -> int:
    """365, or 366 with a 29 February."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _by_own_year(start: date, end: date) -> Fraction:
    years = Fraction(0)
    while start < end:
        upto = min(end, date(start.year + 1, 1, 1))
        years += Fraction((upto - start).days, days_in_year(start.year))
        start = upto
    return years
