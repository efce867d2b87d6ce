"""The level payment: what it must be, how it is smoothed, and who takes the rest."""

from datetime import date
from decimal import Decimal

from finance.lending.replay.daycount import product, refresh
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.spans import Period, Plan

_ROUNDS = 3


def relevel(plan: Plan, since: date, alone: bool) -> None:
    """New level payments for all periods that fall due on `since` or later.

    alone  from the balance as it stands; otherwise as if nothing had been paid in advance
    """
    periods = plan.since(since)
    refresh(plan, periods)
    if not periods:
        return
    if plan.terms.flat:
        set_flat_levels(plan, periods)
        return
    alone = alone or plan.is_empty or plan.trial
    plan.rebalance()
    if alone:
        set_levels(plan, periods)
    else:
        _levels_of_a_trial(plan, since)
    plan.rebalance()
    settle_last(plan, since)
    if alone:
        smooth(plan, periods)


def set_levels(plan: Plan, periods: list[Period]) -> None:
    """P · Π(1+rᵢ) / fₙ for each of `periods`; what is paid stays paid, also at a higher rate."""
    if not periods:
        return
    if plan.terms.flat:
        set_flat_levels(plan, periods)
        return
    place = plan.place(periods[0])
    before = plan.ready()[place - 1].left if place else ZERO
    grown, summed = product(periods)
    balance = before + periods[0].disbursed
    level = plan.unit.multiple(plan.unit.money(grown * balance / summed), plan.terms.multiple)
    for period in periods:
        if level >= period.paid and not (period.paid and period.is_paid):
            period.level = period.agreed = level
    plan.stale = True


def _levels_of_a_trial(plan: Plan, since: date) -> None:
    trial = plan.copy()
    trial.trial = True
    for period in trial.periods:
        period.paid_principal = period.paid_interest = period.deferred = ZERO
        for each in period.stretches:
            each.correction = each.overdue = ZERO
    relevel(trial, since, alone=True)
    for period, asked in zip(plan.periods, trial.periods, strict=True):
        if period.due >= since:
            period.level, period.agreed = asked.level, asked.agreed
    plan.stale = True


def settle_last(plan: Plan, until: date) -> None:
    """The last period not fully paid takes the rest, so that the sum of all is what is owed."""
    lent = plan.lent
    _no_more_than_is_lent(plan, lent)
    last = next((each for each in reversed(plan.ready()) if not each.is_paid), None)
    if last is None:
        if plan.principal_left > 0:
            # every level is paid and principal is left (a plan remade for less): the end takes it
            plan.periods[-1].level += plan.principal_left
            plan.touch(plan.periods[-1])
            settle_last(plan, until)
        return
    if last.deferred:
        last.deferred = ZERO
        plan.touch(last)
    for period in plan.periods:
        if period.silent:
            period.silent = False
            plan.touch(period)
    owed = lent + plan.total("interest") - plan.total("asked")
    if owed:
        last.level += owed
        plan.touch(last)
    least = last.paid - last.credited
    if last.level < least:
        last.level = least
        plan.touch(last)
        if last.is_paid:
            # it can give no more: the one before it takes the rest
            settle_last(plan, until)
    defer_beyond(plan, last, until)


def _no_more_than_is_lent(plan: Plan, lent: Decimal) -> None:
    """Money paid on the last installment can leave less to be owed than a period asks for."""
    left = lent - plan.total("paid_principal")
    for place in range(len(plan.periods)):
        period = plan.ready()[place]
        if period.principal_owed > left:
            period.level = max(period.level - (period.principal_owed - left), period.paid)
            plan.touch(period)


def defer_beyond(plan: Plan, last: Period, until: date) -> None:
    """Interest of periods behind the last unpaid one, up to `until`, falls to that one."""
    if last is plan.periods[-1]:
        return
    trial = plan.copy()
    stop_at(trial, until)
    behind = [each for each in trial.ready() if each.due > last.due and each.unheld > 0]
    if behind:
        last.deferred = behind[-1].unheld
        for period in plan.periods:
            if period.due > last.due:
                period.silent = True
        plan.touch(last)


