"""S1 in the fold: rows fall due by their day, payments go interest first, the oldest row first."""

from collections.abc import Sequence
from datetime import date

from finance.capital.fold import accrual
from finance.capital.fold.state import Contract, Effect, Event, Row

SHORTER, SMALLER = "shorter", "smaller"


def to_day(c: Contract, on: date) -> None:
    """Let rows fall due and interest accrue through `on`; a day that has passed changes nothing."""
    for row in coming(c):
        if row.due_on <= on:
            _accrue(c, row.due_on)
            _fall_due(c, row)
    _accrue(c, on)


def coming(c: Contract) -> list[Row]:
    """Parts that have not fallen due; one that extra payments have used up will not."""
    return [row for row in c.rows if not row.fell_due and row.principal]


def _accrue(c: Contract, on: date) -> None:
    if c.accrued_until is None or on > c.accrued_until:
        c.micro, c.accrued_until = accrual.of_term_loan(c, on), on
        c.fee_charged = accrual.whole(c.micro)


def _fall_due(c: Contract, row: Row) -> None:
    """The row's interest is what accrued since the row before; what was paid ahead counts."""
    ahead = c.fee_paid - sum(each.interest_paid for each in c.rows)
    row.fell_due = True
    others = sum(each.interest for each in c.rows if each is not row)
    row.interest = c.fee_charged - c.fee_forgiven - others
    row.interest_paid = min(row.interest, ahead)


def due(c: Contract) -> int:
    """What has fallen due and is not paid."""
    return sum(row.owed for row in c.rows if row.fell_due)


def pay(c: Contract, event: Event) -> Effect:
    """`paid`: up to `amount`, of what is due; with `how` more than that, ahead of its time.

    data   how: shorter (the last parts go first) or smaller (every part to come shrinks)
    """
    to_day(c, event.on)
    before = c.principal_paid, c.fee_paid
    left = event.amount
    for row in (row for row in c.rows if row.fell_due):
        left = _pay_row(c, row, left)
    if how := event.data.get("how"):
        _pay_ahead(c, left, how)
    return Effect(c.principal_paid - before[0], c.fee_paid - before[1])


def _pay_row(c: Contract, row: Row, left: int) -> int:
    interest = min(left, row.interest_owed)
    principal = min(left - interest, row.principal_owed)
    row.interest_paid += interest
    row.principal_paid += principal
    c.fee_paid += interest
    c.principal_paid += principal
    return left - interest - principal


def _pay_ahead(c: Contract, left: int, how: str) -> None:
    interest = min(left, c.fee_owed)
    c.fee_paid += interest
    principal = min(left - interest, c.principal_owed)
    c.principal_paid += principal
    if how == SMALLER:
        _smaller(c, coming(c), principal)
    else:
        _shorter(coming(c), principal)


def _shorter(rows: Sequence[Row], principal: int) -> None:
    for row in reversed(rows):
        part = min(principal, row.principal)
        row.principal -= part
        principal -= part


def _smaller(c: Contract, rows: Sequence[Row], principal: int) -> None:
    if principal:
        parts = c.money(principal).split([row.principal for row in rows])
        for row, part in zip(rows, parts, strict=True):
            row.principal -= part.minor


def end(c: Contract, event: Event) -> Effect:
    """`early`: all principal and the interest to this day, whatever had been planned."""
    to_day(c, event.on)
    effect = Effect(c.principal_owed, c.fee_owed)
    _settle_all(c)
    return effect


def cancel(c: Contract, event: Event) -> Effect:
    """`canceled`: the principal goes back, the interest of these days is given up."""
    to_day(c, event.on)
    fee_off, principal_off = c.fee_owed, min(c.fee_paid, c.principal_owed)
    c.fee_forgiven += fee_off
    c.principal_forgiven += principal_off
    effect = Effect(c.principal_owed, 0, fee_off=fee_off, principal_off=principal_off)
    _settle_all(c)
    return effect


def _settle_all(c: Contract) -> None:
    c.principal_paid += c.principal_owed
    c.fee_paid += c.fee_owed
    for row in c.rows:
        row.principal_paid, row.interest_paid = row.principal, row.interest


def give_up(c: Contract, interest: int, principal: int) -> None:
    """Take what is given up off the parts, the oldest first."""
    for row in c.rows:
        less = min(interest, row.interest_owed)
        row.interest -= less
        interest -= less
        less = min(principal, row.principal_owed)
        row.principal -= less
        principal -= less


def replan(c: Contract, event: Event) -> Effect:
    """`replanned`: what is owed is spread anew over `rows`, [[ISO date, principal], …].

    Interest that had fallen due becomes part of the first new row.
    """
    to_day(c, event.on)
    first = max((row.number for row in c.rows), default=0) + 1
    for row in c.rows:
        row.principal, row.interest = row.principal_paid, row.interest_paid
    c.rows += [
        Row(first + i, date.fromisoformat(day), principal)
        for i, (day, principal) in enumerate(event.data["rows"])
    ]
    return Effect()
