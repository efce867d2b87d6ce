"""What can happen to the interest plan: money lent, paid, charged back; rates, pauses, dates."""

from datetime import date, timedelta
from decimal import Decimal

from finance.lending.replay.dates import add, following
from finance.lending.replay.daycount import refresh
from finance.lending.replay.levels import defer_beyond, relevel, settle_last
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.spans import Period, Plan, Stretch

_DAY = timedelta(days=1)


def cut(plan: Plan, day: date) -> tuple[Period, Stretch] | None:
    """The stretch that ends on `day`, made if there is none; None outside the plan."""
    period = plan.find(day)
    if period is None:
        return None
    if period is plan.periods[-1] and day == period.due:
        # a change on the very last day earns nothing: it gets a stretch of no days
        last = period.stretches[-1]
        return period, last if not last.days else split(period, day)
    found = next((each for each in period.stretches if each.end == day), None)
    return period, found or split(period, day)


def split(period: Period, day: date) -> Stretch:
    """End a stretch on `day` and begin another; returns the ended one."""
    inside = [each for each in period.stretches if each.start < day <= each.end]
    before = inside[-1] if inside else period.stretches[0]
    at = min(max(day, before.start), before.end)
    place = next(nr for nr, each in enumerate(period.stretches) if each is before)
    period.stretches.insert(place + 1, Stretch(at, before.end, before.paused))
    before.end = at
    return before


def disburse(plan: Plan, day: date, amount: Decimal) -> None:
    terms = plan.terms
    if terms.whole_periods and not terms.partial_periods:
        # interest by whole period: money counts from the first day of its period
        day = next((each.start for each in plan.periods if each.due > day), day)
    for period in plan.periods:
        if day <= period.start:
            period.lent_before += amount
    found = cut(plan, day)
    if found:
        found[1].disbursed += amount
        plan.stale = True
        relevel(plan, _affected(plan, found[0], day), alone=False)


def _affected(plan: Plan, period: Period, day: date) -> date:
    """The due date from which on levels change; on a due date that is the next one."""
    if period.due == day:
        later = [each.due for each in plan.periods if each.due > day]
        return later[0] if later else period.due
    return period.due


def change_rate(plan: Plan, first_day: date, rate: Decimal) -> None:
    """`rate` from `first_day` on; the day before it is the last of the old one."""
    last_day = first_day - _DAY
    plan.rates = sorted([*(r for r in plan.rates if r[0] != last_day), (last_day, rate)])[::-1]
    _relevel_after(plan, last_day)


def _relevel_after(plan: Plan, day: date) -> None:
    found = cut(plan, day)
    plan.stale = True
    if found:
        relevel(plan, _affected(plan, found[0], day), alone=True)


def add_periods(plan: Plan, first_day: date, count: int) -> None:
    """More installments at the end, counted from the loan's first day (or from a due date that
    was moved or re-aged)."""
    terms = plan.terms
    base, before = plan.raster or (plan.start, 0)
    end = plan.end
    for _ in range(count):
        start, lent = plan.end, plan.periods[-1].lent_before
        due = add(base, (len(plan.periods) + 1 - before) * terms.every, terms.frequency)
        plan.periods.append(Period(start, due, [Stretch(start, due)], lent_before=lent))
    _relevel_after(plan, min(first_day - _DAY, end))


def pause(plan: Plan, first: date, last: date) -> None:
    """No interest from `first` to `last`, both counted.

    One exception, as in the source: a pause from the day after a period's first day (or after a
    due date) leaves that one day to earn.
    """
    touched = [each for each in plan.periods if each.start < last and each.due >= first]
    for period in touched:
        before = first if first == period.start + _DAY else first - _DAY
        start, end = max(before, period.start), min(last, period.due)
        if all(each.start != start for each in period.stretches):
            split(period, start)
        if all(each.end != end for each in period.stretches):
            split(period, end)
        for each in period.stretches:
            if start <= each.start and each.end <= end:
                each.paused = True
    if touched:
        refresh(plan, plan.since(touched[0].start))
        plan.rebalance()
        settle_last(plan, touched[0].start)