def stop_at(plan: Plan, day: date) -> None:
    """No interest after `day`; balances stay as they were."""
    period = plan.find(day)
    if period:
        first = period is plan.periods[0]
        inside = [
            each
            for nr, each in enumerate(period.stretches)
            if (each.start <= day if first and not nr else each.start < day) and day <= each.end
        ]
        if inside:
            inside[-1].end = day
    refresh(plan)
    for each in (each for period in plan.periods for each in period.stretches):
        if day < each.end:
            each.growth = each.growth_to_due = ZERO
    plan.stale = True


def smooth(plan: Plan, periods: list[Period]) -> None:
    """Move a last payment that stands out closer to the others, at most three times."""
    trial: Plan | None = None
    first = periods[0]
    for _ in range(_ROUNDS):
        level, gap = _gap(plan, periods)
        if not _stands_out(plan, level, gap, len(periods)):
            return
        counted = len(periods) - sum(1 for each in periods if level < each.paid)
        better = plan.unit.money(level + plan.unit.share(gap, max(1, counted)))
        better = plan.unit.multiple(better, plan.terms.multiple)
        if better == level:
            return
        trial = trial or plan.copy()
        touched = [
            each for each in trial.periods if each.start >= first.start and each.due >= first.due
        ]
        for period in touched:
            if better >= period.paid and not period.holder:
                period.level = period.agreed = better
        trial.stale = True
        trial.rebalance()
        settle_last(trial, first.due)
        if abs(_gap(trial, trial.periods)[1]) >= abs(gap):
            return
        others = [each for each in touched if not each.holder]
        for period, asked in zip(periods, others, strict=False):
            period.level = period.agreed = asked.level
        plan.stale = True
        plan.rebalance()


def _gap(plan: Plan, periods: list[Period]) -> tuple[Decimal, Decimal]:
    """The level of the last pair of unpaid periods, and how far the last one is from it."""
    plan.ready()
    for before, last in zip(periods[-2::-1], periods[:0:-1], strict=True):
        if not last.is_paid and not before.is_paid:
            return before.level, last.level - before.level
    return periods[0].level, ZERO


def _stands_out(plan: Plan, level: Decimal, gap: Decimal, count: int) -> bool:
    half = Decimal(count // 2)
    return half > 0 and gap != 0 and abs(gap) * 100 > half


def set_flat_levels(plan: Plan, periods: list[Period]) -> None:
    """Principal and flat interest of all periods in equal payments; the last takes the rest."""
    unit = plan.unit
    plan.stale = True
    for period in periods:
        plan.ready()
        period.level = period.earned
        plan.stale = True
    place = plan.place(periods[0])
    plan.stale = True
    total = lent_within(periods[0], but_last=True) + sum((each.level for each in periods), ZERO)
    if place:
        before = plan.ready()[place - 1]
        total -= lent_within(before) - before.left
    level = unit.multiple(unit.share(total, len(periods)), plan.terms.multiple)
    rest = total - level * len(periods)
    moved = ZERO
    for period in periods:
        asked = level + rest if period is periods[-1] else level
        least = period.paid - period.credited - period.deferred
        if asked < least:
            moved += least - asked
            asked = period.paid
        period.level = period.agreed = asked
        plan.rebalance()
    _take_back(plan, periods, moved)


def lent_within(period: Period, but_last: bool = False) -> Decimal:
    """Disbursed up to the end of a period (or up to its last stretch)."""
    stretches = period.stretches[:-1] if but_last else period.stretches
    inside = (each.disbursed for each in stretches if each.end != period.start)
    return period.lent_before + sum(inside, ZERO)


def _take_back(plan: Plan, periods: list[Period], moved: Decimal) -> None:
    """What some periods hold beyond the level, the last ones need not ask for."""
    for period in reversed(periods):
        if moved > 0 and not period.is_paid:
            least = max(period.level - moved, ZERO)
            held = period.paid - period.credited - period.deferred
            level = max(period.earned, least, held)
            moved -= period.level - level
            period.level = level
            plan.rebalance()
