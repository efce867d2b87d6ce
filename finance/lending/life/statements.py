"""Days of a line's statements: they close on one day of each month and are due some days later."""

from datetime import date, timedelta

from finance.lending.calendar import add_months
from finance.lending.life.terms import Terms


def closing_after(day: date, closes: int) -> date:
    """The first closing day after `day`; `closes` is a day of the month, 1 to 28."""
    if day.day < closes:
        return day.replace(day=closes)
    return add_months(day.replace(day=1), 1).replace(day=closes)


def due_of(closing: date, terms: Terms) -> date:
    """The day on which what a statement asks for is due."""
    return closing + timedelta(terms.pay_days)


def due_after(day: date, terms: Terms) -> date:
    """The due day of the first statement that has something bought on `day` in it."""
    return due_of(closing_after(day, terms.closes), terms)
