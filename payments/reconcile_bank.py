"""Comparing a bank statement with our book: each line with its journal, and the balance at its end."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import exists, func, select, text

from core import clock
from core.db import db
from core.use_case import end_read, use_case
from payments import bank_import, bank_placing, bank_statements
from payments.bank_models import BankLine, BankStatement
from payments.bank_platform import KIND as PLATFORM
from payments.bank_values import Statement
from payments.models import GatewayOp
from payments.reconcile import Result, close_explained, write_run
from payments.reconcile_reading import Days
from payments.reconcile_rules import Difference, Known, Movement, Outcome, compare

ARRIVES_WITHIN = timedelta(days=5)  # from a gateway to our bank
SAME_AGAIN = timedelta(days=10)
# what each line moved on `bank`, as the book has it
_JOURNALS = """
    select l.line_id, l.booked_on, l.currency, j.idempotency_key as key,
           sum(case when d.path = '1200:bank' then t.amount else -t.amount end) as amount
      from bank_line l
      join ledger_journal j on j.idempotency_key = l.journal_key
      join ledger_transfer t on t.journal_id = j.id
      join ledger_account d on d.id = t.debit_account_id
      join ledger_account c on c.id = t.credit_account_id
     where l.account = :account and l.booked_on <= :last
       and '1200:bank' in (d.path, c.path) and l.currency = :currency
     group by l.id, j.id
