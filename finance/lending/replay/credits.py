"""Money that comes back to be owed: chargebacks and refunds of a credit balance."""

from datetime import date
from decimal import Decimal

from finance.lending.replay import changes
from finance.lending.replay.allocation import spread
from finance.lending.replay.events import CHARGEBACK, Event
from finance.lending.replay.numbers import ZERO, above_zero
from finance.lending.replay.rows import (
    ALL_PARTS,
    FEE,
    INTEREST,
    PENALTY,
    PRINCIPAL,
    Row,
    nothing,
)
from finance.lending.replay.work import Record, Work


def chargeback(work: Work, event: Event, amount: Decimal) -> None:
    record = work.record(event, amount)
    if work.plan_credits:
        _chargeback_in_plan(work, record)
    elif work.terms.credit_order:
        _chargeback_in_rows(work, record)
    else:
        _as_principal(work, record)


def credit_balance_refund(work: Work, event: Event, amount: Decimal) -> None:
    """Pays out what was overpaid; anything beyond is owed again, as principal."""
    record = work.record(event, amount)
    if work.plan_credits:
        _refund_in_plan(work, record)
    else:
        _as_principal(work, record)


def _use_overpaid(work: Work, record: Record) -> tuple[Decimal, Decimal]:
    """(what is owed again, what the credit balance paid)."""
    owed = above_zero(record.amount - work.overpaid)
    from_balance = record.amount - owed
    record.overpaid = from_balance
    work.overpaid -= from_balance
    record.parts[PRINCIPAL] += owed
    return owed, from_balance


def _as_principal(work: Work, record: Record) -> None:
    owed, from_balance = _use_overpaid(work, record)
    if owed > 0:
        row = _row_for(work, record.on)
        row.credit(PRINCIPAL, record.amount, record.on)
        if from_balance > 0:
            row.pay(PRINCIPAL, record.on, from_balance)


def _row_for(work: Work, on: date) -> Row:
    """The next row to fall due; on the last due date that one, afterwards one behind it."""
    rows = [row for row in work.rows if not row.down]
    for row in rows:
        if row.extra:
            row.due = max(row.due, on)
            return row
        if row.due > on:
            return row
    if rows[-1].due == on:
        return rows[-1]
    return work.add_row(Row(rows[-1].due, on, extra=True))


def _chargeback_in_rows(work: Work, record: Record) -> None:
    record.overpaid = min(record.amount, work.overpaid)
    parts = by_credit_order(work, record)
    record.parts = parts
    row = _row_for(work, record.on)
    for part in ALL_PARTS:
        if parts[part]:
            row.credit(part, parts[part], record.on)
    use_overpayment(work, record)


def by_credit_order(work: Work, record: Record) -> dict[str, Decimal]:
    """Parts of the payment that comes back, in the product's order, less earlier chargebacks."""
    payment = next(
        (r for r in work.records if r.event.id == record.event.of and r.kind != CHARGEBACK), None
    )
    left = dict(payment.parts) if payment else nothing()
    for other in work.records:
        if other is record:
            break
        if other.kind == CHARGEBACK and other.event.of == record.event.of:
            for part, amount in _in_order(left, other.amount, work.terms.credit_order).items():
                left[part] -= amount
    parts = _in_order(left, record.amount, work.terms.credit_order)
    # what the payment did not pay for (an overpayment, money lent meanwhile) is owed as principal
    parts[PRINCIPAL] += record.amount - sum(parts.values(), ZERO)
    return parts


def _in_order(
    available: dict[str, Decimal], amount: Decimal, order: tuple[str, ...]
) -> dict[str, Decimal]:
    parts = nothing()
    for part in order:
        parts[part] = min(amount, above_zero(available[part]))
        amount -= parts[part]
    return parts


def _chargeback_in_plan(work: Work, record: Record) -> None:
    record.overpaid = min(record.amount, work.overpaid)
    parts = nothing() | {PRINCIPAL: record.amount}
    if work.terms.credit_order:
        parts = by_credit_order(work, record)
    record.parts = parts
    on = record.on
    if on <= work.plan.end:
        if parts[PRINCIPAL]:
            changes.credit(work.plan, on, parts[PRINCIPAL], ZERO)
        if parts[INTEREST]:
            changes.credit(work.plan, on, ZERO, parts[INTEREST])
        work.follow_plan(on)
        row = _current_row(work, on)
        charges: tuple[str, ...] = (FEE, PENALTY)
    else:
        row = work.extra_row() or work.add_row(Row(work.plan.end, on, extra=True))
        charges = ALL_PARTS
        row.due = max(row.due, on)
    for part in charges:
        if row and parts[part]:
            row.credit(part, parts[part], on)
    use_overpayment(work, record)


def _current_row(work: Work, on: date) -> Row | None:
    if on == work.plan.end:
        return work.row_due(on)
    return next((row for row in work.rows if row.start <= on < row.due), None)


def use_overpayment(work: Work, record: Record) -> None:
    """What was paid too much pays what is newly owed."""
    if work.overpaid > 0:
        record.overpaid = min(record.amount, work.overpaid)
        paying = Record(record.event, record.kind, work.overpaid)
        work.overpaid = spread(work, paying, work.overpaid, work.terms.waterfall("DEFAULT"))
        record.shares += paying.shares


def _refund_in_plan(work: Work, record: Record) -> None:
    owed, from_balance = _use_overpaid(work, record)
    if owed <= 0:
        return
    on, plan = record.on, work.plan
    row = _row_for(work, on)
    if row.extra:
        row.credit(PRINCIPAL, record.amount, on)
    else:
        changes.credit(plan, on, record.amount, ZERO)
        work.follow_plan(on)
        if from_balance > 0:
            changes.pay_principal(plan, row.due, on, from_balance)
            work.follow_plan(on)
    if from_balance > 0:
        row.pay(PRINCIPAL, on, from_balance)
