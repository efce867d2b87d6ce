"""What not even raw SQL of the tables' owner can do to the book; the application may less."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import guards
from tests.factories.ledger import CLEARING, PAYABLE, hold, journal, post, sold
from tests.factories.owner import as_owner

JOURNAL = """
    insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref,
      business_date, event_at, line_count, resolves_id, reverses_id)
    values (1, 'raw', '', '{form}', 'test', '', '2026-03-01', now(), {lines}, {resolves}, {reverses})
"""
LINE = """
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      currency, reason, state, debit_version, credit_version, debit_balance, credit_balance)
    select 1, 1, d.id, c.id, {amount}, '{currency}', '', '{state}',
      d.version + {step}, c.version + 1, 10000 + {debit_more}, 9500 + {credit_more}
    from ledger_account d, ledger_account c
    where d.path = '1100:clearing:sandbox' and c.path = '2110:seller_payable:S-1'
"""


def both(
    *,
    form: str = "entry",
    lines: int = 1,
    resolves: str = "null",
    reverses: str = "null",
    amount: int = 100,
    currency: str = "CNY",
    state: str = "posted",
    step: int = 1,
    debit_more: int = 100,
    credit_more: int = 100,
) -> str:
    head = JOURNAL.format(form=form, lines=lines, resolves=resolves, reverses=reverses)
    line = LINE.format(
        amount=amount,
        currency=currency,
        state=state,
        step=step,
        debit_more=debit_more,
        credit_more=credit_more,
    )
    return f"with j as ({head} returning id) {line}"


def refused(db: Any, statement: str, why: str) -> None:
    with as_owner(), pytest.raises(DBAPIError, match=why), db.session.begin_nested():
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
def test_the_book_is_append_only(db: Any, statement: str) -> None:
    sold()
    refused(db, statement, "append-only")


@pytest.mark.parametrize(
    "change",
    [
        "debits_posted = debits_posted + 1",
        "credits_posted = 0",
        "debits_pending = 5",
        "credits_pending = 5",
        "version = version + 1",
        "debits_posted = debits_posted + 1, credits_posted = credits_posted + 1",
    ],
)
def test_counters_move_only_with_transfers(db: Any, change: str) -> None:
    sold()
    refused(db, f"update ledger_account set {change}", "move only with transfers")


@pytest.mark.parametrize("change", ["limited = false", "side = 'debit'", "path = 'x'", "id = 7"])
def test_an_account_cannot_become_another(db: Any, change: str) -> None:
    sold()
    where = f"path = '{PAYABLE.path}'"
    refused(db, f"update ledger_account set {change} where {where}", "cannot become another")


def test_an_account_opens_empty(db: Any) -> None:
    columns = "id, path, currency, code, side, limited, credits_posted"
    values = "1, '2200:wallet:1', 'CNY', 2200, 'credit', true, 500"
    refused(db, f"insert into ledger_account ({columns}) values ({values})", "must open empty")


def test_raw_sql_that_follows_every_rule_is_taken(db: Any) -> None:
    sold()
    db.session.execute(text(both()))
    query = text("select debits_posted, version from ledger_account where path = :path")
    assert db.session.execute(query, {"path": CLEARING.path}).one() == (10_100, 2)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": 0, "debit_more": 0, "credit_more": 0}, "amount_is_positive"),
        ({"amount": -5, "debit_more": -5, "credit_more": -5}, "amount_is_positive"),
        ({"currency": "USD"}, "fk_ledger_transfer"),
        ({"step": 2}, "move only with transfers"),
        ({"step": 0}, "uq_ledger_transfer_debit"),
        ({"debit_more": 99}, "move only with transfers"),
        ({"credit_more": 99}, "move only with transfers"),
        ({"lines": 2}, "together with all its lines"),
        ({"lines": 0}, "has_lines"),
        ({"state": "pending"}, "sealed"),
        ({"form": "hold"}, "sealed"),
        ({"form": "settlement", "state": "settled"}, "resolves_a_hold"),
        ({"form": "reversal"}, "reverses_a_journal"),
    ],
    ids=str,
)
def test_raw_sql_that_breaks_a_rule_is_refused(db: Any, change: Any, why: str) -> None:
    sold()
    refused(db, both(**change), why)


def test_a_journal_never_waits_for_its_lines(db: Any) -> None:
    head = JOURNAL.format(form="entry", lines=1, resolves="null", reverses="null")
    refused(db, head, "together with all its lines")


def test_a_written_journal_takes_no_further_line(db: Any) -> None:
    sold()
    line = LINE.format(
        amount=100, currency="CNY", state="posted", step=1, debit_more=100, credit_more=100
    )
    paid = db.session.execute(text("select id from ledger_journal limit 1")).scalar_one()
    refused(db, line.replace("select 1, 1,", f"select {paid}, 3,"), "sealed")


def test_an_answer_must_mirror_its_original(db: Any) -> None:
    sold()
    post(journal("more", (CLEARING, PAYABLE, "2.00")))
    hold(journal("held", (CLEARING, PAYABLE, "5.00")))
    more = "(select id from ledger_journal where idempotency_key = 'more')"
    held = "(select id from ledger_journal where idempotency_key = 'held')"
    # 1.00 from clearing to payable: neither the mirror of the first nor all of the second
    refused(
        db, both(form="reversal", reverses=more, debit_more=300, credit_more=300), "line by line"
    )
    settled: Any = {"form": "settlement", "state": "settled", "debit_more": 300, "credit_more": 300}
    refused(db, both(resolves=held, **settled), "line by line")
    refused(db, both(resolves=more, **settled), "line by line")


def test_a_limit_holds_against_raw_sql(db: Any) -> None:
    sold()
    raw = both(amount=9_600, debit_more=9_600, credit_more=9_600)
    swapped = raw.replace("d.path = '1100:clearing:sandbox'", f"d.path = '{PAYABLE.path}'")
    swapped = swapped.replace(
        "and c.path = '2110:seller_payable:S-1'", f"and c.path = '{CLEARING.path}'"
    )
    swapped = swapped.replace("10000 + 9600, 9500 + 9600", "9500 - 9600, 10000 - 9600")
    refused(db, swapped, "limit_holds")


def test_a_missing_guard_is_named(db: Any) -> None:
    assert guards.missing() == []
    for statement in (
        "alter table ledger_transfer disable trigger ledger_transfer_moves",
        "drop trigger ledger_journal_append_only on ledger_journal",
        "alter table ledger_account drop constraint ck_ledger_account_limit_holds",
        "create or replace function ledger_seal() returns trigger language plpgsql"
        " as $$ begin return null; end $$",
    ):
        with as_owner():
            db.session.execute(text(statement))
    assert guards.missing() == [
        "trigger ledger_journal_append_only",
        "trigger ledger_transfer_moves",
        "function ledger_seal",
        "constraint ck_ledger_account_limit_holds",
    ]
