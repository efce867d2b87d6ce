"""`flask ledger` as an operator sees it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from ledger import audit
from tests.factories.ledger import sold
from tests.factories.owner import as_owner


@pytest.fixture(autouse=True)
def no_rooms_above(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """This seller and this order are in the book only; the rooms above would ask for them."""
    monkeypatch.setattr(audit, "_added", {})


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["ledger", *words])


def test_the_audit_prints_a_line_each_and_ends_well(app: Flask, db: Any) -> None:
    sold()
    result = run(app, "audit")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert all(line.startswith("ok     ") for line in lines[:-1])
    assert lines[-1] == f"{len(lines) - 1} invariants, 0 broken"


def test_the_audit_exits_1_when_one_is_broken(app: Flask, db: Any) -> None:
    sold()
    with as_owner():
        db.session.execute(text("drop trigger ledger_transfer_by_book on ledger_transfer"))
    result = run(app, "audit")
    assert result.exit_code == 1
    named = "FAILED the guards in the database are in place — trigger ledger_transfer_by_book"
    assert named in result.output


def test_a_statement_is_a_table(app: Flask, db: Any) -> None:
    sold()
    assert run(app, "statement", "2100:escrow:O-1").output.splitlines() == [
        "date                  change           balance  journal",
        "2026-03-01            100.00            100.00  paid  test test",
        "2026-03-01             -5.00             95.00  released  test test",
        "2026-03-01            -95.00              0.00  released  test test",
        "balance 0.00 CNY, available 0.00 CNY",
    ]


def test_an_account_off_the_chart_is_explained(app: Flask, db: Any) -> None:
    result = run(app, "statement", "2100:nothing")
    assert result.exit_code == 1
    assert "no account 2100:nothing in the chart" in result.output


def test_the_trial_balance_has_equal_totals(app: Flask, db: Any) -> None:
    sold()
    lines = run(app, "trial-balance", "--currency", "CNY").output.splitlines()
    assert lines[1].split() == ["1100", "clearing", "100.00", "0.00", "100.00"]
    assert lines[-1].split() == ["total", "200.00", "200.00"]
    assert run(app, "trial-balance").output.splitlines() == lines
