"""A small book to tell stories with: one order, one seller, one payout."""

from datetime import date

import pytest
from flask import has_app_context

from core.db import db
from core.money import Money
from core.use_case import use_case
from ledger import book, declaring, postings
from ledger.accounts import BY_NAME, Account, account
from ledger.entries import Journal, Transfer
from tests.factories.owner import as_owner

DAY = date(2026, 3, 1)
CLEARING = account("clearing", "sandbox")
ESCROW = account("escrow", "O-1")
PAYABLE = account("seller_payable", "S-1")
FLIGHT = account("payout_in_flight", "P-1")
COMMISSION = account("commission", "0")
WALLET = account("wallet", "20")  # for what commits: an escrow must have its order


def yuan(amount: str) -> Money:
    return Money.parse(amount, "CNY")


def journal(key: str, *lines: tuple[Account, Account, str], ref: str = "O-1") -> Journal:
    moved = tuple(Transfer(debit, credit, yuan(amount), "test") for debit, credit, amount in lines)
    return Journal(key, "test", ref, DAY, moved)


def declare(kind: str, *lines: str) -> None:
    """Let tests write journals of a kind of their own; said while the test's module is imported.

    A kind that begins with `test` needs no cause (no such kind is let into a mall's own book).

    `make_database` has the owner let them into the book, as a migration does for the mall's.
    """
    assert kind not in postings._own, "the mall's own: use `more_in`"
    assert kind.startswith("test"), "else it needs a cause"
    assert not has_app_context(), "the database was made before: say it when the module is imported"
    postings._pieces.setdefault(kind, set()).update(postings._pairs(lines))


def more_in(monkeypatch: pytest.MonkeyPatch, kind: str, *lines: str) -> None:
    """Let a journal of the mall have further lines during one test; the owner lets them in."""
    pairs = postings.lines_of(kind) | postings._pairs(lines)
    monkeypatch.setitem(postings._pieces, kind, pairs)
    with as_owner():
        declaring.save(db.session.connection())


_EVERY = ", ".join(BY_NAME)
for _kind in ("test", "test.sent"):
    declare(_kind, f"{_EVERY} > {_EVERY}")


post = use_case(book.post)
hold = use_case(book.hold)
settle = use_case(book.settle_hold)
void = use_case(book.void_hold)
reverse = use_case(book.reverse)


def sold() -> None:
    """An order of 100.00 is paid and released with 5 % commission."""
    post(journal("paid", (CLEARING, ESCROW, "100.00")))
    post(journal("released", (ESCROW, COMMISSION, "5.00"), (ESCROW, PAYABLE, "95.00")))
