"""Taking a statement file in: each line once, however often and in whatever file it comes."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from payments import bank_account, bank_statements
from payments.bank_models import BankLine, BankStatement
from payments.bank_values import Line, Statement


class OtherAccount(Conflict):
    message = "This statement is of account {account}; ours is {ours}. Choose the other file."


class LineChanged(Conflict):
    message = (
        "Line {id} was {before} in an earlier statement and is {now} in this one. "
        "Nothing was taken in: ask the bank which is right."
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement brought: `new` of its `lines` had not come before."""

    name: str
    account: str
    lines: int
    new: int


def take_in(data: bytes, name: str, *, by: str) -> list[Taken]:
    """Read a file and keep the lines we do not have yet, all or none of each statement's.

    Raises BadStatement, OtherAccount, LineChanged; a file taken in twice brings nothing.
    """
    return [keep(statement, by=by) for statement in bank_statements.read_all(data, name)]


@use_case
def keep(statement: Statement, *, by: str) -> Taken:
    """Write a statement and its new lines down."""
    _check_account(statement.account)
    statement_id = ids.new_id()
    new = _fresh_lines(statement)
    _write_statement(statement_id, statement, len(new), by)
    if new:
        _write_lines(statement_id, statement.account, new)
    return Taken(statement.name, statement.account, len(statement.lines), len(new))


def _check_account(account: str) -> None:
    ours = bank_account.ours()
    if ours is None or account != ours.number:
        raise OtherAccount(account=account, ours=ours.number if ours else "not set (BANK_ACCOUNT)")


def check_same(statement: Statement) -> None:
    """Raises LineChanged when a line we have says something else now."""
    _fresh_lines(statement)


def _fresh_lines(statement: Statement) -> list[Line]:
    """Lines whose id we have not seen; one that says something else now raises LineChanged."""
    wanted = [line.id for line in statement.lines]
    query = select(BankLine).where(
        BankLine.account == statement.account, BankLine.line_id.in_(wanted)
    )
    known = {row.line_id: row for row in db.session.scalars(query)}
    for line in statement.lines:
        row = known.get(line.id)
        if row is not None and (row.money != line.amount or row.booked_on != line.on):
            raise LineChanged(
                id=line.id,
                before=f"{row.money} on {row.booked_on}",
                now=f"{line.amount} on {line.on}",
            )
    return [line for line in statement.lines if line.id not in known]


def _write_statement(statement_id: int, statement: Statement, new: int, by: str) -> None:
    days = [line.on for line in statement.lines]
    values = {
        "id": statement_id,
        "created_at": clock.now(),
        "account": statement.account,
        "currency": statement.currency,
        "name": statement.name[:200],
        "digest": _digest(statement),
        "opening": _minor(statement.opening),
        "closing": _minor(statement.closing),
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
        "line_count": len(statement.lines),
        "new_count": new,
        "taken_by": by,
    }
    db.session.execute(insert(BankStatement).values(**values).on_conflict_do_nothing())


def _minor(amount: Money | None) -> int | None:
    return amount.minor if amount is not None else None


def _digest(statement: Statement) -> str:
    said = [
        [line.id, line.on.isoformat(), str(line.amount), line.reference, line.end_to_end_id]
        for line in statement.lines
    ]
    whole = [statement.account, str(statement.opening), str(statement.closing), said]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _write_lines(statement_id: int, account: str, lines: list[Line]) -> None:
    """Two who take the same file in at once meet at the key: the later one finds nothing new."""
    rows = [
        {
            "id": ids.new_id(),
            "created_at": clock.now(),
            "statement_id": statement_id,
            "account": account,
            "line_id": line.id,
            "booked_on": line.on,
            "amount": line.amount.minor,
            "currency": line.amount.currency,
            "reference": line.reference,
            "end_to_end_id": line.end_to_end_id,
            "counterparty": line.counterparty,
            "iban": line.iban,
            "text": line.text,
            "comes_back": line.comes_back,
            "reason": line.reason,
            "state": "new",
            "kind": "",
        }
        for line in lines
    ]
    once = insert(BankLine).on_conflict_do_nothing(index_elements=["account", "line_id"])
    db.session.execute(once, rows)
