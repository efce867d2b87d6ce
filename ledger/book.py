"""The one book: the only way money moves, and the only way to ask where it is.

Writing happens inside the caller's `@use_case` and never commits. A journal's key names its
cause: written again with the same content it counts once and the first journal is given back.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from core.errors import Conflict, NotFound
from ledger import many, reading, writing
from ledger.accounts import at
from ledger.entries import Journal, Transfer
from ledger.reading import (
    JournalView,
    LineView,
    StatementLine,
    TrialLine,
    all_available,
    available,
    balance,
    balance_before,
    currencies,
    journals_of,
    recent,
    statement,
    sum_of,
    trial_balance,
)
from ledger.writing import KeyClash, Overdrawn, Posted

__all__ = [
    "HoldResolved",
    "JournalView",
    "KeyClash",
    "LineView",
    "NotReversible",
    "Overdrawn",
    "Posted",
    "StatementLine",
    "TrialLine",
    "UnknownJournal",
    "all_available",
    "available",
    "balance",
    "balance_before",
    "currencies",
    "hold",
    "journal",
    "journals_of",
    "post",
    "post_all",
    "recent",
    "reverse",
    "settle_hold",
    "statement",
    "sum_of",
    "trial_balance",
    "void_hold",
]


class UnknownJournal(NotFound):
    message = "There is no journal {key} in the book."


class HoldResolved(Conflict):
    message = "The hold {key} was settled or voided before."


class NotReversible(Conflict):
    message = "The journal {key} cannot be reversed: {why}."


def post(journal: Journal) -> Posted:
    """Write `journal`; raises KeyClash, and Overdrawn when a limited account would end below 0."""
    return writing.write(journal, "entry")


def post_all(journals: Sequence[Journal]) -> list[Posted]:
    """Write many journals at once, in order, all or none; raises what `post` raises.

    One set of statements for all of them: about twenty times the rate of single posts.
    """
    return many.write_all(journals)


def hold(journal: Journal, *, expires_at: datetime | None = None) -> Posted:
    """Set the amounts of `journal` aside: they count against limits but move no balance yet."""
    return writing.write(journal, "hold", expires_at=expires_at)


def settle_hold(hold_key: str, *, key: str, kind: str, on: date) -> Posted:
    """Move for good what `hold_key` set aside, once; raises UnknownJournal, HoldResolved."""
    return _resolve(hold_key, "settlement", key, kind, on)


def void_hold(hold_key: str, *, on: date) -> Posted:
    """Give back what `hold_key` set aside; a second time changes nothing.

    Raises UnknownJournal, and HoldResolved when it was settled.
    """
    key = f"{hold_key}:void"
    earlier = writing.find(key)
    if earlier is not None:
        return Posted(earlier["id"], False)
    return _resolve(hold_key, "void", key, "hold.voided", on)


def reverse(key: str, *, new_key: str, why: str, on: date) -> Posted:
    """Write the mirror image of journal `key`, at most once.

    `why` is the reason of every line. Raises UnknownJournal, NotReversible.
    """
    original = journal(key)
    if original.form not in ("entry", "settlement"):
        raise NotReversible(key=key, why=f"a {original.form} is not")
    lines = tuple(Transfer(t.credit, t.debit, t.amount, why) for t in _transfers(original))
    mirror = Journal(new_key, f"{original.kind}.reversed", original.ref, on, lines)
    try:
        return writing.write(mirror, "reversal", original=original.id)
    except writing.AlreadyAnswered:
        raise NotReversible(key=key, why="it was before") from None


def journal(key: str) -> JournalView:
    """The journal written under `key`; raises UnknownJournal."""
    found = reading.view(key)
    if found is None:
        raise UnknownJournal(key=key)
    return found


def _resolve(hold_key: str, form: str, key: str, kind: str, on: date) -> Posted:
    held = journal(hold_key)
    if held.form != "hold":
        raise UnknownJournal("There is no hold {key} in the book.", key=hold_key)
    answer = Journal(key, kind, held.ref, on, tuple(_transfers(held)))
    try:
        return writing.write(answer, form, original=held.id)
    except writing.AlreadyAnswered:
        raise HoldResolved(key=hold_key) from None


def _transfers(view: JournalView) -> Iterator[Transfer]:
    for line in view.lines:
        yield Transfer(at(line.debit), at(line.credit), line.amount, line.reason)
