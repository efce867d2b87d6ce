"""Rate factors: how much of a year's rate a stretch of days earns."""

import calendar
from datetime import date, timedelta
from decimal import Decimal

from finance.lending.replay.config import Terms
from finance.lending.replay.dates import add, between
from finance.lending.replay.numbers import ONE, ZERO, exact_sum
from finance.lending.replay.spans import Period, Plan

_A_YEAR = {"MONTHS": 12, "WEEKS": 52, "YEARS": 1}
_DAYS_EACH = {"DAYS": 1, "WEEKS": 7, "MONTHS": 30}


def refresh(plan: Plan, periods: list[Period] | None = None) -> None:
    """Work out the rate factors of all stretches, or of those of some periods."""
    todo = plan.periods if periods is None else periods
    for period in todo:
        for each in period.stretches:
            each.growth = growth(plan, period, each.start, each.end)
            each.growth_to_due = growth(plan, period, each.start, period.due, elapsed=True)
    if todo:
        plan.touch(todo[0])


def growth(plan: Plan, period: Period, start: date, end: date, elapsed: bool = False) -> Decimal:
    """The rate factor from `start` to `end` of a period.

    elapsed  of a 30-day-month period count the months it really spans (a moved due date), which
             the level payment does not
    """
    rate = plan.rate_on(start)
    key = (start, end, period.start, period.due, rate, elapsed, plan.start)
    if key not in plan.known:
        plan.known[key] = _growth(plan, period, start, end, rate / 100, elapsed)
    return plan.known[key]


def _growth(
    plan: Plan, period: Period, start: date, end: date, rate: Decimal, elapsed: bool
) -> Decimal:
    terms = plan.terms
    days, length = Decimal((end - start).days), Decimal((period.due - period.start).days)
    if not length:
        return ZERO
    if terms.whole_periods and terms.frequency in _A_YEAR:
        year = _A_YEAR[terms.frequency]
        return plan.unit.factor(rate * (Decimal(terms.every) / year) * days / length)
    if _over_new_year(terms, period, start, end):
        return plan.unit.factor(rate * year_fractions(terms, start, end))
    year_days = days_of_year(terms, start, period)
    if terms.days_in_month == "ACTUAL":
        return plan.unit.factor(rate * (days / year_days))
    count = period_count(plan, period) if elapsed else Decimal(terms.every)
    each = year_days if terms.frequency == "YEARS" else Decimal(_DAYS_EACH[terms.frequency])
    return plan.unit.factor(rate * (each * count / year_days) * days / length)


def days_of_year(terms: Terms, day: date, period: Period) -> Decimal:
    """360, 364, 365, or the days of the year in which the stretch begins."""
    if terms.days_in_year != "ACTUAL":
        return Decimal(terms.days_in_year)
    if not calendar.isleap(day.year):
        return Decimal(365)
    return Decimal(366 if not terms.feb29_only or holds_feb29(period) else 365)


def holds_feb29(period: Period) -> bool:
    """29 February of the year it begins in lies after its first day and up to its due date."""
    year = period.start.year
    return calendar.isleap(year) and period.start < date(year, 2, 29) <= period.due


def _over_new_year(terms: Terms, period: Period, start: date, end: date) -> bool:
    if terms.days_in_year != "ACTUAL" or end.year == start.year:
        return False
    return not terms.feb29_only or holds_feb29(period)


def year_fractions(terms: Terms, start: date, end: date) -> Decimal:
    """Days of each year over that year's length; where a year ends is a term of the loan."""
    total, day = ZERO, start
    for year in range(start.year, end.year + 1):
        turn = date(year, 12, 31) if terms.new_year_on == "31 Dec" else date(year + 1, 1, 1)
        until = end if year == end.year else turn
        total += Decimal((until - day).days) / (366 if calendar.isleap(year) else 365)
        day = until
    return total


def period_count(plan: Plan, period: Period) -> Decimal:
    """How many months (weeks, days) a period spans; parts by days.

    Counted from the loan's first day where the period lies on its raster, so that 31 January to
    29 February is one month; otherwise from the period's own first day.
    """
    unit = plan.terms.frequency
    seed = _raster_start(plan, period, unit)
    first = period.start
    if unit == "MONTHS" and seed.day > first.day and (first + timedelta(1)).day == 1:
        first += timedelta(1)
    passed = between(seed, first, unit)
    count = passed + 1
    reached = period.start
    while reached < period.due:
        reached = add(seed, count, unit)
        if reached <= period.due:
            count += 1
            continue
        whole = count - passed - 1
        base = add(seed, whole, unit)
        return Decimal((period.due - base).days) / Decimal((reached - base).days) + whole
    return Decimal(count - passed - 1)


def _raster_start(plan: Plan, period: Period, unit: str) -> date:
    steps, reached = 1, add(plan.start, 1, unit)
    while reached < period.due:
        steps += 1
        reached = add(plan.start, steps, unit)
    on_raster = reached == period.due and add(reached, -plan.terms.every, unit) == period.start
    return plan.start if on_raster else period.start


def product(periods: list[Period]) -> tuple[Decimal, Decimal]:
    """Π(1+rᵢ) and fₙ (f₁ = 1, fₖ = 1 + fₖ₋₁·(1+rₖ)) of some periods."""
    grown, summed = ONE, ONE
    for place, period in enumerate(periods):
        factor = exact_sum([ONE, *(each.growth for each in period.stretches)])
        grown *= factor
        if place:
            summed = ONE + summed * factor
    return grown, summed
