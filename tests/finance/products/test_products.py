"""The products are numbers under each country's rules; the figures of the design hold."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from finance.pay_later import offers
from finance.products import CN, REGIMES, installments, product, shelf
from finance.products.installments import GRADE, Installments
from finance.products.page import renewed
from finance.products.pricing import Price
from finance.risk.buyer_case import case_of
from tests.finance.money import yuan

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("grade", "rates"),
    [
        ("A", ["7.36 %", "7.41 %", "7.44 %", "7.46 %"]),
        ("B", ["7.81 %", "7.93 %", "8.00 %", "8.03 %"]),
        ("C", ["8.81 %", "9.07 %", "9.22 %", "9.28 %"]),
        ("D", ["10.84 %", "11.37 %", "11.65 %", "11.74 %"]),
    ],
)
def test_the_price_formula_gives_the_worked_table(grade, rates):
    assert [offers.percent(Price().apr_ppm(grade, n)) for n in (3, 6, 12, 24)] == rates


def test_the_borrower_sees_money_risk_and_service():
    money, risk, service = Price().parts("B", 12)
    assert (money, service) == (45_000, 25_000) and money + risk + service == 79_969


def test_the_preset_costs_what_the_central_bank_wants_to_see():
    found = offers.plans(yuan("3600.00"), CN, DAY)
    assert [offers.percent(plan.apr_ppm) for plan in found] == [
        "8.98 %", "10.21 %", "10.90 %", "11.13 %",
    ]  # fmt: skip
    assert (found[2].payment, found[2].total) == (yuan("318.00"), yuan("3816.00"))
    assert found[2].early == yuan("3618.00")  # one month's fee


def test_a_price_by_grade_makes_equal_installments():
    by_grade = Installments(pricing=GRADE)
    plan = offers.plan(yuan("3600.00"), 12, by_grade, DAY, "A")
    assert plan.agreed.rate_ppm == Price().apr_ppm("A", 12)
    assert offers.percent(plan.apr_ppm) == "7.44 %"
    assert len({row.payment for row in plan.rows[:-1]}) == 1


def test_pay_in_30_and_pay_in_4():
    pay_in_30, pay_in_4 = (product(name, "CN") for name in ("pay_in_30", "pay_in_4"))
    (once,) = offers.plans(yuan("500.00"), pay_in_30, DAY)
    assert [row.due_on for row in once.rows] == [date(2026, 4, 24)]  # 45 days at the latest
    assert offers.in_words(once) == "500.00 30 days after receipt · free of charge"
    (four,) = offers.plans(yuan("1000.01"), pay_in_4, DAY)
    assert [str(row.payment) for row in four.rows] == ["250.00 CNY"] * 3 + ["250.01 CNY"]
    assert [(row.due_on - DAY).days for row in four.rows] == [0, 14, 28, 42]
    assert offers.plans(yuan("99.99"), pay_in_4, DAY) == []
    assert (four.apr_ppm, four.total) == (0, yuan("1000.01"))


def test_every_regime_has_every_product():
    for regime in REGIMES:
        assert [p.name for p in shelf(regime)] == ["pay_in_30", "pay_in_4", "installments"]
    assert product("pay_in_4", "UK").withdraw_days == 14
    assert installments("nowhere") == CN


def test_amounts_follow_the_currency():
    euro = product("pay_in_30", "EU", "EUR")
    assert (euro.amount_max, euro.limits["A"], euro.late.fee) == (38_000, 13_000, 63)
    assert CN.in_units(Fraction(1)).limits == CN.limits


def test_terms_that_were_kept_before_there_were_more_fields_can_still_be_read():
    data = CN.as_data() | {"terms": list(CN.terms)}
    for name in ("pricing", "price", "parts_in_30", "person_limits", "title", "code", "latest"):
        del data[name]
    inputs = {
        "asked": {"amount": 360_000, "months": 12},
        "book": {"used": 0},
        "terms": data,
        "currency": "CNY",
        "features": {},
        "usual_month": 60_000,
    }
    case = case_of(inputs)
    assert case.payment(case.asked) == 31_800


def test_the_page_says_what_is_configured():
    page = (Path(__file__).parents[3] / "docs" / "products.md").read_text()
    assert renewed(page) == page, "run `flask finance products --write docs/products.md`"
