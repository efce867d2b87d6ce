"""A bank statement against our book: what matches, and every seeded error found by its name."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core import clock
from core.db import db as database
from ledger import audit
from payments import cases, reconcile_bank, services
from payments.reconcile import Result
from tests.factories.bank import await_transfer, camt, entry, reference
from tests.factories.payments import Stall, balance, pay, yuan

pytestmark = pytest.mark.usefixtures("db", "rooms")


@pytest.fixture(autouse=True)
def every_run_adds_up(db: Any) -> Any:
    yield
    ours = ("reconciliation:", "bank:")
    found = [f for f in audit.run() if f.name.startswith(ours)]
    assert [f"{f.name} {f.detail}" for f in found if not f.ok] == []


def compared(*entries: str, opening: str = "", closing: str = "") -> Result:
    file = camt(*entries, opening=opening, closing=closing)
    (result,) = reconcile_bank.run_statement(file, "march.xml", by="test")
    return result


def kinds(result: Result) -> list[str]:
    return [item.kind for item in result.items]


def paid(order: str, amount: str, **more: Any) -> str:
    """A line that pays a payment of its own."""
    payment = await_transfer(order, yuan(amount))
    return entry(amount, **{"id": order, "reference": reference(payment)} | more)


def test_a_statement_is_taken_in_and_matches(stall: Stall) -> None:
    lines = paid("O-1", "100.00"), paid("O-2", "20.00", on="2026-03-02")
    result = compared(*lines, opening="0.00", closing="120.00")
    assert (result.matched, kinds(result)) == (2, [])
    assert (result.theirs, result.ours, balance("bank")) == (
        yuan("120.00"),
        yuan("120.00"),
        "120.00",
    )
    again = compared(*lines, opening="0.00", closing="120.00")
    assert (again.matched, kinds(again)) == (2, [])


def test_what_waits_in_suspense_is_explained_by_its_case(stall: Stall) -> None:
    result = compared(entry("7.00", id="A", reference=""))
    assert (kinds(result), result.unexplained) == (["waits_in_suspense"], 0)
    assert cases.counts()["open"] == 1


def test_a_line_that_says_something_else_than_before(stall: Stall) -> None:
    compared(paid("O-1", "100.00"))
    result = compared(entry("90.00", id="O-1"), entry("5.00", id="NEW", reference=""))
    assert kinds(result) == ["amount_differs", "missing_here"]
    assert (result.theirs, result.ours) == (yuan("95.00"), yuan("100.00"))
    assert [case.amount for case in cases.listed("open")] == [yuan("-10.00"), yuan("5.00")]


def test_a_line_we_have_and_the_statement_has_not(stall: Stall) -> None:
    compared(paid("O-1", "100.00"), paid("O-2", "20.00"))
    result = compared(entry("100.00", id="O-1"))
    assert (kinds(result), result.items[0].effect) == (["missing_there"], yuan("-20.00"))


def test_the_same_transfer_made_twice_is_named(stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    both = [
        entry("100.00", id=f"L-{day}", on=f"2026-03-0{day}", reference=reference(payment))
        for day in (1, 2)
    ]
    result = compared(*both)
    assert (kinds(result), result.unexplained) == (["paid_twice"], 0)
    assert balance("wallet", 7) == "100.00"


def test_a_missing_statement_between_two(stall: Stall) -> None:
    compared(paid("O-1", "100.00"), opening="0.00", closing="100.00")
    result = compared(paid("O-2", "20.00", on="2026-03-09"), opening="150.00", closing="170.00")
    assert (kinds(result), result.unexplained) == (["gap"], 1)
    middle = compared(paid("O-3", "50.00", on="2026-03-05"), opening="100.00", closing="150.00")
    assert kinds(middle) == []
    last = compared(entry("20.00", id="O-2", on="2026-03-09"), opening="150.00", closing="170.00")
    assert (kinds(last), cases.counts()["open"]) == ([], 0)


def test_a_book_that_was_tampered_with(stall: Stall) -> None:
    compared(paid("O-1", "100.00"), opening="0.00", closing="100.00")
    database.session.execute(text("set local role none"))
    database.session.execute(text("alter table ledger_transfer disable trigger user"))
    database.session.execute(
        text("update ledger_transfer set amount = 9000 where reason = 'incoming'")
    )
    result = compared(entry("100.00", id="O-1"), opening="0.00", closing="100.00")
    assert kinds(result) == ["amount_differs", "balance_differs"]
    database.session.execute(
        text("update ledger_transfer set amount = 10000 where reason = 'incoming'")
    )


def test_our_own_payout_is_followed_from_the_gateway_to_the_bank(stall: Stall) -> None:
    pay("O-9", yuan("100.00"))
    services.drive(services.intend_platform_payout(number="W-48", amount=yuan("80.00")))
    assert kinds(compared(entry("1.00", id="A", reference=""))) == [
        "waits_in_suspense",
        "on_its_way",
    ]
    with clock.travel(clock.now() + timedelta(days=6)):
        result = compared(entry("1.00", id="A", reference=""))
        assert "late_on_its_way" in kinds(result)
        assert result.unexplained == 1
        arrived = compared(entry("80.00", id="B", on="2026-03-03", reference="", text="W-48"))
        assert (kinds(arrived), balance("in_transit", "sandbox")) == ([], "0.00")
        assert cases.open_of("W-48") == []


def test_from_the_terminal(app: Flask, stall: Stall, tmp_path: Path) -> None:
    file = tmp_path / "march.xml"
    file.write_bytes(camt(paid("O-1", "100.00"), opening="0.00", closing="100.00"))
    run = app.test_cli_runner().invoke
    said = run(args=["payments", "reconcile", "--statement", str(file)])
    assert said.exit_code == 0, said.output
    assert "2026-03-01 to 2026-03-01: they say 100.00 CNY, we 100.00 CNY." in said.output
    file.write_bytes(camt(entry("90.00", id="O-1"), opening="0.00", closing="90.00"))
    said = run(args=["payments", "reconcile", "--statement", str(file)])
    assert said.exit_code == 1
    assert "amount_differs" in said.output
