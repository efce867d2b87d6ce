"""The book in short stories with numbers one can check by hand."""

from datetime import date
from typing import Any

import pytest

from core.errors import Conflict, NotFound
from core.money import Money
from ledger import book
from ledger.accounts import account
from ledger.entries import BadJournal, Journal, Transfer
from tests.factories.ledger import (
    CLEARING,
    COMMISSION,
    DAY,
    ESCROW,
    FLIGHT,
    PAYABLE,
    hold,
    journal,
    post,
    reverse,
    settle,
    sold,
    void,
    yuan,
)


def test_an_order_is_paid_and_released(db: Any) -> None:
    sold()
    assert book.balance(CLEARING, "CNY") == yuan("100.00")
    assert book.balance(ESCROW, "CNY") == yuan("0.00")
    assert book.balance(PAYABLE, "CNY") == yuan("95.00")
    assert book.sum_of("commission", "CNY") == yuan("5.00")
    assert book.balance(PAYABLE, "USD") == Money.zero("USD")


def test_a_statement_tells_what_moved_and_what_was_left(db: Any) -> None:
    sold()
    lines = book.statement(ESCROW, "CNY")
    assert [(line.key, line.change, line.balance, line.other) for line in lines] == [
        ("paid", yuan("100.00"), yuan("100.00"), CLEARING.path),
        ("released", yuan("-5.00"), yuan("95.00"), COMMISSION.path),
        ("released", yuan("-95.00"), yuan("0.00"), PAYABLE.path),
    ]
    assert [line.key for line in book.statement(ESCROW, "CNY", limit=1)] == ["released"]
    older = book.statement(ESCROW, "CNY", limit=1, before=lines[1].version)
    assert [line.key for line in older] == [lines[0].key]
    assert book.statement(account("escrow", "O-2"), "CNY") == []


def test_the_journals_of_an_order_can_be_read(db: Any) -> None:
    sold()
    paid, released = book.journals_of("O-1")
    assert (paid.key, paid.form, paid.on) == ("paid", "entry", DAY)
    assert [(x.debit, x.credit, x.amount) for x in released.lines] == [
        (ESCROW.path, COMMISSION.path, yuan("5.00")),
        (ESCROW.path, PAYABLE.path, yuan("95.00")),
    ]
    assert book.journal("paid") == paid
    assert book.recent(1) == [released]
    with pytest.raises(book.UnknownJournal, match="no journal other"):
        book.journal("other")


def test_the_trial_balance_has_equal_sides(db: Any) -> None:
    sold()
    lines = {line.kind.name: line for line in book.trial_balance("CNY")}
    assert list(lines) == ["clearing", "escrow", "seller_payable", "commission"]
    assert lines["escrow"].debits == lines["escrow"].credits == yuan("100.00")
    assert sum(line.debits.minor - line.credits.minor for line in lines.values()) == 0
    assert book.currencies() == ["CNY"]


def test_the_same_key_counts_once(db: Any) -> None:
    first = post(journal("paid", (CLEARING, ESCROW, "100.00")))
    again = post(journal("paid", (CLEARING, ESCROW, "100.00")))
    assert (first.fresh, again.fresh) == (True, False)
    assert first.journal_id == again.journal_id
    assert book.balance(ESCROW, "CNY") == yuan("100.00")


def test_a_repeated_key_counts_even_when_the_money_is_gone(db: Any) -> None:
    sold()
    again = post(journal("released", (ESCROW, COMMISSION, "5.00"), (ESCROW, PAYABLE, "95.00")))
    assert not again.fresh


def test_the_same_key_for_something_else_is_a_clash(db: Any) -> None:
    post(journal("paid", (CLEARING, ESCROW, "100.00")))
    with pytest.raises(book.KeyClash, match="paid"):
        post(journal("paid", (CLEARING, ESCROW, "100.01")))
    with pytest.raises(book.KeyClash):
        hold(journal("paid", (CLEARING, ESCROW, "100.00")))
    assert book.balance(ESCROW, "CNY") == yuan("100.00")


def test_a_limited_account_cannot_fall_below_zero(db: Any) -> None:
    sold()
    with pytest.raises(
        book.Overdrawn, match=r"seller_payable:S-1: 0\.01 CNY is missing"
    ) as refused:
        post(journal("too much", (PAYABLE, FLIGHT, "95.01")))
    assert isinstance(refused.value, Conflict)
    post(journal("just enough", (PAYABLE, FLIGHT, "95.00")))


def test_only_where_a_journal_ends_counts_against_the_limit(db: Any) -> None:
    post(journal("through", (ESCROW, COMMISSION, "3.00"), (CLEARING, ESCROW, "3.00")))
    assert [line.balance for line in book.statement(ESCROW, "CNY")] == [yuan("-3.00"), yuan("0.00")]