"""


def run_statement(data: bytes, name: str, *, by: str) -> list[Result]:
    """Take a statement file in, place its lines, and compare it with the book.

    Lines that say something else than before are not taken in: they are named. Raises BadStatement,
    OtherAccount.
    """
    results = []
    for statement in bank_statements.read_all(data, name):
        if not _changed(statement):
            bank_import.keep(statement, by=by)
            bank_placing.place_new()
        end_read()
        if statement.lines:
            results.append(_compared(statement, by))
    return results


def _changed(statement: Statement) -> bool:
    try:
        bank_import.check_same(statement)
    except bank_import.LineChanged:
        return True
    return False


@use_case
def _compared(statement: Statement, by: str) -> Result:
    first = min(line.on for line in statement.lines)
    last = max(line.on for line in statement.lines)
    since, until = clock.start_of(first), clock.start_of(last + timedelta(1))
    days = Days(since, until, since, until)
    theirs = [
        Movement(
            subject=f"line:{line.id}",
            family="line",
            amount=line.amount.minor,
            fee=0,
            currency=statement.currency,
            name=line.id,
            at=clock.start_of(line.on),
            inside=True,
        )
        for line in statement.lines
    ]
    ours, before = _ours(statement, days)
    subjects = {move.subject for move in [*theirs, *ours]}
    known = {subject: Known(subject[5:], final=True) for subject in subjects}
    outcome = compare(theirs, ours, known, clock.now())
    more = [*_notes(statement, days), *_balances(statement, before, ours)]
    seen = outcome.seen | {(f"balance:{last}", "line"), *_arrived(statement)}
    whole = Outcome(outcome.matched, seen, (*outcome.differences, *more))
    they, we = (sum(move.net for move in side) for side in (theirs, ours))
    result = write_run("bank", statement.account, days, statement.currency, they, we, whole, by)
    close_explained(statement.account, whole)
    return result


def _ours(statement: Statement, days: Days) -> tuple[list[Movement], int]:
    """The book's lines in the statement's days, and the sum of those before."""
    values = {
        "account": statement.account,
        "currency": statement.currency,
        "last": clock.day_of(days.until - timedelta(seconds=1)),
    }
    inside, before = list[Movement](), 0
    for row in db.session.execute(text(_JOURNALS), values):
        at = clock.start_of(row.booked_on)
        if at < days.since:
            before += int(row.amount)
            continue
        subject = f"line:{row.line_id}"
        inside.append(
            Movement(subject, "line", int(row.amount), 0, row.currency, row.key, at, inside=True)
        )
    return inside, before


def _note(kind: str, subject: str, ref: str, currency: str) -> Difference:
    """Something worth saying that moves no sum."""
    return Difference(kind, subject, "line", ref, currency, None, None, 0)


def _notes(statement: Statement, days: Days) -> Iterator[Difference]:
    """Lines that wait for a person, transfers made twice, and payouts that are on no statement."""
    ids = [line.id for line in statement.lines]
    query = select(BankLine).where(BankLine.account == statement.account, BankLine.line_id.in_(ids))
    for line in db.session.scalars(query.order_by(BankLine.id)):
        if line.state == "suspended":
            yield _note("waits_in_suspense", f"line:{line.line_id}", line.line_id, line.currency)
        if line.amount > 0 and _again(line):
            yield _note("paid_twice", f"line:{line.line_id}", line.line_id, line.currency)
    yield from _on_the_way(statement.currency)


def _again(line: BankLine) -> bool:
    """Whether the same payer sent the same under the same reference days before."""
    query = exists().where(
        BankLine.account == line.account,
        BankLine.id != line.id,
        BankLine.reference == line.reference,
        BankLine.reference != "",
        BankLine.iban == line.iban,
        BankLine.amount == line.amount,
        BankLine.booked_on.between(line.booked_on - SAME_AGAIN, line.booked_on),
        (BankLine.booked_on < line.booked_on) | (BankLine.id < line.id),
    )
    return bool(db.session.scalar(select(query)))


def _arrived(statement: Statement) -> set[tuple[str, str]]:
    """Our own payouts that this statement shows: what was late about them is over."""
    ids = [line.id for line in statement.lines]
    query = select(BankLine.op_id).where(
        BankLine.account == statement.account, BankLine.line_id.in_(ids), BankLine.kind == PLATFORM
    )
    return {(f"op:{op_id}", "line") for op_id in db.session.scalars(query)}


def _on_the_way(currency: str) -> Iterator[Difference]:
    seen = exists().where(BankLine.op_id == GatewayOp.id, BankLine.kind == PLATFORM)
    query = select(GatewayOp).where(
        GatewayOp.kind == "platform",
        GatewayOp.state.in_(("processing", "succeeded")),
        GatewayOp.params["account"].astext == "",
        GatewayOp.currency == currency,
        ~seen,
    )
    for op in db.session.scalars(query.order_by(GatewayOp.id)):
        late = (op.answered_at or op.created_at) < clock.now() - ARRIVES_WITHIN
        yield _note("late_on_its_way" if late else "on_its_way", f"op:{op.id}", op.ref, currency)


def _balances(statement: Statement, before: int, ours: list[Movement]) -> Iterator[Difference]:
    """The balance at the end by the book, and whether a statement between is missing."""
    if statement.opening is None or statement.closing is None:
        return
    last = max(line.on for line in statement.lines)
    started = db.session.scalar(
        select(BankStatement.opening)
        .where(
            BankStatement.account == statement.account,
            BankStatement.currency == statement.currency,
            BankStatement.opening.is_not(None),
        )
        .order_by(BankStatement.first_on, BankStatement.id)
        .limit(1)
    )
    book = (started or 0) + before + sum(move.net for move in ours)
    if started is not None and book != statement.closing.minor:
        kind = "gap" if _is_gap(statement) else "balance_differs"
        yield _note(kind, f"balance:{last}", f"balance of {last}", statement.currency)


def _is_gap(statement: Statement) -> bool:
    """Whether what is known before this statement ends with another balance than it opens with."""
    first = min(line.on for line in statement.lines)
    query = select(BankStatement.closing).where(
        BankStatement.account == statement.account,
        BankStatement.currency == statement.currency,
        BankStatement.closing.is_not(None),
        func.coalesce(BankStatement.last_on, first) < first,
    )
    before = db.session.scalar(query.order_by(BankStatement.last_on.desc()).limit(1))
    return (
        before is not None and statement.opening is not None and before != statement.opening.minor
    )
