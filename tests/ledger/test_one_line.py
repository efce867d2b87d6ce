"""An entry of one line has a function of its own, and nothing by it that the other refuses."""

from typing import Any

import pytest
from sqlalchemy import text

from ledger import audit
from ledger.accounts import CHART
from ledger.entries import Journal, Transfer
from tests.factories.ledger import CLEARING, DAY, PAYABLE, WALLET, post, sold, yuan
from tests.ledger.test_attacks import DEFAULTS, dump, refused

NAMES = ["id", "key", "kind", "ref", "on", "at", "debit", "credit", "amount", "currency", "reason"]
VALUES = {name: DEFAULTS[name] for name in NAMES if name in DEFAULTS} | {
    "debit": f"'{CLEARING}'",
    "credit": f"'{PAYABLE}'",
    "amount": "100",
    "currency": "'CNY'",
    "reason": "'raw'",
}


def call(**changes: str) -> str:
    wanted = VALUES | changes
    told = ", ".join(wanted[name] for name in NAMES)
    return f"select ledger_post_one({told})".replace(":", "\\:")


@pytest.fixture(autouse=True)
def book(db: Any) -> Any:
    sold()
    yield
    db.session.rollback()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "'gift'"}, "no posting declares"),
        ({"kind": "null"}, "no posting declares"),
        ({"debit": "'9999:purse:1'"}, "no posting declares"),
        ({"debit": "'purse'"}, "invalid input syntax"),
        ({"debit": "'1100:cleaning:sandbox'"}, "no account 1100:cleaning:sandbox"),
        ({"credit": "'2110:seller_payable'"}, "no account 2110:seller_payable"),
        ({"debit": "'1200:bank:mine'"}, "no account 1200:bank:mine"),
        ({"currency": "'cny'"}, "no account"),
        ({"amount": "0"}, "moves nothing"),
        ({"amount": "-5"}, "moves nothing"),
        ({"amount": "null"}, "null value"),
        ({"amount": "9223372036854775807"}, "out of range"),
        ({"credit": VALUES["debit"]}, "moves nothing"),
        ({"key": "''"}, "makes no sense"),
        ({"kind": "''"}, "makes no sense"),
        *(({name: "null"}, "null value") for name in ("key", "ref", "on", "at", "id", "reason")),
        ({"id": "(select min(id) from ledger_journal)"}, "pk_ledger_journal"),
    ],
    ids=str,
)
def test_no_line_is_forged(db: Any, changes: dict[str, str], why: str) -> None:
    refused(db, call(**changes), why=why)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        (
            {"debit": VALUES["credit"], "credit": VALUES["debit"], "amount": "9501"},
            "short:1:CNY:2110:seller_payable:S-1",
        ),
        (
            {"debit": f"'{PAYABLE}'", "credit": "'2200:wallet:9'", "amount": "9501"},
            "short:1:CNY:2110:seller_payable:S-1",
        ),
        ({"key": "'paid'"}, "clash"),
        ({"key": "'paid'", "debit": VALUES["credit"], "credit": VALUES["debit"]}, "clash"),
    ],
)
def test_what_is_refused_kindly_leaves_the_book_as_it_was(
    db: Any, changes: dict[str, str], answer: str
) -> None:
    before = dump(db)
    assert db.session.execute(text(call(**changes))).scalar_one() == answer
    # an account that was opened on the way stays, at zero
    counted = [row for row in dump(db)[0] if "2200:wallet:9" not in row[0]]
    assert [counted, *dump(db)[1:]] == before
    refused(db, "insert into ledger_journal default values", why="permission denied")


@pytest.mark.parametrize(
    "said",
    ["", 'a "quote"', "back\\slash", "tab\t", "\x7f", "Grüße", "🛒", "'", "{}[]~^", "\u2028"],
)
def test_whatever_is_said_has_the_hash_of_what_is_said(db: Any, said: str) -> None:
    journal = Journal("said", "test", said, DAY, (Transfer(CLEARING, WALLET, yuan("1.00"), said),))
    first = post(journal)
    assert (first.fresh, post(journal).fresh) == (True, False)
    query = text("select request_hash from ledger_journal where idempotency_key = 'said'")
    assert db.session.execute(query).scalar_one() == journal.content_hash()
    assert [finding for finding in audit.run_own() if not finding.ok] == []


def test_every_kind_of_account_that_is_asked_has_an_answer(db: Any) -> None:
    """And no other: its answer would never be asked for."""
    body = text("select prosrc from pg_proc where proname = 'ledger_account_adds_up'")
    said = db.session.execute(body).scalar_one()
    assert [kind.code for kind in CHART if kind.asked != (str(kind.code) in said)] == []
    for (asked,) in db.session.execute(
        text(
            "select p.kind from ledger_posting p join ledger_chart d on d.code = p.debit"
            " join ledger_chart c on c.code = p.credit"
            " where (p.debit_asked, p.credit_asked) <> (d.asked, c.asked)"
        )
    ):
        raise AssertionError(asked)
