"""New plans for old debts: re-amortize, re-age, charge off."""

from datetime import date
from decimal import Decimal

from finance.lending.replay import changes
from finance.lending.replay.dates import add
from finance.lending.replay.events import Event, Impossible
from finance.lending.replay.levels import set_levels, settle_last, smooth
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import ALL_PARTS, FEE, INTEREST, PENALTY, PRINCIPAL, Row, in_order
from finance.lending.replay.spans import Period, Plan, Stretch
from finance.lending.replay.work import Record, Work


def charge_off(work: Work, event: Event) -> None:
    """The loan stays owed and stops following the days; the record says what it was then."""
    record = work.record(event, ZERO)
    for part in ALL_PARTS:
        record.parts[part] = sum((row.owed(part) for row in work.rows), ZERO)
    record.amount = sum(record.parts.values(), ZERO)
    record.void = not any(record.parts.values())
    work.frozen = work.frozen or not record.void


def reamortize(work: Work, event: Event) -> None:
    """Overdue principal is spread evenly over the installments to come."""
    on = event.on
    record = work.record(event, ZERO)
    overdue = sum((row.owed(PRINCIPAL) for row in work.rows if row.due <= on), ZERO)
    _set_principal(record, overdue)
    coming = [row for row in work.normal_rows() if row.due > on and not row.reaged]
    if not coming or (work.living and all(row.met for row in coming)):
        record.void = not overdue
        return
    if work.living:
        reamortize_plan(work.plan, on)
        work.follow_plan(on)
        return
    for row in (row for row in work.rows if row.due <= on):
        row.charged[PRINCIPAL] = row.paid[PRINCIPAL]
        row.recheck(on)
    work.remade = True
    unit = work.terms.unit
    each = unit.multiple(unit.share(overdue, len(coming)), work.terms.multiple)
    for row in coming:
        part = overdue if row is coming[-1] else each
        row.charge(PRINCIPAL, part, on)
        overdue -= part


def _set_principal(record: Record, amount: Decimal) -> None:
    record.parts[PRINCIPAL] = record.amount = amount


def reage(work: Work, event: Event) -> None:
    """All principal owed becomes `count` new installments from the event's first due date."""
    if event.first is None or event.first <= event.on or event.count < 1:
        raise Impossible(
            event, "start", "the first new due date must be after the day of the event"
        )
    record = work.record(event, ZERO)
    owed = sum((max(row.owed(PRINCIPAL), ZERO) for row in work.rows), ZERO)
    _set_principal(record, owed)
    if not owed:
        record.void = True
    elif work.living:
        reage_plan(work.plan, event)
        _rows_of_plan(work, event)
    else:
        _reage_rows(work, event, owed)


def _reage_rows(work: Work, event: Event, owed: Decimal) -> None:
    for row in work.rows:
        if row.owed(PRINCIPAL) > 0:
            row.charge(PRINCIPAL, -row.owed(PRINCIPAL), event.on)
    unit, count = work.terms.unit, event.count
    each = unit.multiple(unit.share(owed, count), work.terms.multiple)
    amounts = [(each, ZERO)] * (count - 1) + [(owed - each * (count - 1), ZERO)]
    if work.terms.rate:
        amounts = _with_interest(work, event, owed)
    _place_new_rows(work, event, amounts)
    work.remade = True


