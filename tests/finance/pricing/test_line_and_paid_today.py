"""The line (B4) and “paid today” (S4) by the formula: its numbers, its caps, and what keeps its price."""

from dataclasses import replace

import pytest

from core import clock
from core.db import get
from finance.capital import queries
from finance.capital import services as capital
from finance.capital.early_settlement import rules as s4
from finance.capital.opening import Drawn
from finance.capital.terms import CN, PAID_TODAY, REGIMES, Terms
from finance.credit_line.method import MallCredit
from finance.credit_line.opening import offered
from finance.pricing import current, of_decision, tables, versions
from finance.pricing.setting import FORMULA
from finance.products import line
from finance.products.line import NAME, Line
from finance.risk import replaying
from finance.risk.models import Decision
from mall.ports.payment_methods import CheckoutToPay, OrderToPay
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.lines import draw, make_line
from tests.factories.orders import assert_clean
from tests.factories.people import make_seller
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer
from tests.finance.pricing.agreeing import agree

HERE = ("CN", "CNY")


def by_formula(product):
    before = current.of_product(product, *HERE)
    return agree(product, replace(before, how=FORMULA))


def test_the_line_by_hand():
    # A: 4.5 + 1.0 + 1.5 + 0.4 % · 60 % = 7.24 % a year, 198 whole millionths a night
    found = line("EU").breakdown("A")
    assert (found.formula_ppm, found.risk, found.rounding) == (72_400, 2_400, -130)
    assert found.apr_ppm == 198 * 365 == sum(ppm for _, ppm in found.lines())
    assert found.three() == (45_000, 2_400, 24_870)
    nights = [line("EU").priced(grade).daily_ppm for grade in "ABC"]
    assert nights == [198, 206, 224]  # 7.24, 7.54, 8.20 % a year
    assert line("CN").breakdown("A").apr_ppm == 182_500  # as set: 0.05 % a night


def test_a_line_that_has_its_price_keeps_it_and_no_night_costs_more_than_the_most():
    mine = line("EU").priced("A")
    assert mine.priced("C") == mine and mine.breakdown("C") == mine.breakdown("A")
    low = replace(line("EU"), daily_ppm=200)
    assert [low.priced(grade).daily_ppm for grade in "AC"] == [198, 200]
    assert low.breakdown("C").preset == 200 * 365 - 82_000
    assert Line.from_data(mine.as_data()) == mine
    old = line("CN").as_data()
    del old["pricing"], old["grade"]  # of a line opened before there was a choice
    assert Line.from_data(old) == line("CN")


def test_paid_today_by_hand():
    # 7 days at 2 % a year: 0.0387 % · 15 % / (7/365) = 0.30 %; 7.30 % a year
    terms = replace(CN.paid_today, price="formula")
    found = s4.breakdown(20_000, terms)
    assert (found.formula_ppm, found.risk) == (73_030, 3_030)
    quote = s4.quote(yuan("1000.00"), yuan("1000.00"), terms, 20_000)
    # 199 millionths a day of 900.00 for 7 days: 1.25, taken at once
    assert (str(quote.fee), str(quote.now)) == ("1.25 CNY", "898.75 CNY")
    assert quote.apr_ppm == found.apr_ppm <= found.formula_ppm
    # as set it asks nothing of the shop
    assert {
        str(s4.quote(yuan("1000.00"), yuan("1000.00"), CN.paid_today, pd).fee) for pd in (0, 90_000)
    } == {"2.52 CNY"}
    dear = [s4.daily_ppm(pd, terms) for pd in (0, 20_000, 103_000, 900_000)]
    assert dear == sorted(dear) and dear[-1] <= terms.daily_ppm


@pytest.mark.parametrize("cap", [50_000, 60_000, 240_000])
def test_a_cap_is_a_cap_of_what_the_fee_costs_a_year(cap):
    terms = replace(CN.paid_today, price="formula", apr_cap_ppm=cap, daily_min_ppm=0)
    for pd in (4_000, 103_000, 1_000_000):
        quote = s4.quote(yuan("1000000.00"), yuan("1000000.00"), terms, pd)
        assert quote.apr_ppm <= cap
        assert s4.breakdown(pd, terms).apr_ppm <= cap


def test_nothing_sold_anywhere_is_above_its_cap(db):
    for regime in REGIMES:
        for product in (NAME, PAID_TODAY):
            for row in versions.rows_of(product, regime, "CNY"):
                assert row.price.apr_ppm <= row.price.cap_ppm
                assert sum(ppm for _, ppm in row.price.lines()) == row.price.apr_ppm


def test_an_open_line_keeps_its_price_and_the_next_one_is_by_grade(db):
    with clock.travel(START):
        first, second = make_regular_buyer(6), make_regular_buyer(6)
        mine = make_line(first)
        by_formula(NAME)
        assert (mine.daily_ppm, draw(first, "100.00", make_seller()).terms["rate_ppm"]) == (
            500,
            500,
        )
        theirs = make_line(second)
        decision = get(Decision, theirs.decision_id)
        night = line("EU").priced(decision.grade).daily_ppm
        assert (theirs.daily_ppm, decision.inputs["price_version"]) == (night, 1)
        loan = draw(second, "100.00", make_seller())
        assert (loan.terms["rate_ppm"], loan.apr_ppm) == (night, night * 365)
        # every term for the admin, of the opening and of the purchase, then and now
        before, after = (
            of_decision.priced(get(Decision, mine.decision_id)),
            of_decision.priced(decision),
        )
        assert (before.price.apr_ppm, before.price.preset > 0) == (182_500, True)
        assert (after.price.apr_ppm, after.price.preset) == (night * 365, 0)
        drawn = of_decision.priced(get(Decision, loan.decision_id))
        assert drawn.price == after.price
        told = replaying.replay(replaying.every())
        assert told.count > 3 and told.different == []


def test_an_order_paid_before_keeps_its_fee_and_its_decision_its_terms(db):
    seller = make_steady_seller()
    first, second = ship_orders(seller, 2)
    advances = []
    for order in (first, second):
        answer = capital.sell_order(seller.id, order.number, key=order.number)
        assert isinstance(answer, Drawn)
        advances.append(queries.advance_numbered(answer.number))
        if order is first:
            by_formula(PAID_TODAY)
    kept, by_grade = (get(Decision, advance.decision_id) for advance in advances)
    assert (advances[0].fee, kept.inputs["price_version"]) == (252, 0)
    daily = s4.daily_ppm(by_grade.pd_ppm, Terms.from_data(by_grade.inputs["terms"]).paid_today)
    assert advances[1].fee == yuan("900.00").ppm(daily * 7).minor < 252
    assert of_decision.priced(kept).price.preset > 0
    priced = of_decision.priced(by_grade).price
    assert (priced.preset, priced.cap, advances[1].apr_ppm) == (0, 0, priced.apr_ppm)
    assert replaying.replay(replaying.every()).different == []
    assert_clean()


def test_who_opens_or_uses_the_line_reads_three_parts(db):
    with clock.travel(START):
        by_formula(NAME)
        shopper = make_regular_buyer(6)
        said = offered(shopper.id).pays_for
        assert said.startswith("4.50 % money, ") and said.endswith(" service")
        opened = make_line(shopper)
        order = OrderToPay("", make_seller().id, yuan("100.00"), ())
        (offer,) = MallCredit().offers(
            CheckoutToPay("", shopper.id, yuan("100.00"), START, (order,))
        )
        year = tables.percent(opened.daily_ppm * 365)
        assert dict(offer.facts)[f"Of {year} a year of what is left"] == said
