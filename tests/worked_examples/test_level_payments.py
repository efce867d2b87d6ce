"""Tables of the European Commission's examples and of open lending engines, row by row."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from core.money import Money, Rounding, round_fraction
from finance.lending import amortizing
from finance.lending.amortizing import Shape
from finance.lending.day_counts import DayCount
from finance.lending.due_dates import MonthEnd
from finance.lending.plan import schedule
from finance.lending.replay.text import parse
from finance.lending.terms import Amortization, Terms

CASES: dict[str, Any] = {
    case["id"]: case
    for line in (Path(__file__).parent / "level_payments.jsonl").read_text().splitlines()
    if (case := cast(dict[str, Any], parse(line)))
}
TABLES = [name for name in CASES if name.startswith("EC-")]


# first periods in years: whole months counted back, then days of 365 or 366
LONG_FIRST = {
    "EC-02b": Fraction(1, 12) + Fraction(3, 366),
    "EC-02c": Fraction(34, 365),
    "EC-18b": Fraction(1, 12) + Fraction(20, 366),
}


def _rates(name: str, config: dict[str, Any]) -> list[Fraction]:
    """Each period's rate; the first one's printed interest is checked where it is longer."""
    yearly = Fraction(str(config["annual_rate_percent"])) / 100
    each = yearly / config["periods_per_year"]
    if config["rate_convention"].startswith("effective"):
        power = Decimal(1 + Fraction(yearly).numerator / Decimal(Fraction(yearly).denominator))
        each = Fraction(power ** (1 / Decimal(config["periods_per_year"])) - 1)
    start = yearly * LONG_FIRST[name] if name in LONG_FIRST else each
    printed = config["first_period_interest"]
    assert printed is None or _cents(start * config["principal"]) == Decimal(str(printed))
    return [start] + [each] * (config["number_of_repayments"] - 1)


@pytest.mark.parametrize("name", TABLES)
def test_a_printed_table(name: str) -> None:
    config, expected = CASES[name]["config"], CASES[name]["expected"]
    principal = Fraction(config["principal"])
    bullet = principal if config["amortization"] == "bullet" else Fraction(0)
    shape = Shape(equal_principal=config["amortization"] != "level", balloon=bullet)
    rows = amortizing.declining(principal, _rates(name, config), shape)
    assert rows[-1].left == 0
    for want in expected:
        row = rows[want["nr"] - 1]
        got = {"due": row.payment, "balance": row.left}
        got |= {"interest": row.interest, "principal": row.principal}
        for part, value in got.items():
            assert _cents(value) == Decimal(str(want[part])), (want["nr"], part)


def _cents(value: Fraction) -> Decimal:
    return Decimal(round_fraction(value * 100)) / 100


def _terms(config: dict[str, Any], **more: Any) -> Terms:
    counts = {("360", "30"): DayCount.THIRTY_360, ("ACTUAL", "ACTUAL"): DayCount.ACT_ACT}
    return Terms(
        Money(config["principal"] * 100, "EUR"),
        config["number_of_repayments"],
        config["annual_rate_percent"] * 10_000,
        day_count=counts[config["days_in_year"], config["days_in_month"]],
        month_end=MonthEnd(config.get("month_end_due_date_strategy", MonthEnd.CLAMP)),
        principal_grace=config.get("grace_on_principal_periods", 0),
        rounding=Rounding.HALF_EVEN,
        **more,
    )


@pytest.mark.parametrize("name", ["HM-01", "HM-03", "HM-05"])
def test_a_row_of_an_engine(name: str) -> None:
    config, expected = CASES[name]["config"], CASES[name]["expected"]
    plan = schedule(_terms(config), date.fromisoformat(config["start"]))
    assert len(plan.rows) == config["number_of_repayments"]
    for row, want in zip(plan.rows, expected, strict=True):
        assert str(row.due_on) == want["date"]
        got = {"principal": row.principal, "interest": row.interest}
        got |= {"due": row.payment, "balance": row.balance}
        for part, money in got.items():
            assert Decimal(money.decimal_text()) == want[part], (row.number, part)


def test_a_fixed_payment_in_whole_currency() -> None:
    """FL-02: 280,000 at 8.4 %, 14,000 a month: 22 rows, 22,712 interest, 302,712 paid."""
    config = CASES["FL-02"]["config"]
    terms = Terms(
        Money(config["principal"], "JPY"),
        60,
        84_000,
        day_count=DayCount.THIRTY_360,
        installment=Money(config["fixed_payment"], "JPY"),
    )
    plan = schedule(terms, date(2022, 10, 17))
    assert len(plan.rows) == config["expected_rows"]
    assert plan.sum_of("interest").minor == config["total_interest"]
    assert plan.sum_of("payment").minor == config["total_payable"]


def test_rows_at_the_ends_of_months() -> None:
    """FL-06: the first row at the end of October, the last at the end of September."""
    case = CASES["FL-06"]
    terms = Terms(Money(1_200, "EUR"), 12, 0, first_due=date(2022, 10, 31))
    rows = schedule(terms, date(2022, 10, 17)).rows
    for want in case["expected"]:
        assert str(rows[want["nr"] - 1].due_on) == want["date"]


def test_principal_at_the_end() -> None:
    """OC-04: 59 rows of interest only, then all of it."""
    case = CASES["OC-04"]
    terms = Terms(
        Money(case["config"]["principal"] * 100, "EUR"),
        case["config"]["number_of_repayments"],
        60_000,
        Amortization.INTEREST_ONLY,
    )
    rows = schedule(terms, date(2026, 1, 1)).rows
    assert [rows[want["nr"] - 1].principal.minor for want in case["expected"]] == [0, 50_000_000]
    assert {row.principal.minor for row in rows[:-1]} == {0}
