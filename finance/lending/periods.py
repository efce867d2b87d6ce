"""The periods of a schedule: first day, due day, and the part of a year's rate each earns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from finance.lending import day_counts
from finance.lending.calendar import add_months
from finance.lending.due_dates import Unit
from finance.lending.terms import Terms

_DIGITS = 50


@dataclass(frozen=True, slots=True)
class Period:
    """start      first day that earns
    planned    due day before holidays moved it
    due_on     due day
    rate       what one unit of money earns from `start` to the end of the period
    """

    start: date
    planned: date
    due_on: date
    rate: Fraction


def periods(terms: Terms, start: date) -> tuple[Period, ...]:
    """The `count` periods of a loan paid out on `start`; due days always rise.

    Interest runs between planned days, or between due days with `interest_follows`.
    """
    planned = _planned(terms, start)
    due = [terms.holidays.rolled(day, terms.roll) for day in planned]
    if any(then <= first for first, then in pairwise([start, *due])):
        raise ValueError("first_due: due days must rise from the disbursement on")
    counted = due if terms.interest_follows else planned
    edges = list(pairwise([start, *counted]))
    rates = [_rate(terms, place, *edge) for place, edge in enumerate(edges)]
    return tuple(
        Period(edge[0], planned[place], due[place], rate)
        for place, (edge, rate) in enumerate(zip(edges, rates, strict=True))
    )


def _planned(terms: Terms, start: date) -> list[date]:
    days = terms.frequency.days_due(start, terms.first_due, terms.month_end)
    return [next(days) for _ in range(terms.count)]


def _rate(terms: Terms, place: int, start: date, end: date) -> Fraction:
    if place < terms.interest_free:
        return Fraction(0)
    regular = place > 0 or terms.first_due is None or terms.first_due == _regular(terms, start)
    years = _years(terms, start, end, regular and not terms.interest_follows)
    return _compound(terms.rate, years) if terms.compounding else terms.rate * years


def _regular(terms: Terms, start: date) -> date:
    return terms.frequency.after(start, 1, terms.month_end)


def _years(terms: Terms, start: date, end: date, regular: bool) -> Fraction:
    """The period's part of a year.

    With months of thirty days a regular period of months has thirty for each whatever its
    dates; one of weeks or days has its own days, although bond basis counts them another way.
    """
    frequency, count = terms.frequency, terms.day_count
    if regular and terms.whole_periods and frequency.unit is not Unit.DAYS:
        return _whole(terms)
    if regular and terms.thirty_days:
        if frequency.months:
            return day_counts.months_fraction(count, frequency.months)
        if frequency.unit is Unit.SEMI_MONTHS:
            return day_counts.months_fraction(count, 1) / 2
        return day_counts.months_fraction(count, 1) * (end - start).days / 30
    if terms.whole_periods and not regular and frequency.months:
        return _whole_and_days(terms, start, end)
    return day_counts.fraction(count, start, end)


def _whole(terms: Terms) -> Fraction:
    """A regular period's part of a year, whatever its days."""
    frequency = terms.frequency
    parts = {Unit.WEEKS: 52, Unit.SEMI_MONTHS: 24, Unit.MONTHS: 12, Unit.YEARS: 1}
    return Fraction(frequency.every, parts[frequency.unit])


def _whole_and_days(terms: Terms, start: date, end: date) -> Fraction:
    """A first period of whole months counted back from its end, and the days before them."""
    months = 12 * (end.year - start.year) + end.month - start.month
    begin = add_months(end, -months)
    while begin < start:
        months -= 1
        begin = add_months(end, -months)
    return Fraction(months, 12) + day_counts.fraction(terms.day_count, start, begin)


def _compound(rate: Fraction, years: Fraction) -> Fraction:
    """(1 + rate)^years − 1 to fifty digits."""
    with localcontext() as context:
        context.prec = _DIGITS
        base = 1 + Decimal(rate.numerator) / rate.denominator
        return Fraction((base.ln() * years.numerator / years.denominator).exp() - 1)
