"""Statements taken in: each line once, in whatever file it comes."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.db import db as database
from payments import bank_import
from payments.bank_import import LineChanged, OtherAccount
from payments.bank_models import BankLine, BankStatement
from tests.factories.bank import OURS, camt, entry

pytestmark = pytest.mark.usefixtures("db")


def take(*entries: str, name: str = "march.xml") -> bank_import.Taken:
    (taken,) = bank_import.take_in(camt(*entries), name, by="admin:1")
    return taken


def lines() -> list[BankLine]:
    return list(database.session.scalars(select(BankLine).order_by(BankLine.id)))


def test_a_file_taken_in_twice_brings_nothing_new() -> None:
    assert (take(entry("10.00")).new, take(entry("10.00")).new) == (1, 0)
    assert [line.money.decimal_text() for line in lines()] == ["10.00"]
    assert len(list(database.session.scalars(select(BankStatement)))) == 1


def test_overlapping_files_share_their_lines() -> None:
    take(entry("10.00"))
    both = take(entry("10.00"), entry("20.00", id="REF-2"), name="april.xml")
    assert (both.lines, both.new) == (2, 1)
    assert [line.line_id for line in lines()] == ["REF-1", "REF-2"]


def test_a_line_that_changed_is_refused_with_its_file() -> None:
    take(entry("10.00"))
    with pytest.raises(LineChanged, match=r"was 10.00 CNY on 2026-03-01 .* is now|11.00"):
        take(entry("11.00"), entry("20.00", id="REF-2"))
    assert len(lines()) == 1


def test_the_statement_of_another_account_is_refused() -> None:
    other = camt(entry("10.00")).replace(OURS.encode(), b"GB33BUKB20201555555555")
    with pytest.raises(OtherAccount, match=f"ours is {OURS}"):
        bank_import.take_in(other, "x.xml", by="admin:1")


@pytest.mark.parametrize("change", ["amount = 5", "journal_key = null, state = 'new'"])
def test_what_the_bank_said_cannot_be_changed_by_raw_sql(change: str) -> None:
    take(entry("10.00"))
    database.session.execute(text("update bank_line set state = 'matched', journal_key = 'x'"))
    for statement in (f"update bank_line set {change}", "delete from bank_line"):
        with pytest.raises(DBAPIError, match="bank"), database.session.begin_nested():
            database.session.execute(text(statement))


def test_from_the_terminal(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "march.xml"
    file.write_bytes(camt(entry("10.00")))
    run = app.test_cli_runner().invoke
    said = run(args=["payments", "import-statement", str(file)])
    assert (said.exit_code, said.output) == (0, f"{OURS}: 1 lines, 1 of them new.\n")
    file.write_bytes(b"nothing")
    said = run(args=["payments", "import-statement", str(file)])
    assert said.exit_code == 1
    assert "Error: Line 1 must name the columns" in said.output
