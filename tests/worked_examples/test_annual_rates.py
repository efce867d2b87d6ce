"""Published annual rates come out to the printed digit."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from finance.lending import methods, rate_question
from finance.lending.calendar import add_months
from finance.lending.methods import Dated, Timed
from finance.lending.replay.text import parse
from finance.lending.unit_periods import UnitPeriod

CASES = Path(__file__).parent / "annual_rates.jsonl"


READ: list[dict[str, Any]] = [
    cast(dict[str, Any], parse(line)) for line in CASES.read_text().splitlines()
]
US = [case for case in READ if "unit_period" in case["input"]]


def _name(case: dict[str, Any]) -> str:
    return str(case["id"])


@pytest.mark.parametrize("case", READ, ids=_name)
def test_a_collected_case(case: dict[str, Any]) -> None:
    got = rate_question.answer(case["input"])
    gap = abs(Fraction(cast(Decimal, got["percent"])) - Fraction(str(case["expected_percent"])))
    assert gap <= Fraction(str(case["tolerance"]))


@pytest.mark.parametrize("case", US, ids=_name)
def test_the_unit_period_is_found_by_itself(case: dict[str, Any]) -> None:
    asked = dict(case["input"])
    told = asked.pop("unit_period")
    assert rate_question.answer(asked)["unit_period"] == told


def _monthly(first: date, count: int, amount: str, every: int = 1) -> list[Dated]:
    return [Dated(add_months(first, every * n), -Fraction(amount)) for n in range(count)]


def _daily(first: date, count: int, amount: str, every: int) -> list[Dated]:
    return [Dated(first + timedelta(every * n), -Fraction(amount)) for n in range(count)]


def _lent(on: date, amount: int) -> list[Dated]:
    return [Dated(on, Fraction(amount))]


def _paid(on: date, amount: str) -> list[Dated]:
    return [Dated(on, -Fraction(amount))]


JAN_10, MAR_10, NOV_30 = date(1978, 1, 10), date(1978, 3, 10), date(2023, 11, 30)
# 12 CFR 1026 appendix J (c); "extra" from the public tests of simontreanor/FSharp.Finance.Personal
APPENDIX_J: list[tuple[str, list[Dated], str, str]] = [
    (
        "(c)(1)(ii) long first period",
        _lent(date(1978, 2, 10), 6000) + _monthly(date(1978, 4, 1), 36, "200"),
        "month x1",
        "11.82",
    ),
    (
        "(c)(1)(v) weekly, long first period",
        _lent(date(1978, 3, 20), 500) + _daily(date(1978, 4, 21), 30, "17.60", 7),
        "week x1",
        "14.96",
    ),
    (
        "(c)(2)(i) irregular first payment",
        _lent(JAN_10, 5000) + _paid(date(1978, 2, 10), "250") + _monthly(MAR_10, 23, "230"),
        "month x1",
        "10.08",
    ),
    (
        "(c)(2)(ii) every four weeks",
        _lent(date(1978, 3, 18), 400)
        + _paid(date(1978, 4, 20), "39.50")
        + _daily(date(1978, 5, 18), 11, "38.31", 28),
        "week x4",
        "28.50",
    ),
    (
        "(c)(3)(i) irregular last payment",
        _lent(JAN_10, 5000)
        + _monthly(date(1978, 2, 10), 23, "230")
        + _paid(date(1980, 1, 10), "280"),
        "month x1",
        "10.50",
    ),
    (
        "(c)(3)(ii) every two weeks, short first period",
        _lent(date(1978, 4, 3), 200)
        + _daily(date(1978, 4, 11), 19, "9.50", 14)
        + _paid(date(1979, 1, 2), "30"),
        "week x2",
        "12.22",
    ),
    (
        "(c)(4)(i) irregular first and last payment",
        _lent(JAN_10, 5000)
        + _paid(date(1978, 2, 10), "250")
        + _monthly(MAR_10, 22, "230")
        + _paid(date(1980, 1, 10), "280"),
        "month x1",
        "10.90",
    ),
    (
        "(c)(5)(i) one payment after 255 days",
        _lent(date(1978, 1, 3), 1000) + _paid(date(1978, 9, 15), "1080"),
        "day x255",
        "11.45",
    ),
    (
        "extra: quarterly, shorter first period",
        _lent(date(1978, 6, 23), 10000) + _monthly(date(1978, 10, 1), 40, "385", 3),
        "month x3",
        "9.15",
    ),
    (
        "extra: weekly, long first period",
        _lent(date(2023, 10, 28), 1000) + _daily(NOV_30, 5, "250", 7),
        "week x1",
        "176.52",
    ),
    (
        "extra: weekly, first period one week",
        _lent(date(2023, 11, 23), 1000) + _daily(NOV_30, 5, "250", 7),
        "week x1",
        "412.40",
    ),
    (
        "extra: yearly",
        _lent(date(2023, 10, 26), 1000) + _monthly(NOV_30, 5, "500", 12),
        "month x12",
        "78.34",
    ),
]


@pytest.mark.parametrize(("flows", "unit", "percent"), [row[1:] for row in APPENDIX_J],
                         ids=[row[0] for row in APPENDIX_J])  # fmt: skip
def test_an_example_of_appendix_j(flows: list[Dated], unit: str, percent: str) -> None:
    rate = methods.us_actuarial(flows)
    assert rate.unit_period == UnitPeriod.parse(unit)
    assert str(rate.shown) == percent


def _months(*flows: tuple[int, str]) -> list[Timed]:
    return [Timed(Fraction(amount), months=Fraction(month)) for month, amount in flows]


def test_the_examples_of_directive_98_7() -> None:
    """Annex II: two yearly payments of 600; 272, 272 and 544 after 3, 6 and 12 months."""
    yearly = _months((0, "1000"), (12, "-600"), (24, "-600"))
    assert round(methods.effective(yearly).percent, 2) == Decimal("13.07")
    uneven = _months((0, "1000"), (3, "-272"), (6, "-272"), (12, "-544"))
    assert round(methods.effective(uneven).percent, 2) == Decimal("13.19")


def test_the_illustration_of_the_key_facts_statement() -> None:
    """RBI circular of 15 April 2024: 20,000 less fees of 400, 24 × 969.73: 17.07 %."""
    flows = _months((0, "19600"), *[(month, "-969.73") for month in range(1, 25)])
    rate = methods.monthly_nominal(flows)
    assert rate.shown == Decimal("17.07")
    assert round(rate.effective, 2) == Decimal("18.47")
