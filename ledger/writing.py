"""How journals get into the book: one call of the database's own function, which does it all.

`ledger_post` opens accounts, locks them in one order, holds limits and declared postings, moves the
counters and writes the rows; the application could not write them itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.session import LateSession
from core.use_case import outside_any_action
from ledger.entries import BadJournal, Journal

_BIGGEST = 2**63 - 1
_ONE = f"select ledger_post_one({', '.join(['%s'] * 11)})"
_ANSWER = "select ledger_post(%s,%s,%s,%s,null,%s,%s,null,%s,%s,null,null,null,null,null)"
_POST_ALL = "select ledger_post_all(%s, %s, %s)"


class Overdrawn(Conflict):
    message = "There is not enough in {account}: {missing} is missing."


class KeyClash(Conflict):
    message = "The key {key} was used before for something else; nothing was written."


@dataclass(frozen=True, slots=True)
class Posted:
    """The journal a key stands for; `fresh` when this call wrote it."""

    journal_id: int
    fresh: bool


class NotAnswered(Exception):
    """A journal cannot be settled, voided or reversed; `why` is unknown, answered or its form."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def write(journal: Journal, form: str, *, expires_at: datetime | None = None) -> Posted:
    """Write `journal` in the caller's transaction, once for its key.

    Raises KeyClash, Overdrawn, and RuntimeError outside a use case.
    """
    _require_an_action()
    _check_at_the_door(journal)
    lines = journal.transfers
    id = ids.new_id()
    told = (
        _one(id, journal)
        if len(lines) == 1 and form == "entry"
        else _ask(
            _post(len(lines)),
            id,
            journal.key,
            form,
            journal.kind,
            journal.ref,
            journal.on,
            clock.now(),
            expires_at,
            *[t.debit.path for t in lines],
            *[t.credit.path for t in lines],
            *[t.amount.minor for t in lines],
            *[t.amount.currency for t in lines],
            *[t.reason for t in lines],
        )
    )
    return Posted(id, True) if told is None else _understood(told, journal.key)


def answer(key: str, form: str, *, to: str, kind: str, why: str, on: date) -> Posted:
    """Write the settlement, void or reversal of journal `to`, once for its `key`.

    kind  of a settlement; why  the reason of a reversal's lines

    Raises NotAnswered, KeyClash, Overdrawn, and RuntimeError outside a use case.
    """
    _require_an_action()
    id = ids.new_id()
    told = _ask(_ANSWER, id, key, form, kind, on, clock.now(), to, why)
    return Posted(id, True) if told is None else _understood(told, key)


def write_all(wanted: Sequence[Journal]) -> list[Posted]:
    """Write `wanted` in order in the caller's transaction, each once for its key, all or none.

    Raises KeyClash, and Overdrawn as of the journal that would end below zero.
    """
    _require_an_action()
    if len({journal.key for journal in wanted}) != len(wanted):
        raise BadJournal("a key is used twice in one set")
    for journal in wanted:
        _check_at_the_door(journal)
    if not wanted:
        return []
    new = zip(ids.new_ids(len(wanted)), wanted, strict=True)
    heads = [[id, j.key, j.kind, j.ref, j.on.isoformat()] for id, j in new]
    lines = [
        [place, t.debit.path, t.credit.path, t.amount.minor, t.amount.currency, t.reason]
        for place, journal in enumerate(wanted, 1)
        for t in journal.transfers
    ]
    told = _ask(_POST_ALL, clock.now(), json.dumps(heads), json.dumps(lines))
    what, _, rest = told.partition(":")
    earlier = json.loads(rest) if what == "same" else {}
    if what not in ("", "same"):
        _understood(told, rest)
    return [
        Posted(earlier.get(journal.key, head[0]), journal.key not in earlier)
        for journal, head in zip(wanted, heads, strict=True)
    ]


def _one(id: int, journal: Journal) -> Any:
    """Most journals are an entry of one line, for which the database has a shorter way."""
    line = journal.transfers[0]
    return _ask(
        _ONE,
        id,
        journal.key,
        journal.kind,
        journal.ref,
        journal.on,
        clock.now(),
        line.debit.path,
        line.credit.path,
        line.amount.minor,
        line.amount.currency,
        line.reason,
    )


def _understood(told: str, key: str) -> Posted:
    """What the database answered: a journal that was there, or why nothing was written."""
    what, _, rest = told.partition(":")
    if what == "same":
        return Posted(int(rest), False)
    if what == "clash":
        raise KeyClash(key=key)
    if what == "short":
        missing, currency, path = rest.split(":", 2)
        raise Overdrawn(account=path, missing=Money(int(missing), currency))
    raise NotAnswered(rest or what)


def _check_at_the_door(journal: Journal) -> None:
    """Refuse what PostgreSQL would take and make something else of."""
    for transfer in journal.transfers:
        minor = transfer.amount.minor
        # PostgreSQL would silently round 1.5 to 2
        if type(minor) is not int or not 0 < minor <= _BIGGEST:
            raise BadJournal(f"journal {journal.key} cannot move {minor!r}")


def _require_an_action() -> None:
    if outside_any_action():
        raise RuntimeError("the book is written inside a use case only")


def _ask(statement: str, *values: Any) -> Any:
    """The function's answer, in the caller's transaction; raises DBAPIError like any statement."""
    return cast(LateSession, db.session()).ask(statement, values)


@lru_cache(maxsize=256)
def _post(lines: int) -> str:
    """The call for so many lines; single values, since the driver takes long to write an array."""
    row = f"array[{', '.join(['%s'] * lines)}]"
    arrays = ", ".join(f"{row}::{kind}[]" for kind in ("text", "text", "bigint", "text", "text"))
    return f"select ledger_post(%s,%s,%s,%s,%s,%s,%s,%s,null,null,{arrays})"
