"""What not even raw SQL of the tables' owner can do to the book; the application may less."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.errors import DomainError
from core.use_case import use_case
from ledger import book, declaring, guards
from tests.factories.ledger import CLEARING, PAYABLE, journal, post, sold
from tests.factories.owner import as_owner

post_all = use_case(book.post_all)

JOURNAL = """
    insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref,
      business_date, event_at, line_count)
    values (1, 'raw', '', 'entry', 'test', '', '2026-03-01', now(), 1)
"""
LINE = """
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      currency, reason, state, debit_version, credit_version, debit_balance, credit_balance)
    select 1, 1, d.id, c.id, {amount}, 'CNY', '', 'posted', d.version + {step}, c.version + 1, 0, 0
    from ledger_account d, ledger_account c
    where d.path = '1100:clearing:sandbox' and c.path = '{credit}'
"""
ACCOUNT = """
    insert into ledger_account (id, path, currency, code, side, limited, credits_posted)
    values (1, '2200:wallet:1', 'CNY', 2200, 'credit', true, {credits})
"""
CLAIM = "select set_config('ledger.by', 'book', true)"


def line(amount: int = 100, step: int = 1, credit: str = PAYABLE.path) -> str:
    return LINE.format(amount=amount, step=step, credit=credit)


def refused(db: Any, *statements: str, why: str) -> None:
    with as_owner(), pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        for statement in statements:
            db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_journal set ref = 'x'",
        "update ledger_journal set ref = ref where false",
        "delete from ledger_journal",
        "truncate ledger_journal cascade",
        "update ledger_transfer set amount = amount + 1",
        "delete from ledger_transfer where line = 2",
        "truncate ledger_transfer",
        "delete from ledger_account",
        "truncate ledger_account cascade",
    ],
)
@pytest.mark.parametrize("claim", [(), (CLAIM,)], ids=["raw", "as the book"])
def test_the_book_is_append_only(db: Any, statement: str, claim: tuple[str, ...]) -> None:
    sold()
    # or what is asked at commit still waits for an account
    refused(db, *claim, statement, why="append-only|pending trigger events")


@pytest.mark.parametrize(
    "change",
    [
        "debits_posted = debits_posted + 1",
        "credits_posted = 0",
        "debits_pending = 5",
        "credits_pending = 5",
        "version = version + 1",
        "debits_posted = debits_posted + 1, credits_posted = credits_posted + 1",
        "limited = false",
        "path = 'x'",
    ],
)
def test_counters_move_only_with_transfers(db: Any, change: str) -> None:
    sold()
    refused(db, f"update ledger_account set {change}", why="only ledger_post writes the book")


@pytest.mark.parametrize(
    "statement", [JOURNAL, line(), "insert into ledger_journal select * from ledger_journal"]
)
def test_not_even_the_owner_writes_rows_by_hand(db: Any, statement: str) -> None:
    sold()
    refused(db, statement, why="only ledger_post writes the book")
    refused(db, ACCOUNT.format(credits=0), why="move only with transfers")


def test_the_function_leaves_no_door_open_behind_it(db: Any) -> None:
    """In one transaction: what follows a posting, refused or not, is raw SQL again."""
    sold()
    refused(db, JOURNAL, why="only ledger_post writes the book")
    for broken in (
        journal("paid", (CLEARING, PAYABLE, "1.00")),
        journal("more", (PAYABLE, CLEARING, "95.01")),
    ):
        with pytest.raises(DomainError):
            post(broken)
        refused(db, JOURNAL, why="only ledger_post writes the book")
    post_all([journal("one", (CLEARING, PAYABLE, "1.00"))])
    refused(db, JOURNAL, why="only ledger_post writes the book")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("shard = 9", "cannot become another"),
        ("side = 'debit'", "cannot become another"),
        ("limited = false", "cannot become another"),
        ("path = 'x'", "cannot become another"),
        ("id = 7", "cannot become another"),
        ("code = 2120", "cannot become another"),
    ],
)
def test_an_account_stays_what_it_is_whoever_writes(db: Any, change: str, why: str) -> None:
    sold()
    update = f"update ledger_account set {change} where path = '{PAYABLE.path}'"
    refused(db, CLAIM, update, why=why)


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ((ACCOUNT.format(credits=500),), "must open empty"),
        ((line(amount=0),), "amount_is_positive"),
        ((line(amount=-5),), "amount_is_positive"),
        ((line(credit=CLEARING.path),), "sides_differ"),
        ((line(step=0),), "uq_ledger_transfer_debit"),
        ((JOURNAL, JOURNAL.replace("1, 'raw'", "2, 'raw'")), "uq_ledger_journal_idempotency_key"),
    ],
)
def test_some_rules_hold_whoever_writes(db: Any, statements: tuple[str, ...], why: str) -> None:
    sold()
    refused(db, CLAIM, *statements, why=why)


def test_a_missing_guard_is_named(db: Any) -> None:
    assert guards.missing() == []
    for statement in (
        "alter table ledger_transfer disable trigger ledger_transfer_by_book",
        "drop trigger ledger_journal_append_only on ledger_journal",
        "alter table ledger_transfer drop constraint ck_ledger_transfer_sides_differ",
        "create or replace function ledger_only_book() returns trigger language plpgsql"
        " as $$ begin return null; end $$",
        "drop function ledger_post_all(timestamptz, jsonb, jsonb)",
        "delete from ledger_posting where kind = 'order.released' and debit = 2100 and credit = 2110",
        "insert into ledger_posting values ('unheard_of', 3100, 2200, false, false)",
        "update ledger_chart set limited = false where name = 'escrow'",
    ):
        with as_owner():
            db.session.execute(text(statement))
    assert guards.missing() == [
        "trigger ledger_journal_append_only",
        "trigger ledger_transfer_by_book",
        "function ledger_only_book",
        "function ledger_post_all",
        "constraint ck_ledger_transfer_sides_differ",
        "ledger_chart lacks 2100 escrow credit True True False True",
        "ledger_chart has 2100 escrow credit False True False True too many",
        "ledger_posting lacks order.released 2100 2110 False False True False",
        "ledger_posting has unheard_of 3100 2200 False False False False too many",
    ]
    with as_owner():
        declaring.save(db.session.connection())
    assert declaring.faults() == []
