"""A small book to tell stories with: one order, one seller, one payout."""

from datetime import date

import pytest

from core.money import Money
from core.use_case import use_case
from ledger import book, postings
from ledger.accounts import Account, account
from ledger.entries import Journal, Transfer

DAY = date(2026, 3, 1)
CLEARING = account("clearing", "sandbox")
ESCROW = account("escrow", "O-1")
PAYABLE = account("seller_payable", "S-1")
FLIGHT = account("payout_in_flight", "P-1")
COMMISSION = account("commission", "0")


def yuan(amount: str) -> Money:
    return Money.parse(amount, "CNY")


def journal(key: str, *lines: tuple[Account, Account, str], ref: str = "O-1") -> Journal:
    moved = tuple(Transfer(debit, credit, yuan(amount), "test") for debit, credit, amount in lines)
    return Journal(key, "test", ref, DAY, moved)


def declare(kind: str, *lines: str) -> None:
    """Let journals of a kind that only tests write pass the audit."""
    assert kind not in postings._own, "the mall's own: use `more_in`"
    postings._pieces.setdefault(kind, set()).update(postings._pairs(lines))


def more_in(monkeypatch: pytest.MonkeyPatch, kind: str, *lines: str) -> None:
    """Let a journal of the mall have further lines during one test."""
    pairs = postings.lines_of(kind) | postings._pairs(lines)
    monkeypatch.setitem(postings._pieces, kind, pairs)


post = use_case(book.post)
hold = use_case(book.hold)
settle = use_case(book.settle_hold)
void = use_case(book.void_hold)
reverse = use_case(book.reverse)


def sold() -> None:
    """An order of 100.00 is paid and released with 5 % commission."""
    post(journal("paid", (CLEARING, ESCROW, "100.00")))
    post(journal("released", (ESCROW, COMMISSION, "5.00"), (ESCROW, PAYABLE, "95.00")))
