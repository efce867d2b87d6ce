"""Bank statements as files: what is read of CSV and camt.053, and what is said of broken ones."""

from datetime import date
from pathlib import Path

import pytest

from payments.bank_statements import BadStatement, read, read_all
from tests.factories.bank import OURS, REFERENCE, camt, entry
from tests.factories.payments import yuan

CSV = f"""account,id,date,amount,currency,reference,counterparty,iban,text,balance
{OURS},A1,2026-03-01,120.00,CNY,{REFERENCE[:4]} {REFERENCE[4:]},A Payer,GB33 BUKB 2020 1555 5555 55,thanks,620.00
{OURS},A2,2026-03-02,-20.00,CNY,,The bank,,fee for March,600.00
"""


def test_a_csv_statement_is_read_line_by_line() -> None:
    found = read(CSV.encode(), "march.csv")
    assert (found.account, found.currency, found.name) == (OURS, "CNY", "march.csv")
    assert (found.opening, found.closing) == (yuan("500.00"), yuan("600.00"))
    first, second = found.lines
    assert (first.id, first.on, first.amount) == ("A1", date(2026, 3, 1), yuan("120.00"))
    assert (first.reference, first.iban) == (REFERENCE, "GB33BUKB20201555555555")
    assert (second.amount, second.reference, second.text) == (yuan("-20.00"), "", "fee for March")


@pytest.mark.parametrize("change", [(",", ";"), (",", "\t"), ("account", "\ufeffaccount")])
def test_other_separators_and_a_byte_order_mark_do_not_matter(change: tuple[str, str]) -> None:
    assert read(CSV.replace(*change).encode(), "x.csv").lines == read(CSV.encode(), "x").lines


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("2026-03-02", "2.3.2026", "Line 3: date must look like 2026-11-25, not '2.3.2026'."),
        ("-20.00", "-20.001", "Line 3: amount must be an amount such as -1200.00"),
        ("-20.00", "0.00", "Line 3: amount is zero."),
        ("A2", "A1", "Two lines have the id A1."),
        ("600.00", "601.00", "Line 3: balance 601.00 CNY does not follow from 620.00 CNY"),
        (",600.00", ",", "Give the balance on every line, or on none."),
        (",600.00", "", "Line 3: 10 columns are expected."),
        (f"{OURS},A2", "GB33BUKB20201555555555,A2", "Line 3: another account than above."),
        ("id,date", "number,date", "missing: id; unknown: number"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(before: str, after: str, says: str) -> None:
    with pytest.raises(BadStatement) as refusal:
        read(CSV.replace(before, after).encode(), "x.csv")
    assert says in str(refusal.value)


@pytest.mark.parametrize("version", range(2, 14))
def test_camt_is_read_in_every_version(version: int) -> None:
    found = read(
        camt(entry("120.00"), opening="500.00", closing="620.00", version=version), "x.xml"
    )
    assert (found.account, found.currency) == (OURS, "CNY")
    assert (found.opening, found.closing) == (yuan("500.00"), yuan("620.00"))
    (line,) = found.lines
    assert (line.id, line.on, line.amount) == ("REF-1", date(2026, 3, 1), yuan("120.00"))
    assert (line.reference, line.counterparty) == (REFERENCE, "A Payer")
    assert line.iban == "GB33BUKB20201555555555"


def test_a_batch_is_as_many_lines_as_payments_when_they_add_up() -> None:
    batch = entry("30.00", parts=("10.00", "20.00"))
    found = read(camt(batch, opening="0.00", closing="30.00"), "x.xml")
    assert [(line.id, line.amount.decimal_text()) for line in found.lines] == [
        ("REF-1", "10.00"),
        ("REF-1#2", "20.00"),
    ]


def test_a_batch_whose_parts_do_not_add_up_is_one_line() -> None:
    (line,) = read(camt(entry("29.50", parts=("10.00", "20.00"))), "x.xml").lines
    assert line.amount == yuan("29.50")
    assert line.text == "a batch of 2 payments, not listed one by one"


def test_a_payment_that_comes_back_says_so_and_why() -> None:
    back = entry("50.00", end_to_end="M7X", returned="AC04", side="Cdtr", name="A Seller")
    (line,) = read(camt(back), "x.xml").lines
    assert (line.comes_back, line.reason, line.end_to_end_id) == (True, "AC04", "M7X")
    assert line.counterparty == "A Seller"


def test_a_reversal_has_its_own_id_beside_what_it_reverses() -> None:
    both = camt(entry("50.00"), entry("-50.00", reversal=True), opening="0.00", closing="0.00")
    first, second = read(both, "x.xml").lines
    assert (first.id, second.id) == ("REF-1", "REF-1:back")
    assert (first.comes_back, second.comes_back) == (False, True)


def test_a_debit_is_below_zero_and_names_who_was_paid() -> None:
    (line,) = read(camt(entry("-40.00", side="Cdtr", name="A Seller")), "x.xml").lines
    assert (line.amount, line.counterparty) == (yuan("-40.00"), "A Seller")


def test_the_reference_is_found_in_free_text_too() -> None:
    spaced = f"Order of today {REFERENCE[:4]} {REFERENCE[4:8]} {REFERENCE[8:]} thank you"
    (line,) = read(camt(entry("1.00", reference="", text=spaced)), "x.xml").lines
    assert line.reference == REFERENCE


def test_what_is_only_pending_is_no_line() -> None:
    assert read(camt(entry("1.00", status="PDNG")), "x.xml").lines == ()


def test_lines_must_explain_the_balances() -> None:
    with pytest.raises(BadStatement) as refusal:
        read(camt(entry("120.00"), opening="500.00", closing="619.99"), "x.xml")
    assert "sum to 120.00 CNY, but its balance goes from 500.00 CNY to 619.99 CNY" in str(
        refusal.value
    )


def test_a_file_may_hold_several_statements() -> None:
    one = camt(entry("1.00")).decode()
    start, end = one.index("<Stmt>"), one.index("</Stmt>") + len("</Stmt>")
    two = (one[:end] + one[start:end].replace("REF-1", "REF-2") + one[end:]).encode()
    assert [s.lines[0].id for s in read_all(two, "x.xml")] == ["REF-1", "REF-2"]
    with pytest.raises(BadStatement, match="holds 2 statements"):
        read(two, "x.xml")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"<a><b></a>", "broken XML"),
        (b"<html/>", "not a camt.053"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"account,id,date,amount,currency\n", "no line under it"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "declares entities"),
    ],
)
def test_what_is_no_statement_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(BadStatement) as refusal:
        read(data, Path("x").name)
    assert says in str(refusal.value)