def test_a_hold_counts_against_the_limit_but_moves_nothing(db: Any) -> None:
    sold()
    hold(journal("payout:P-1", (PAYABLE, FLIGHT, "60.00"), ref="P-1"))
    assert book.balance(PAYABLE, "CNY") == yuan("95.00")
    assert book.available(PAYABLE, "CNY") == yuan("35.00")
    assert book.available(FLIGHT, "CNY") == yuan("0.00")
    with pytest.raises(book.Overdrawn):
        hold(journal("payout:P-2", (PAYABLE, FLIGHT, "35.01")))


def test_a_hold_is_settled_once(db: Any) -> None:
    sold()
    hold(journal("payout:P-1", (PAYABLE, FLIGHT, "60.00"), ref="P-1"))
    sent = settle("payout:P-1", key="payout:P-1:sent", kind="test.sent", on=DAY)
    assert sent.fresh
    assert book.balance(PAYABLE, "CNY") == book.available(PAYABLE, "CNY") == yuan("35.00")
    assert book.balance(FLIGHT, "CNY") == yuan("60.00")
    again = settle("payout:P-1", key="payout:P-1:sent", kind="test.sent", on=DAY)
    assert again == book.Posted(sent.journal_id, False)
    with pytest.raises(book.HoldResolved, match="payout:P-1"):
        settle("payout:P-1", key="other", kind="test.sent", on=DAY)
    with pytest.raises(book.HoldResolved):
        void("payout:P-1", on=DAY)


def test_a_hold_is_voided_once(db: Any) -> None:
    sold()
    hold(journal("payout:P-1", (PAYABLE, FLIGHT, "60.00"), ref="P-1"))
    assert void("payout:P-1", on=DAY).fresh
    assert not void("payout:P-1", on=date(2026, 3, 2)).fresh
    assert book.available(PAYABLE, "CNY") == yuan("95.00")
    with pytest.raises(book.HoldResolved):
        settle("payout:P-1", key="late", kind="test.sent", on=DAY)
    with pytest.raises(book.UnknownJournal, match="no hold paid"):
        void("paid", on=DAY)


def test_a_journal_is_reversed_once(db: Any) -> None:
    sold()
    reverse("released", new_key="undo", why="mistake", on=DAY)
    assert book.balance(ESCROW, "CNY") == yuan("100.00")
    assert book.balance(PAYABLE, "CNY") == yuan("0.00")
    assert not reverse("released", new_key="undo", why="mistake", on=DAY).fresh
    with pytest.raises(book.NotReversible, match="it was before"):
        reverse("released", new_key="undo2", why="mistake", on=DAY)
    with pytest.raises(book.NotReversible, match="a reversal is not"):
        reverse("undo", new_key="redo", why="mistake", on=DAY)
    with pytest.raises(NotFound):
        reverse("never", new_key="x", why="mistake", on=DAY)


def test_a_reversal_needs_the_money_too(db: Any) -> None:
    sold()
    post(journal("spent", (PAYABLE, CLEARING, "95.00")))
    with pytest.raises(book.Overdrawn):
        reverse("released", new_key="undo", why="mistake", on=DAY)


def test_the_book_is_closed_outside_a_use_case(db: Any) -> None:
    with pytest.raises(RuntimeError, match="use case"):
        book.post(journal("paid", (CLEARING, ESCROW, "100.00")))


@pytest.mark.parametrize("minor", [1.5, True, 0, 2**63])
def test_only_whole_money_passes_the_door(db: Any, minor: Any) -> None:
    amount = yuan("1.00")
    transfer = Transfer(CLEARING, ESCROW, amount)
    object.__setattr__(amount, "minor", minor)
    with pytest.raises(BadJournal, match="cannot move"):
        post(Journal("odd", "test", "", DAY, (transfer,)))


def test_currencies_stay_apart(db: Any) -> None:
    post(journal("paid", (CLEARING, ESCROW, "100.00")))
    dollars = Transfer(CLEARING, ESCROW, Money(700, "USD"))
    post(Journal("dollars", "test", "O-1", DAY, (dollars,)))
    assert book.balance(ESCROW, "CNY") == yuan("100.00")
    assert book.balance(ESCROW, "USD") == Money(700, "USD")


def test_many_accounts_are_asked_at_once(db: Any) -> None:
    sold()
    hold(journal("held", (PAYABLE, FLIGHT, "20.00")))
    assert book.all_available([PAYABLE, COMMISSION, FLIGHT], "CNY") == [
        yuan("75.00"), yuan("5.00"), yuan("0.00"),
    ]  # fmt: skip
