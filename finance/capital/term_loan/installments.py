"""Every night: what has fallen due of a term loan and sales did not bring, out of the balance."""

from datetime import date

from finance.capital import bookkeeping, recording, remitting
from finance.capital.fold.state import Event
from finance.capital.models import Advance
from ledger import book
from ledger.accounts import account


def due_of(advance: Advance) -> int:
    """What has fallen due and is not paid, minor units."""
    return sum(row.owed for row in advance.rows if row.fell_due)


def collect(advance: Advance, on: date) -> int:
    """Take what fell due before today from the balance, as far as it goes; minor units taken.

    On the day itself settlements come first.
    """
    if advance.late_since is None or advance.late_since >= on:
        return 0
    balance = book.available(account("seller_payable", advance.seller_id), advance.currency)
    amount = min(balance, advance.money(due_of(advance)))
    if amount.minor <= 0:
        return 0
    effect = recording.record(advance, Event("paid", on, amount.minor))
    entry = recording.next_entry(advance)
    lines = remitting.paid_in(advance, effect, on, reason="due", text="Fell due", entry=entry)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, on))
    return effect.paid
