"""How a journal gets into the tables: lock its accounts in id order, then one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.numeric import Int8
from sqlalchemy import RowMapping, select

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import outside_any_action
from ledger import statements
from ledger.accounts import Account
from ledger.entries import BadJournal, Journal
from ledger.models import journals

Pair = tuple[str, str]  # path and currency of an account

_BIGGEST = 2**63 - 1
_STATE = {
    "entry": "posted",
    "reversal": "posted",
    "hold": "pending",
    "settlement": "settled",
    "void": "voided",
}
_KNOWN_MAX = 100_000
_known: set[tuple[str, str, str]] = set()  # (database, path, currency) seen; a hint, never trusted


class Overdrawn(Conflict):
    message = "There is not enough in {account}: {missing} is missing."


class KeyClash(Conflict):
    message = "The key {key} was used before for something else; nothing was written."


@dataclass(frozen=True, slots=True)
class Posted:
    """The journal a key stands for; `fresh` when this call wrote it."""

    journal_id: int
    fresh: bool


@dataclass(slots=True)
class Held:
    """An account row locked for this transaction, moved along as lines are added."""

    id: int
    path: str
    currency: str
    credit_normal: bool
    limited: bool
    balance: int
    outgoing: int  # pending, on the side that takes away
    version: int

    def move(self, amount: int, *, debit: bool, state: str) -> None:
        """Apply one side of a transfer."""
        takes = debit == self.credit_normal
        if state in ("posted", "settled"):
            self.balance += -amount if takes else amount
        if takes and state != "posted":
            self.outgoing += amount if state == "pending" else -amount
        self.version += 1


class AlreadyAnswered(Exception):
    """The original was settled, voided or reversed before, by another key."""


def write(
    journal: Journal, form: str, *, expires_at: datetime | None = None, original: int | None = None
) -> Posted:
    """Write `journal` in the caller's transaction, once for its key.

    `original` is the id of the journal it settles, voids or reverses. Raises KeyClash, Overdrawn,
    AlreadyAnswered, and RuntimeError outside a use case.
    """
    check_at_the_door(journal)
    digest = journal.content_hash()
    held = _lock(journal)
    lines = lines_of(journal, held, _STATE[form])
    refusal = refusal_of(held.values(), form, original)
    if refusal is None:
        head = head_of(journal, digest, form, expires_at, original)
        if run(statements.write(len(journal.transfers)), head + lines).rowcount:
            return Posted(int(head[0]), True)
    # The locks are held, so whoever wrote this key has committed and is seen.
    earlier = already(journal.key, digest, form)
    if earlier is None:
        raise refusal or KeyClash(key=journal.key)
    return earlier


def already(key: str, digest: str, form: str) -> Posted | None:
    """The journal written under `key`, None when there is none; raises KeyClash."""
    row = find(key)
    if row is None:
        return None
    if (row["request_hash"], row["form"]) != (digest, form):
        raise KeyClash(key=key)
    return Posted(row["id"], False)


def find(key: str) -> RowMapping | None:
    """The journal's row by its key."""
    query = select(journals).where(journals.c.idempotency_key == key)
    return db.session.connection().execute(query).mappings().one_or_none()


def check_at_the_door(journal: Journal) -> None:
    """Refuse what PostgreSQL would take and make something else of."""
    if outside_any_action():
        raise RuntimeError("the book is written inside a use case only")
    for transfer in journal.transfers:
        minor = transfer.amount.minor
        # PostgreSQL would silently round 1.5 to 2
        if type(minor) is not int or not 0 < minor <= _BIGGEST:
            raise BadJournal(f"journal {journal.key} cannot move {minor!r}")


def _lock(journal: Journal) -> dict[Pair, Held]:
    """All accounts of the journal, opened where new, locked in id order."""
    wanted: dict[Pair, Account] = {}
    for t in journal.transfers:
        wanted[t.debit.path, t.amount.currency] = t.debit
        wanted[t.credit.path, t.amount.currency] = t.credit
    database = str(db.session.connection().engine.url.database)
    new = [pair for pair in sorted(wanted) if (database, *pair) not in _known]
    held = _rows(wanted, new)
    if len(held) < len(wanted):  # another session opened one, or a hint was rolled back
        _rows(wanted, [pair for pair in sorted(wanted) if pair not in held])
        held = _rows(wanted, [])
    if len(_known) > _KNOWN_MAX:
        _known.clear()
    _known.update((database, *pair) for pair in new)
    return held


def _rows(wanted: dict[Pair, Account], new: list[Pair]) -> dict[Pair, Held]:
    values: list[Any] = []
    for path, currency in new:
        kind = wanted[path, currency].kind
        values += [Int8(ids.new_id()), path, currency, kind.code, kind.side.value, kind.limited]
    for pair in wanted:
        values += pair
    rows = run(statements.open_and_lock(len(new), len(wanted)), values)
    return {(row[1], row[2]): Held(*row) for row in rows}


def run(statement: str, values: list[Any]) -> Any:
    """Execute with values in place, in the caller's transaction."""
    # straight to the driver: compiling text for each journal costs more than the database does
    return db.session.connection().exec_driver_sql(statement, tuple(values))


def lines_of(journal: Journal, held: dict[Pair, Held], state: str) -> list[Any]:
    """The values of the journal's lines; moves `held` along."""
    values: list[Any] = []
    for t in journal.transfers:
        amount, currency = t.amount.minor, t.amount.currency
        debit, credit = held[t.debit.path, currency], held[t.credit.path, currency]
        debit.move(amount, debit=True, state=state)
        credit.move(amount, debit=False, state=state)
        left = (debit.version, credit.version, debit.balance, credit.balance)
        numbers = map(Int8, (debit.id, credit.id, amount, *left))
        values += [*numbers, currency, t.reason, state]
    return values


def refusal_of(held: Iterable[Held], form: str, original: int | None) -> Exception | None:
    """Why this cannot be written: answered before, or a limited account would end below zero."""
    if original is not None and _answered(original, form):
        return AlreadyAnswered()
    for account in held:
        left = account.balance - account.outgoing
        if account.limited and left < 0:
            return Overdrawn(account=account.path, missing=Money(-left, account.currency))
    return None


def _answered(original: int, form: str) -> bool:
    link = journals.c.reverses_id if form == "reversal" else journals.c.resolves_id
    query = select(journals.c.id).where(link == original)
    return db.session.connection().execute(query).first() is not None


def head_of(
    journal: Journal, digest: str, form: str, expires_at: datetime | None, original: int | None
) -> list[Any]:
    link = None if original is None else Int8(original)
    return [
        Int8(ids.new_id()),
        journal.key,
        digest,
        form,
        journal.kind,
        journal.ref,
        journal.on,
        clock.now(),
        len(journal.transfers),
        expires_at,
        None if form == "reversal" else link,
        link if form == "reversal" else None,
    ]
