"""New plans for old debts: re-amortize, re-age, charge off."""

from decimal import Decimal

from finance.lending.replay.dates import add
from finance.lending.replay.events import Event
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import ALL_PARTS, PRINCIPAL, Row, in_order
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
    overdue = ZERO
    for row in (row for row in work.rows if row.due <= on):
        overdue += row.owed(PRINCIPAL)
        row.charged[PRINCIPAL] = row.paid[PRINCIPAL]
        row.recheck(on)
    coming = [row for row in work.normal_rows() if row.due > on and not row.reaged]
    _set_principal(record, overdue)
    work.remade = True
    if not coming:
        return
    unit, multiple = work.terms.unit, work.terms.multiple
    each = unit.multiple(unit.share(overdue, len(coming)), multiple)
    for row in coming:
        part = overdue if row is coming[-1] else each
        row.charge(PRINCIPAL, part, on)
        overdue -= part


def _set_principal(record: Record, amount: Decimal) -> None:
    record.parts[PRINCIPAL] = record.amount = amount


def reage(work: Work, event: Event) -> None:
    """All principal owed becomes `count` new installments from the event's first due date."""
    on = event.on
    record = work.record(event, ZERO)
    owed = ZERO
    for row in work.rows:
        part = row.owed(PRINCIPAL)
        if part > 0:
            owed += part
            row.charge(PRINCIPAL, -part, on)
    _set_principal(record, owed)
    if not owed:
        record.void = True
        return
    unit = work.terms.unit
    each = unit.multiple(unit.share(owed, event.count), work.terms.multiple)
    _place_new_rows(work, event, [each] * (event.count - 1) + [owed - each * (event.count - 1)])
    work.remade = True


def _place_new_rows(work: Work, event: Event, amounts: list[Decimal]) -> None:
    """New rows take the place of those due on the event's day or later."""
    passed = [row for row in work.rows if not row.down and row.due < event.on]
    replaced = [row for row in work.rows if not row.down and not row.extra and row.due >= event.on]
    start = passed[-1].due if passed else work.began
    due = event.first or event.on
    for place, amount in enumerate(amounts):
        row = replaced[place] if place < len(replaced) else work.add_row(Row(start, due))
        row.start, row.due, row.reaged = start, due, True
        row.charged[PRINCIPAL] = amount + row.paid[PRINCIPAL]
        row.recheck(event.on)
        start, due = due, add(due, event.every, event.unit)
    for row in replaced[len(amounts) :]:
        work.rows.remove(row)
    in_order(work.rows)
