"""How a journal gets into the tables: lock its accounts in id order, then one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, text

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import outside_any_action
from ledger.accounts import Account
from ledger.entries import BadJournal, Journal
from ledger.models import journals

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
class _Held:
    """An account row locked for this transaction, moved along as lines are added."""

    id: int
    path: str
    currency: str
    credit_normal: bool
    limited: bool
    balance: int
    outgoing: int  # pending, on the side that takes away
    version: int

    def move(self, amount: int, *, debit: bool, state: str) -> tuple[int, int]:
        """Apply one side of a transfer; gives the version and posted balance it leaves."""
        takes = debit == self.credit_normal
        if state in ("posted", "settled"):
            self.balance += -amount if takes else amount
        if takes and state != "posted":
            self.outgoing += amount if state == "pending" else -amount
        self.version += 1
        return self.version, self.balance


_COLUMNS = (
    "a.id, a.path, a.currency, a.side = 'credit', a.limited, "
    "case a.side when 'credit' then a.credits_posted - a.debits_posted "
    "else a.debits_posted - a.credits_posted end, "
    "case a.side when 'credit' then a.debits_pending else a.credits_pending end, a.version"
)
_LOCK = f"""
    select {_COLUMNS} from ledger_account a
      join unnest(cast(:paths as text[]), cast(:currencies as text[])) as w (path, currency)
        on a.path = w.path and a.currency = w.currency
     order by a.id for no key update of a
"""
_HOLD_FAST = text(_LOCK)
_OPEN = text(
    """
    insert into ledger_account (id, path, currency, code, side, limited)
    select * from unnest(cast(:ids as bigint[]), cast(:paths as text[]),
      cast(:currencies as text[]), cast(:codes as int[]), cast(:sides as text[]),
      cast(:limits as bool[]))
    on conflict (path, currency) do nothing
    """
)
_WRITE = text(
    """
    with j as (
      insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref,
        business_date, event_at, line_count, expires_at, resolves_id, reverses_id)
      values (:id, :key, :hash, :form, :kind, :ref, :on, :event_at, :line_count, :expires_at,
        :resolves_id, :reverses_id)
      on conflict (idempotency_key) do nothing
      returning id)
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      currency, reason, state, debit_version, credit_version, debit_balance, credit_balance)
    select j.id, l.line, l.debit, l.credit, l.amount, l.currency, l.reason, :state,
      l.debit_version, l.credit_version, l.debit_balance, l.credit_balance
    from j, unnest(cast(:lines as int[]), cast(:debits as bigint[]), cast(:credits as bigint[]),
      cast(:amounts as bigint[]), cast(:currencies as text[]), cast(:reasons as text[]),
      cast(:debit_versions as bigint[]), cast(:credit_versions as bigint[]),
      cast(:debit_balances as bigint[]), cast(:credit_balances as bigint[]))
      as l (line, debit, credit, amount, currency, reason, debit_version, credit_version,
            debit_balance, credit_balance)
    """
)


class AlreadyAnswered(Exception):
    """The original was settled, voided or reversed before, by another key."""


_LINE_COLUMNS = (
    "lines",
    "debits",
    "credits",
    "amounts",
    "currencies",
    "reasons",
    "debit_versions",
    "credit_versions",
    "debit_balances",
    "credit_balances",
)


def write(
    journal: Journal, form: str, *, expires_at: datetime | None = None, original: int | None = None
) -> Posted:
    """Write `journal` in the caller's transaction, once for its key.

    `original` is the id of the journal it settles, voids or reverses. Raises KeyClash, Overdrawn,
    AlreadyAnswered, and RuntimeError outside a use case.
    """
    _at_the_door(journal)
    digest = journal.content_hash()
    held = _lock(journal)
    columns = _lines(journal, held, _STATE[form])
    refusal = _refusal(held.values(), form, original)
    if refusal is None:
        head = _head(journal, digest, form, expires_at, original)
        if db.session.connection().execute(_WRITE, head | columns).rowcount:
            return Posted(head["id"], True)
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


def _at_the_door(journal: Journal) -> None:
    if outside_any_action():
        raise RuntimeError("the book is written inside a use case only")
    for transfer in journal.transfers:
        minor = transfer.amount.minor
        # PostgreSQL would silently round 1.5 to 2
        if type(minor) is not int or not 0 < minor <= _BIGGEST:
            raise BadJournal(f"journal {journal.key} cannot move {minor!r}")


def _lock(journal: Journal) -> dict[tuple[str, str], _Held]:
    """All accounts of the journal, opened where new, locked in id order."""
    wanted: dict[tuple[str, str], Account] = {}
    for t in journal.transfers:
        wanted[t.debit.path, t.amount.currency] = t.debit
        wanted[t.credit.path, t.amount.currency] = t.credit
    database = str(db.session.connection().engine.url.database)
    unknown = [pair for pair in wanted if (database, *pair) not in _known]
    _open({pair: wanted[pair] for pair in unknown})
    held = _rows(wanted)
    if len(held) < len(wanted):  # a hint that came from a transaction rolled back
        _open({pair: account for pair, account in wanted.items() if pair not in held})
        held = _rows(wanted)
    if len(_known) > _KNOWN_MAX:
        _known.clear()
    _known.update((database, *pair) for pair in unknown)
    return held


def _rows(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Held]:
    given = list(pairs)
    values = {"paths": [path for path, _ in given], "currencies": [cur for _, cur in given]}
    rows = db.session.connection().execute(_HOLD_FAST, values)
    return {(row[1], row[2]): _Held(*row) for row in rows}


def _open(missing: dict[tuple[str, str], Account]) -> None:
    """Open accounts at zero, in one order for everyone; another session may be first."""
    if not missing:
        return
    pairs = sorted(missing)
    kinds = [missing[pair].kind for pair in pairs]
    values = {
        "ids": [ids.new_id() for _ in pairs],
        "paths": [path for path, _ in pairs],
        "currencies": [currency for _, currency in pairs],
        "codes": [kind.code for kind in kinds],
        "sides": [kind.side.value for kind in kinds],
        "limits": [kind.limited for kind in kinds],
    }
    db.session.connection().execute(_OPEN, values)


def _lines(journal: Journal, held: dict[tuple[str, str], _Held], state: str) -> dict[str, Any]:
    """The journal's lines as columns; moves `held` along."""
    rows = []
    for line, t in enumerate(journal.transfers, 1):
        amount, currency = t.amount.minor, t.amount.currency
        debit, credit = held[t.debit.path, currency], held[t.credit.path, currency]
        debit_version, debit_balance = debit.move(amount, debit=True, state=state)
        credit_version, credit_balance = credit.move(amount, debit=False, state=state)
        versions = (debit_version, credit_version, debit_balance, credit_balance)
        rows.append((line, debit.id, credit.id, amount, currency, t.reason, *versions))
    columns = dict(zip(_LINE_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    return columns | {"state": state, "line_count": len(rows)}


def _refusal(held: Iterable[_Held], form: str, original: int | None) -> Exception | None:
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


def _head(
    journal: Journal, digest: str, form: str, expires_at: datetime | None, original: int | None
) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "key": journal.key,
        "hash": digest,
        "form": form,
        "kind": journal.kind,
        "ref": journal.ref,
        "on": journal.on,
        "event_at": clock.now(),
        "expires_at": expires_at,
        "resolves_id": None if form == "reversal" else original,
        "reverses_id": original if form == "reversal" else None,
    }
