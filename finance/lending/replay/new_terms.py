"""New terms for a running loan: rate, pause, extra installments, a moved due date."""

from datetime import date

from finance.lending.replay import changes, events
from finance.lending.replay.events import Event, Impossible
from finance.lending.replay.rows import FEE, PENALTY, PRINCIPAL, Row, in_order
from finance.lending.replay.work import Work


def change_terms(work: Work, event: Event) -> None:
    plan = work.plan
    if not work.living and not work.open_rows():
        return
    if event.kind == events.RATE and event.rate is not None:
        changes.change_rate(plan, event.on, event.rate)
    elif event.kind == events.PAUSE and event.until:
        changes.pause(plan, event.on, event.until)
    elif event.kind == events.EXTRA:
        changes.add_periods(plan, event.on, event.count)
        have = {(row.start, row.due) for row in work.rows}
        for period in plan.ready():
            if (period.start, period.due) not in have:
                work.rows.append(Row(period.start, period.due))
                work.follow(work.rows[-1], period)
        in_order(work.rows)
        _dissolve_extra(work)
    elif event.kind == events.RESCHEDULE and event.due and event.until:
        _reschedule(work, event, event.due, event.until)
    _rows_after_change(work, event)


def _dissolve_extra(work: Work) -> None:
    """Charges behind the last due date join the new row that now covers their day."""
    extra = work.extra_row()
    heir = next((row for row in work.normal_rows() if extra and row.due >= extra.due), None)
    if extra and heir and not extra.charged[PRINCIPAL]:
        work.rows.remove(extra)
        for part in (FEE, PENALTY):
            heir.charged[part] += extra.charged[part]
            heir.paid[part] += extra.paid[part]
        heir.recheck(extra.due)
        in_order(work.rows)


def _rows_after_change(work: Work, event: Event) -> None:
    for period in work.plan.ready():
        row = work.row_due(period.due)
        if row and (work.living or not row.met) and event.on <= row.due:
            work.follow(row, period)
    work.keep_principal(event.on)


def _reschedule(work: Work, event: Event, due: date, to: date) -> None:
    period = work.plan.due_on(due)
    if period is None:
        raise Impossible(event, "from", f"no installment falls due on {due}")
    if to <= period.start:
        raise Impossible(event, "to", f"must be after {period.start}")
    before = [(period.start, period.due) for period in work.plan.periods]
    changes.move_due(work.plan, due, to)
    after = [(period.start, period.due) for period in work.plan.periods]
    moved = [
        (row, new)
        for old, new in zip(before, after, strict=True)
        for row in work.normal_rows()
        if (row.start, row.due) == old
    ]
    for row, (start, end) in moved:
        row.start, row.due = start, end
    in_order(work.rows)
