"""The one book: the only way money moves, and the only way to ask where it is.

Writing happens inside the caller's `@use_case` and never commits. A journal's key names its
cause: written again with the same content it counts once and the first journal is given back.
"""

from collections.abc import Sequence
from datetime import date, datetime

from core.errors import Conflict, NotFound
from ledger import reading, writing
from ledger.entries import Journal
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

    One call for all of them: some twenty times the rate of single posts.
    """
    return writing.write_all(journals)


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
    return _resolve(hold_key, "void", f"{hold_key}:void", "hold.voided", on)


def reverse(key: str, *, new_key: str, why: str, on: date) -> Posted:
    """Write the mirror image of journal `key`, at most once.

    `why` is the reason of every line. Raises UnknownJournal, NotReversible.
    """
    try:
        return writing.answer(new_key, "reversal", to=key, kind="", why=why, on=on)
    except writing.NotAnswered as no:
        if no.why == "unknown":
            raise UnknownJournal(key=key) from None
        told = "it was before" if no.why == "answered" else f"a {no.why} is not"
        raise NotReversible(key=key, why=told) from None


def journal(key: str) -> JournalView:
    """The journal written under `key`; raises UnknownJournal."""
    found = reading.view(key)
    if found is None:
        raise UnknownJournal(key=key)
    return found


def _resolve(hold_key: str, form: str, key: str, kind: str, on: date) -> Posted:
    try:
        return writing.answer(key, form, to=hold_key, kind=kind, why="", on=on)
    except writing.NotAnswered as no:
        if no.why == "answered":
            raise HoldResolved(key=hold_key) from None
        if no.why == "unknown":
            raise UnknownJournal(key=hold_key) from None
        raise UnknownJournal("There is no hold {key} in the book.", key=hold_key) from None
