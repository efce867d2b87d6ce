"""The audit finds nothing in an honest book, and names each line somebody tampered with."""

from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from ledger import audit
from tests.factories.ledger import (
    CLEARING,
    DAY,
    ESCROW,
    FLIGHT,
    PAYABLE,
    hold,
    journal,
    reverse,
    settle,
    sold,
    void,
)
from tests.factories.owner import as_owner


def lived() -> None:
    """A book with every form of journal in it."""
    sold()
    hold(journal("payout", (PAYABLE, FLIGHT, "60.00")))
    settle("payout", key="payout:sent", kind="test.sent", on=DAY)
    reverse("payout:sent", new_key="payout:back", why="bank refused", on=DAY)
    hold(journal("payout2", (PAYABLE, FLIGHT, "10.00")))
    void("payout2", on=DAY)
    hold(journal("payout3", (PAYABLE, FLIGHT, "20.00")))


def tamper(db: Any, *statements: str) -> dict[str, str]:
    """Change rows as a superuser with all triggers off; what the audit then finds, by name."""
    with as_owner():
        db.session.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            assert db.session.execute(text(statement)).rowcount > 0
        db.session.execute(text("set local session_replication_role = origin"))
    return {finding.name: finding.detail for finding in audit.run_own() if not finding.ok}


def test_an_honest_book_has_nothing_to_find(db: Any) -> None:
    assert all(finding.ok for finding in audit.run_own())  # empty
    lived()
    findings = audit.run_own()
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) >= 15


def test_a_changed_amount_is_named(db: Any) -> None:
    lived()
    found = tamper(db, "update ledger_transfer set amount = 9400 where amount = 9500")
    assert found["what journals say is what their hashes say"] == "released"
    assert found["counters are the sums of their transfers"].startswith("2100:escrow:O-1 CNY")
    assert found["every balance follows from the lines before it"].startswith("released line 2")


def test_a_changed_counter_is_named(db: Any) -> None:
    lived()
    where = f"where path = '{CLEARING.path}'"
    found = tamper(db, f"update ledger_account set debits_posted = debits_posted + 7 {where}")
    assert found == {
        "posted debits equal posted credits": "CNY: debits 32007, credits 32000",
        "counters are the sums of their transfers": "1100:clearing:sandbox CNY: counters "
        "10007/0/0/0, transfers 10000/0/0/0",
    }


def test_a_changed_pending_counter_is_named(db: Any) -> None:
    lived()
    where = f"where path = '{FLIGHT.path}'"
    found = tamper(db, f"update ledger_account set credits_pending = 0 {where}")
    assert found["pending debits equal pending credits"] == "CNY: debits 2000, credits 0"


def test_a_deleted_journal_is_named(db: Any) -> None:
    lived()
    last = "(select id from ledger_journal where idempotency_key = 'payout:sent')"
    found = tamper(
        db,
        f"delete from ledger_transfer where journal_id = {last}",
        f"delete from ledger_journal where id = {last}",
    )
    assert (
        "2110:seller_payable:S-1 CNY: version 7, 6 transfers"
        in (found["versions run from 1 without gap"])
    )
    assert "2110:seller_payable:S-1 CNY" in found["counters are the sums of their transfers"]


def test_a_deleted_line_is_named(db: Any) -> None:
    lived()
    found = tamper(db, "delete from ledger_transfer where amount = 500")
    assert found["a journal has its lines, 1 to n"] == "released: 1 of 2 lines"


def test_lines_without_a_journal_are_named(db: Any) -> None:
    lived()
    found = tamper(db, "delete from ledger_journal where idempotency_key = 'paid'")
    assert "1 of 0 lines" in found["a journal has its lines, 1 to n"]


def test_two_swapped_lines_are_named(db: Any) -> None:
    lived()
    found = tamper(db, "update ledger_transfer set line = 12 - line where amount in (500, 9500)")
    assert found["a journal has its lines, 1 to n"] == "released: 2 of 2 lines"
    assert found["what journals say is what their hashes say"] == "released"


@pytest.mark.parametrize(
    ("change", "name", "detail"),
    [
        (
            "update ledger_journal set ref = 'O-9' where idempotency_key = 'paid'",
            "what journals say is what their hashes say",
            "paid",
        ),
        (
            "update ledger_transfer set currency = 'USD' where amount = 500",
            "a transfer moves something between two accounts of one currency",
            "released line 1",
        ),
        (
            "update ledger_transfer set state = 'pending' where amount = 500",
            "the state of a line fits its journal",
            "released line 1: pending in a entry",
        ),
        (
            "update ledger_journal set resolves_id = (select id from ledger_journal where"
            " idempotency_key = 'payout3') where idempotency_key = 'payout2:void'",
            "a hold is resolved once, for what it held",
            "payout2:void resolves payout3",
        ),
        (
            "update ledger_transfer set reason = 'bank' where reason = 'bank refused'",
            "what journals say is what their hashes say",
            "payout:back",
        ),
        (
            "update ledger_account set path = '2100:escrow:O-8' where path = '2100:escrow:O-1'",
            "what journals say is what their hashes say",
            "paid; released",
        ),
        (
            "update ledger_account set limited = false where path = '2100:escrow:O-1'",
            "accounts are as the chart has them",
            "2100:escrow:O-1",
        ),
        (
            "update ledger_transfer set debit_balance = 1 where amount = 10000",
            "every balance follows from the lines before it",
            "paid line 1: 1 on 1100:clearing:sandbox, replayed 10000",
        ),
    ],
)
def test_whatever_is_changed_is_named(db: Any, change: str, name: str, detail: str) -> None:
    lived()
    assert tamper(db, change)[name] == detail


def test_a_broken_mirror_is_named(db: Any) -> None:
    lived()
    back = "(select id from ledger_journal where idempotency_key = 'payout:back')"
    found = tamper(db, f"update ledger_transfer set amount = 5999 where journal_id = {back}")
    assert found["a reversal mirrors its original, once"] == "payout:back reverses payout:sent"


def test_an_account_pushed_below_zero_is_named(db: Any) -> None:
    lived()
    found = tamper(
        db, f"update ledger_account set debits_posted = 99999 where path = '{ESCROW.path}'"
    )
    assert found["no limited account is below zero, pending included"] == f"{ESCROW.path} CNY"


def test_a_hold_left_open_beyond_its_time_is_named(db: Any) -> None:
    sold()
    with clock.travel(DAY):
        hold(journal("late", (PAYABLE, FLIGHT, "1.00")), expires_at=clock.now())
        assert all(finding.ok for finding in audit.run_own())
    found = {finding.name: finding.detail for finding in audit.run_own() if not finding.ok}
    assert found["no hold is open beyond its time"].startswith("late expired 2026-03-01")


def test_rooms_above_ask_with_the_rest(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_added", {})
    audit.add("numbers are even", "select n::text from generate_series(1, 13) n where n % 2 = 1")
    audit.add("nothing is wrong", list)
    odd, fine = audit.run()[-2:]
    assert odd == audit.Finding("numbers are even", False, "1; 3; 5; 7; 9 … and 2 more")
    assert fine == audit.Finding("nothing is wrong", True, "")
