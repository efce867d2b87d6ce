"""A quote: rows, totals and annual rates from terms and a day."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finance.lending.quote_question import answer
from finance.lending.replay.fields import FieldError
from finance.lending.replay.text import parse

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
MONTHS = {"days_in_year": "360", "days_in_month": "30"}
YEAR = {"number_of_repayments": 12, "annual_rate_percent": 12, **MONTHS}


def _quote(config: dict[str, Any], on: str | None = "2026-01-31") -> dict[str, Any]:
    asked: dict[str, Any] = {"config": config}
    return cast(dict[str, Any], answer(asked | ({"disbursed_on": on} if on else {})))


def _wrong(config: dict[str, Any], on: str | None = "2026-01-31") -> str:
    with pytest.raises(FieldError) as refused:
        _quote(config, on)
    return str(refused.value)


def test_both_engines_quote_the_same_loan() -> None:
    replayed = _quote({"principal_approved": 1000, **YEAR})
    planned = _quote({"principal": 1000, **YEAR})
    assert replayed["rows"] == planned["rows"]
    assert replayed["annual_rates"] == planned["annual_rates"]
    first, row = planned["rows"][:2]
    assert first == {"date": "2026-01-31", "balance": 1000}
    told = {"nr": 1, "date": "2026-02-28", "principal": Decimal("78.85"), "interest": 10}
    assert {key: row[key] for key in told} == told
    assert planned["totals"]["cost"] == Decimal("66.19")
    shown = {name: rate["shown_percent"] for name, rate in planned["annual_rates"].items()}
    assert shown == {
        "us_actuarial": Decimal("12.00"),
        "effective": Decimal("12.7"),
        "monthly_nominal": Decimal("12.00"),
    }


@settings(max_examples=80)
@given(
    st.integers(100, 500_000),
    st.integers(1, 14),
    st.sampled_from(["0", "3.5", "9.99", "33"]),
    st.sampled_from(["MONTHS", "WEEKS", "DAYS"]),
    st.integers(1, 3),
    st.sampled_from([("360", "30"), ("365", "ACTUAL"), ("360", "ACTUAL")]),
    st.dates(date(2023, 1, 1), date(2030, 12, 31)),
)
def test_two_engines_agree(
    minor: int, count: int, rate: str, unit: str, every: int, days: tuple[str, str], on: date
) -> None:
    """The replayed loan and the plan, except where the replay smooths a last row that is off."""
    config = {"number_of_repayments": count, "annual_rate_percent": rate, "frequency": unit}
    config |= {"repay_every": every, "days_in_year": days[0], "days_in_month": days[1]}
    amount = f"{minor // 100}.{minor % 100:02}"
    plan = _quote({"principal": amount, **config}, str(on))["rows"]
    if abs(plan[-1]["due"] - plan[1]["due"]) * 100 <= count // 2 and on.day <= 28:
        assert _quote({"principal_approved": amount, **config}, str(on))["rows"] == plan


def test_a_down_payment_is_taken_off_what_is_lent() -> None:
    said = _quote(
        {"principal_approved": 1000, **YEAR, "down_payment_percent": 25, "annual_rate_percent": 0}
    )
    assert [row["due"] for row in said["rows"][1:3]] == [250, Decimal("62.5")]
    assert {rate["percent"] for rate in said["annual_rates"].values()} == {0}


def test_a_fee_at_the_start_makes_the_rate() -> None:
    config = {"principal": 1000, "number_of_repayments": 1, "annual_rate_percent": 0}
    fee = {"when": "START", "percent": 2, "amount": "5.00"}
    said = _quote({**config, "frequency": "YEARS", "fees": [fee]}, "2026-01-01")
    assert said["rows"][1] | {"due": 25} == said["rows"][1]
    # 975.00 against 1,000.00 a year later
    assert said["annual_rates"]["effective"]["shown_percent"] == Decimal("2.6")
    assert said["totals"]["cost"] == 25


def test_every_word_of_a_config_is_understood() -> None:
    config = {
        "principal": "12000.00",
        "currency": "USD",
        "number_of_repayments": 8,
        "annual_rate_percent": "9.9",
        "amortization": "EQUAL_PRINCIPAL",
        "frequency": "SEMI_MONTHS",
        "day_count": "act/365",
        "first_due_date": "2026-02-15",
        "month_end_due_date_strategy": "FIRST_DAY_OF_NEXT_MONTH",
        "holiday_rule": "FOLLOWING",
        "holidays": ["2026-02-16"],
        "weekend": [5, 6],
        "interest_follows_due_date": False,
        "grace_on_principal_periods": 1,
        "grace_on_interest_periods": 1,
        "interest_free_periods": 0,
        "balloon": 2000,
        "installment_in_multiples_of": 10,
        "installment_rounding": "UP",
        "rounding": "HALF_UP",
        "fees": [{"when": "ROW", "amount": 1}, {"when": "EVENT", "event": "late", "amount": 9}],
    }
    said = _quote(config)
    assert "unused" not in said
    rows = said["rows"][1:]
    # 15 February 2026 is a Sunday and the 16th is closed
    assert [row["date"] for row in rows[:3]] == ["2026-02-17", "2026-03-02", "2026-03-16"]
    assert [row["principal"] for row in rows] == [0, *[1430] * 6, 3420]
    assert rows[0] | {"interest": 0, "fees": 1} == rows[0]
    # 15 and 13 days at 9.9 % on 12,000.00: 48.82 and 42.31
    assert rows[1]["interest"] == Decimal("48.82") + Decimal("42.31")
    assert said["annual_rates"]["us_actuarial"]["unit_period"] == "semimonth"


def test_cases_of_other_lenders_can_be_quoted() -> None:
    lines = (EXAMPLES / "level_payments.jsonl").read_text().splitlines()
    cases = {case["id"]: case for case in (cast(dict[str, Any], parse(line)) for line in lines)}
    for name in ("HM-01", "HM-03", "HM-05"):
        rows = _quote(cases[name]["config"], None)["rows"][1:]
        for row, want in zip(rows, cases[name]["expected"], strict=True):
            assert {key: row[key] for key in want} == want
    fixed = _quote({**cases["FL-02"]["config"], **MONTHS, "decimals": 0, "rounding": "HALF_UP"})
    assert (len(fixed["rows"]), fixed["totals"]["interest"]) == (1 + 22, 22_712)
    bullet = _quote({**cases["OC-04"]["config"], "annual_rate_percent": 6})
    assert bullet["rows"][60]["principal"] == 500_000


def test_what_is_wrong_is_named() -> None:
    plan = {"principal": 1000, **YEAR}
    assert _wrong({**plan, "principal": "10.001"}) == "config.principal: has more than 2 decimals"
    assert _wrong({**plan, "balloon": 2000}).startswith("config.balloon: must be 0 to what")
    assert _wrong({**plan, "fixed_payment": 5}).startswith("config.fixed_payment: does not repay")
    assert _wrong({**plan, "grace_on_principal_periods": 12}).startswith(
        "config.grace_on_principal"
    )
    assert _wrong({**plan, "first_due_date": "2026-01-01"}).startswith("config.first_due_date: due")
    assert _wrong({**plan, "fees": [{"when": "NOW"}]}).startswith("config.fees[0].when: must be on")
    assert _wrong({**plan, "fees": [{"when": "EVENT"}]}).startswith("config.fees[0].event: names")
    assert _wrong({**plan, "fixed_paymen": 90}).startswith("config.fixed_paymen: is unknown; did")
    assert _wrong({**plan, "weekend": [0, 1, 2, 3, 4, 5, 6]}).startswith("config.weekend: must lea")
    assert _wrong({**plan, "day_count": "31/360"}).startswith("config.day_count: must be one of")
    assert _wrong({**plan, "days_in_year": "364"}) == "config.days_in_year: 364 fits no month of 30"
    assert _wrong({**plan, "annual_rate_percent": "1.00001"}).startswith("config.annual_rate_perc")
    assert _wrong(plan, None) == "disbursed_on: is missing"
    assert _wrong({"principal_approved": 5, **MONTHS}).startswith("config.number_of_repayments: is")
    far = {**plan, "frequency": "YEARS", "repay_every": 3000}
    assert _wrong(far).startswith("config.number_of_repayments: the last row falls after")
    assert _wrong({**far, "frequency": "DAYS", "repay_every": 3660, "number_of_repayments": 1200})
    replayed = {**YEAR, "principal_approved": 5, "frequency": "YEARS", "repay_every": 3000}
    assert _wrong(replayed).startswith("config.number_of_repayments: the last row falls after")
    with pytest.raises(FieldError, match="config: must be an object"):
        answer({"config": 3, "disbursed_on": "2026-01-01"})
