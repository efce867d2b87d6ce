"""What is due up to a day: the plan looked at as if the world ended then."""

from datetime import date
from decimal import Decimal

from finance.lending.replay.daycount import refresh
from finance.lending.replay.levels import settle_last, stop_at
from finance.lending.replay.numbers import ZERO, above_zero
from finance.lending.replay.spans import Period, Plan, Stretch


def until(plan: Plan, day: date) -> Plan:
    """A copy in which nothing earns after `day`."""
    cut = plan.copy()
    if day < cut.start:
        for period in cut.periods:
            period.stretches = [_empty(period)]
        cut.stale = True
        return cut
    if day >= cut.end:
        return cut
    current = cut.find(day)
    previous: Period | None = None
    for period in cut.periods:
        if period.due > day:
            _cut_period(period, period is current, previous is current, day)
        previous = period
    refresh(cut)
    cut.rebalance()
    settle_last(cut, day)
    return cut


def _empty(period: Period) -> Stretch:
    return Stretch(period.start, period.start)


def _cut_period(period: Period, current: bool, follows: bool, day: date) -> None:
    if current:
        inside = [
            e for e in period.stretches if e.start < day <= e.end or e.start == day == period.start
        ]
        if inside:
            last = inside[-1]
            place = next(nr for nr, each in enumerate(period.stretches) if each is last)
            later = period.stretches[place + 1 : place + 2]
            last.end = day
            for each in later:
                last.credited_principal += each.credited_principal
                last.credited_interest += each.credited_interest
            del period.stretches[place + 1 :]
        return
    first = period.stretches[0]
    kept = follows and (first.credited_interest > 0 or first.credited_principal > 0)
    period.stretches = [first if kept else _empty(period)]
    period.stretches[0].end = period.stretches[0].start


def due_amounts(plan: Plan, due: date, day: date) -> tuple[Decimal, Decimal]:
    """(principal, interest) that a period can take on `day`."""
    cut = until(plan, day)
    period = cut.due_on(due)
    assert period, f"no period falls due on {due}"
    cut.ready()
    unpaid = sum(1 for each in cut.periods if not each.is_paid)
    if day <= period.start:
        if unpaid > 1:
            period.level = period.agreed
            cut.stale = True
            cut.ready()
            too_much = above_zero(period.principal_owed - above_zero(_left(cut)))
            period.level -= too_much
        elif unpaid == 1 and period.is_paid:
            room = cut.lent - cut.total("paid_principal")
            period.level = min(period.agreed, room + period.paid_principal + period.interest)
        cut.stale = True
        cut.ready()
    return period.principal, period.interest


def _left(plan: Plan) -> Decimal:
    return plan.lent - plan.total("paid_principal")


def outstanding_until(plan: Plan, day: date) -> tuple[Decimal, Decimal]:
    """(principal, interest) that would end the loan on `day`."""
    cut = plan.copy()
    stop_at(cut, day)
    cut.rebalance()
    settle_last(cut, day)
    interest = cut.total("interest") - cut.total("paid_interest")
    return above_zero(_left(cut)), above_zero(interest)


def interest_until(plan: Plan, day: date) -> Decimal:
    """All interest due up to `day`, period by period."""
    dues = [period.due for period in plan.periods]
    return sum((due_amounts(plan, due, day)[1] for due in dues), ZERO)


def period_interest_until(plan: Plan, due: date, day: date) -> Decimal:
    """Interest one period has earned up to `day`."""
    cut = until(plan, day)
    cut.ready()
    return next(each for each in cut.periods if each.due == due).earned
