"""A superuser changes rows with every guard off: the audit names what was touched."""

from functools import partial

import psycopg

from core import clock
from tests.chaos.checks import complaints
from tests.chaos.flows import FLOWS
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted

LAST = "(select id from ledger_journal order by id desc limit 1)"
KEY = f"(select idempotency_key from ledger_journal where id = {LAST})"
# what is done -> statements, and a query for the words the audit must then say
DEEDS: dict[str, tuple[tuple[str, ...], str]] = {
    "an amount changed": (
        (f"update ledger_transfer set amount = amount + 1 where journal_id = {LAST}",),
        f"select {KEY}",
    ),
    "the last journal deleted": (
        (
            f"delete from ledger_transfer where journal_id = {LAST}",
            f"delete from ledger_journal where id = {LAST}",
        ),
        "select split_part(path, ':', 2) from ledger_account a join ledger_transfer t"
        f" on a.id = t.debit_account_id where t.journal_id = {LAST}",
    ),
    "two journals swapped": (
        (
            "with two as (select id, ref, kind, row_number() over (order by id) as n from"
            " (select * from ledger_journal order by id limit 2) x)"
            " update ledger_journal j set ref = o.ref, kind = o.kind from two s, two o"
            " where s.n <> o.n and j.id = s.id",
        ),
        "select idempotency_key from ledger_journal order by id limit 1",
    ),
    "a counter changed": (
        (
            "update ledger_account set credits_posted = credits_posted + 7"
            " where path like '2100:escrow:%'",
        ),
        "select path from ledger_account where path like '2100:escrow:%' order by path limit 1",
    ),
    "a payment's counter changed": (
        ("update payment set refunded_minor = refunded_minor + 1",),
        "select purpose from payment limit 1",
    ),
    "an operation forgotten": (
        ("delete from gateway_op where kind = 'refund'",),
        "select p.purpose from payment p join gateway_op o on o.payment_id = p.id"
        " where o.kind = 'refund'",
    ),
    "a refund made larger": (
        ("update refund set amount = amount + 100",),
        "select number from orders limit 1",
    ),
}


def run(city: City, wanted: Wanted, report: Report) -> None:
    first = city.mall("sandbox tamper")
    ask(first.app, _live)
    honest = ask(first.app, partial(complaints, first), at=clock.now())
    report.lose("--only tamper", [f"before anybody touched it: {words}" for words in honest])
    for name in wanted.some(DEEDS, 2, "tamper"):
        statements, query = DEEDS[name]
        copy = city.copy(first)
        report.count(f"tampering: {name}", "rows as a superuser")
        words = _do(copy, statements, query)
        found = ask(copy.app, partial(complaints, copy))
        if not any(words in each for each in found):
            report.lose("--only tamper", [f"{name}: the audit does not say {words}: {found[:5]}"])


def _live() -> None:
    """One checkout and one refund of an order not released yet."""
    refund = FLOWS["refund"]
    refund.act(refund.prepare(0))


def _do(mall: Mall, statements: tuple[str, ...], query: str) -> str:
    """Touch the rows; what the audit should say."""
    with psycopg.connect(mall.url.replace("+psycopg", ""), autocommit=True) as superuser:
        (words,) = superuser.execute(query.encode()).fetchone() or ("nothing found",)
        superuser.execute("set session_replication_role = replica")
        for statement in statements:
            changed = superuser.execute(statement.encode())
            assert changed.rowcount > 0, statement
    return str(words)