def correct(plan: Plan, day: date, amount: Decimal, overdue: bool = False) -> None:
    """The balance that earns interest changes by `amount` at the end of `day`."""
    found = cut(plan, day)
    if found:
        period, stretch = found
        if overdue:
            stretch.overdue += amount
        else:
            stretch.correction += amount
        refresh(plan, [period])
        plan.rebalance(period)
        settle_last(plan, day)


def pay_interest(plan: Plan, due: date, day: date, amount: Decimal) -> None:
    period = plan.due_on(due)
    if period is None:
        return
    unpaid = [each for each in plan.ready() if not each.is_paid]
    if unpaid and unpaid[-1] is not plan.periods[-1] and unpaid[-1] is period and day >= period.due:
        defer_beyond(plan, period, day)
    period.paid_interest += amount
    plan.touch(period)
    plan.rebalance(period)
    settle_last(plan, day)


def pay_principal(plan: Plan, due: date, day: date, amount: Decimal) -> None:
    """Paid early it stops earning at once; paid late it has earned up to the due date here.

    (What overdue principal earns afterwards is a correction of its own.)
    """
    period = plan.due_on(due)
    if period is None or not amount:
        return
    period.paid_principal += amount
    plan.touch(period)
    at = min(due, day)
    correct(plan, at, -amount)
    several = sum(1 for each in plan.ready() if not each.is_paid) > 1
    if plan.levels_change:
        if several and day < period.start:
            enough = period.agreed + period.credited
            if period.paid > period.whole or period.paid == enough:
                period.level = period.paid - period.credited
                plan.touch(period)
        settle_last(plan, at)


def credit(plan: Plan, day: date, principal: Decimal, interest: Decimal) -> None:
    """Principal or interest comes back to be paid once more (a chargeback)."""
    found = cut(plan, day)
    if not found:
        return
    found[1].correction += principal
    target = _credited_stretch(plan, day)
    if target:
        target.credited_principal += principal
        target.credited_interest += interest
    refresh(plan, [found[0]])
    plan.rebalance()
    settle_last(plan, day)


def _credited_stretch(plan: Plan, day: date) -> Stretch | None:
    """The last stretch that begins on `day`, in the period that runs from it."""
    for period in plan.periods:
        last = period is plan.periods[-1]
        if period.start <= day and (day <= period.due if last else day < period.due):
            begun = [each for each in period.stretches if each.start == day]
            return begun[-1] if begun else None
    return None


def move_due(plan: Plan, due: date, to: date) -> None:
    """One due date moves; those behind it follow at the usual distance."""
    place = next((nr for nr, each in enumerate(plan.periods) if each.contains(due, nr == 0)), None)
    if place is None:
        return
    _end(plan.periods[place], to)
    plan.raster = (to, place + 1)
    day = to
    for period in plan.periods[place + 1 :]:
        period.start = period.stretches[0].start = day
        day = following(day, plan.terms, plan.start.day)
        _end(period, day)
    refresh(plan, plan.since(due))
    plan.rebalance()
    settle_last(plan, due)


def _end(period: Period, due: date) -> None:
    period.due = due
    period.stretches[-1].end = due


def earn_overdue(plan: Plan, day: date, to_rest: bool) -> bool:
    """Let principal that fell due and was not paid earn interest up to `day`.

    to_rest  up to the next due date instead
    Answers whether anything changed.
    """
    overdue = [each for each in plan.ready() if each.due < day and not each.holder]
    if not overdue:
        return False
    last, changed = plan.periods[-1], False
    current = plan.find(day) or last
    before = total = ZERO
    for period in overdue:
        if before:
            changed |= _earn_in(plan, period, day, before, total, to_rest)
        plan.ready()
        before = period.principal_owed
        total += before
    if current is not last or day <= last.due:
        changed |= _earn_in(plan, current, day, before, total, to_rest)
    if total > 0 and (plan.overdue_to is None or plan.overdue_to < day):
        plan.overdue_to = day
    return changed


def _earn_in(
    plan: Plan, period: Period, day: date, overdue: Decimal, total: Decimal, to_rest: bool
) -> bool:
    if day == plan.overdue_to:
        return False
    done = plan.overdue_to
    since = period.start if done is None or period.start > done else done
    correct(plan, since, overdue, overdue=True)
    if period.start < day <= period.due:
        until = period.due if to_rest else day
        correct(plan, until, -total, overdue=True)
        plan.overdue_to = until
    return True
