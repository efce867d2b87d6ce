"""The formula's golden numbers, term by term, and what a cap does to them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share.forecast import Outlook
from finance.capital.sales_share.rules import Targets, offer
from finance.capital.term_loan import rules as loan_rules
from finance.capital.terms import CN, SALES_SHARE, TERM_LOAN, terms_of
from finance.lending.life.terms import FLAT
from finance.pricing import formula, setting, tables
from finance.pricing.formula import Costs
from finance.products import installments, line
from finance.products.installments import GRADE
from tests.finance.money import yuan


def shown(rows):
    return {(row.term, row.grade): tables.percent(row.price.apr_ppm) for row in rows}


def test_every_term_of_grade_c_over_twelve_months():
    # 4.5 + 1.0 + 1.5 + 2 % · 60 % / (13/24) = 9.2154 %
    price = replace(installments("CN"), pricing=GRADE)
    found = tables.of_plan(price, "C", 12)
    assert (found.funding, found.service, found.margin) == (45_000, 10_000, 15_000)
    assert found.risk == 22_154 and found.apr_ppm == 92_154
    assert sum(ppm for _, ppm in found.lines()) == found.apr_ppm
    assert found.three() == (45_000, 22_154, 25_000)


def test_the_table_of_the_design_for_every_grade_and_term():
    rows = shown(tables.plans(replace(installments("CN"), pricing=GRADE)))
    worked = {
        "A": ("7.36 %", "7.41 %", "7.44 %", "7.46 %"),
        "B": ("7.81 %", "7.93 %", "8.00 %", "8.03 %"),
        "C": ("8.81 %", "9.07 %", "9.22 %", "9.28 %"),
        "D": ("10.84 %", "11.37 %", "11.65 %", "11.74 %"),
    }
    for grade, rates in worked.items():
        assert tuple(rows[f"{n} months", grade] for n in (3, 6, 12, 24)) == rates


def test_a_price_that_is_set_says_what_it_asks_above_the_formula():
    # flat 0.5 % a month over twelve months is 10.90 % a year: 3.45 % above A, 0.75 % below D
    assert installments("CN").pricing == FLAT
    for_a = tables.of_plan(installments("CN"), "A", 12)
    for_d = tables.of_plan(installments("CN"), "D", 12)
    assert tables.percent(for_a.apr_ppm) == tables.percent(for_d.apr_ppm) == "10.90 %"
    assert (tables.percent(for_a.preset), tables.percent(for_d.preset)) == ("3.45 %", "−0.76 %")


def test_a_campaign_pays_it_all():
    found = tables.of_plan(installments("CN"), "B", 12, sponsored=True)
    assert found.apr_ppm == 0 and found.campaign == -(found.formula_ppm + found.preset)
    assert found.three() == (0, 0, 0)


def test_a_formula_above_the_cap_is_lowered_to_it():
    dear = Costs(funding_ppm=200_000, service_ppm=30_000, margin_ppm=20_000, loss_ppm=600_000)
    risk = dear.risk(100_000, Fraction(1), formula.equal_parts(12))
    assert risk == 110_769  # 10 % · 60 % · 24/13
    found = formula.worked_out(dear, risk, 240_000)
    assert (found.formula_ppm, found.cap, found.apr_ppm) == (360_769, -120_769, 240_000)
    assert found.three() == (200_000, 40_000, 0)  # service first, then risk


def test_the_term_loan_by_formula_is_a_whole_rate_a_day():
    terms = terms_of("EU", "EUR").term_loan
    found = loan_rules.breakdown("A", 4_000, 12, terms)
    assert found.formula_ppm == 74_431 and found.apr_ppm == 74_431 // 365 * 365 == 74_095
    assert found.rounding == -336 and loan_rules.daily_ppm("A", 4_000, 12, terms) == 203


@pytest.mark.parametrize(
    ("pd_ppm", "price", "daily"),
    [(20_000, "preset", 500), (20_000, "formula", 300), (900_000, "formula", 500)],
)
def test_an_order_advance_costs_between_least_and_most_a_day(pd_ppm, price, daily):
    terms = replace(CN.order_advance, price=price)
    assert order_rules.daily_ppm(pd_ppm, terms) == daily


def test_an_order_advance_by_formula_between_them():
    # PD 30 % a year: 30 days of it 2.889 %, 15 % lost of that a month of twelve: 5.27 % a year
    terms = replace(CN.order_advance, price="formula")
    found = order_rules.breakdown(300_000, terms)
    risk = found.risk
    assert 52_600 < risk < 52_800 and found.preset == 0
    assert order_rules.daily_ppm(300_000, terms) == (70_000 + risk) // 365 == 336


def test_a_sales_share_by_formula_stays_under_its_target():
    outlook = Outlook(Fraction(260_000), (1_000_000,) * 12, 1_200_000, 800_000, 900_000)
    by_formula = replace(CN.sales_share, price="formula")
    set_price = offer(yuan("100000.00"), 150_000, outlook, "C", CN.sales_share, 20_000)
    assert (str(set_price.fee), set_price.days) == ("8000.00 CNY", 277)
    found = offer(yuan("100000.00"), 150_000, outlook, "C", by_formula, 20_000)
    target = Targets("C", 20_000, by_formula).at(found.days)
    # 7 % + PD over 0.73 years · 60 % / (1/2 · 0.73) = about 9.4 %
    assert 94_000 < target < 94_400 and found.apr_ppm <= target
    assert found.fee < set_price.fee
    grade_e = offer(yuan("100000.00"), 150_000, outlook, "E", by_formula, 100_000)
    assert grade_e is None


def test_a_setting_goes_into_the_terms_and_comes_out_again():
    for product in setting.SELLERS:
        for regime in ("CN", "UK"):
            terms = terms_of(regime, "GBP")
            by = setting.of_terms(terms, product)
            assert setting.on_terms(terms, product, by) == terms
    plan, credit = installments("EU"), line("CN")
    assert setting.on_installments(plan, setting.of_installments(plan)) == plan
    assert setting.on_line(credit, setting.of_line(credit)) == credit


def test_every_price_in_every_country_is_within_its_cap():
    for regime in ("CN", "EU", "UK", "US", "IN"):
        terms = terms_of(regime)
        rows = [*tables.plans(installments(regime))]
        for product in setting.SELLERS:
            rows += tables.of_sellers(terms, product)
        assert all(0 < row.price.apr_ppm <= row.price.cap_ppm for row in rows)
    assert len(tables.of_sellers(CN, TERM_LOAN)) == 9
    assert [row.grade for row in tables.of_sellers(CN, SALES_SHARE)] == list("ABCD")