def _with_interest(work: Work, event: Event, owed: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Level payments on what is owed, from the event's day, under the terms of the loan."""
    plan = Plan.of(work.terms, new_spans(event))
    plan.rates = list(work.plan.rates)
    changes.disburse(plan, event.on, owed)
    for row in work.normal_rows():
        if row.due > event.on and row.owed(INTEREST) > 0:
            row.charge(INTEREST, -row.owed(INTEREST), event.on)
    return [(period.principal, period.interest) for period in plan.ready()]


def new_spans(event: Event) -> list[tuple[date, date]]:
    start, due, made = event.on, event.first or event.on, []
    for _ in range(event.count):
        made.append((start, due))
        start, due = due, add(due, event.every, event.unit)
    return made


def _place_new_rows(work: Work, event: Event, amounts: list[tuple[Decimal, Decimal]]) -> None:
    """New rows take the place of those due on the event's day or later."""
    passed = [row for row in work.rows if not row.down and row.due < event.on]
    replaced = [row for row in work.rows if not row.down and not row.extra and row.due >= event.on]
    start = passed[-1].due if passed else work.began
    for place, ((principal, interest), (_, due)) in enumerate(
        zip(amounts, new_spans(event), strict=True)
    ):
        row = replaced[place] if place < len(replaced) else work.add_row(Row(start, due))
        row.start, row.due, row.reaged = start, due, True
        row.charged[PRINCIPAL] = principal + row.paid[PRINCIPAL]
        row.charged[INTEREST] = interest + row.paid[INTEREST]
        row.recheck(event.on)
        start = due
    _drop(work, replaced[len(amounts) :], event)


def _drop(work: Work, rows: list[Row], event: Event) -> None:
    """Rows that a new plan has no place for leave what they hold to the last that stays."""
    for row in rows:
        work.rows.remove(row)
    in_order(work.rows)
    heir = work.normal_rows()[-1]
    for row in rows:
        for part in ALL_PARTS:
            heir.charged[part] += row.charged[part]
            heir.paid[part] += row.paid[part]
            heir.credited[part] += row.credited[part]
    heir.recheck(event.on)


def reamortize_plan(plan: Plan, on: date) -> None:
    """Periods up to the day keep what is paid; the levels behind it carry the rest."""
    _close_up_to(plan, on)
    later = [period for period in plan.periods if period.due > on]
    plan.rebalance()
    set_levels(plan, later)
    plan.rebalance()
    settle_last(plan, on)
    smooth(plan, later)


def _close_up_to(plan: Plan, on: date) -> None:
    """Periods begun by the day keep what is paid; what they owe is simply lent on."""
    for period in [each for each in plan.ready() if each.start <= on and not each.is_paid]:
        period.level = period.paid
        period.moved_credit = period.credited_principal + period.credited_interest
    for each in (each for period in plan.periods for each in period.stretches):
        if each.end <= on:
            # overdue principal is no exception any more that would need to earn apart
            each.overdue = ZERO
    plan.overdue_to = None
    plan.stale = True


def reage_plan(plan: Plan, event: Event) -> None:
    """The plan ends on the event's day; new periods begin there with what is left."""
    on = event.on
    _close_up_to(plan, on)
    behind = [period for period in plan.periods if period.due >= on]
    principal = sum((period.paid_principal for period in behind), ZERO)
    interest = sum((period.paid_interest for period in behind), ZERO)
    current = plan.find(on)
    if current:
        current.due = on
        current.stretches = [each for each in current.stretches if each.start <= on]
        current.stretches[-1].end = min(current.stretches[-1].end, on)
        plan.periods = [period for period in plan.periods if period.due <= on]
        last = plan.periods[-1]
        last.paid_principal, last.paid_interest = principal, interest
        last.level, last.holder = last.paid, True
    new = [Period(start, due, [Stretch(start, due)]) for start, due in new_spans(event)]
    if plan.end < on:
        # nothing earns between the old end and the new beginning
        new[0].start = plan.end
        new[0].stretches.insert(0, Stretch(plan.end, on, paused=True))
    for period in new:
        period.lent_before = plan.periods[-1].lent_before
    plan.raster = (new[0].due, len(plan.periods) + 1)
    plan.periods += new
    plan.stale = True
    changes.refresh(plan)
    plan.rebalance()
    set_levels(plan, new)
    plan.rebalance()
    settle_last(plan, on)
    smooth(plan, new)


def _rows_of_plan(work: Work, event: Event) -> None:
    """Rows stand where the plan's periods stand; what dropped rows held goes on."""
    starts = {period.start: period for period in work.plan.ready()}
    dropped = []
    for row in work.normal_rows():
        period = starts.pop(row.start, None)
        if period is None or row.due < event.on < period.due:
            dropped.append(row)
        else:
            row.due = period.due
            row.paid.update(PRINCIPAL=period.paid_principal, INTEREST=period.paid_interest)
    for period in starts.values():
        work.rows.append(Row(period.start, period.due, reaged=True))
    in_order(work.rows)
    for row in dropped:
        work.rows.remove(row)
        heir = next((r for r in work.normal_rows() if r.due >= row.due), work.normal_rows()[-1])
        for part in (FEE, PENALTY):
            heir.charged[part] += row.charged[part]
            heir.paid[part] += row.paid[part]
            heir.credited[part] += row.credited[part]
    in_order(work.rows)
    work.follow_plan(event.on)
