"""Dates of a plan: months counted from the day it began."""

import calendar
from datetime import date


def add_months(start: date, months: int) -> date:
    """The same day `months` later; a day that month lacks becomes its last (31 Jan → 28 Feb).

    Always count from the plan's first day, so that 31 Jan, 28 Feb is followed by 31 Mar.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def monthly_dates(start: date, count: int) -> list[date]:
    """`count` due days, the first one month after `start`."""
    return [add_months(start, month) for month in range(1, count + 1)]
