"""Two admins change a price: what it does, what is refused, and what decisions keep of it."""

import threading
from dataclasses import replace

import pytest

from core.db import db as database
from core.errors import DomainError, InvalidInput, NotFound
from finance.pricing import current, of_decision, versions
from finance.pricing.setting import ALL, FORMULA
from finance.risk import buyer
from finance.risk.models import Decision
from tests.factories.people import make_admin, make_shopper, sign_in
from tests.finance.money import yuan
from tests.finance.pricing.agreeing import agree

HERE = ("CN", "CNY")


def test_two_agree_on_a_monthly_fee_and_the_next_decision_says_so(db):
    before = current.of_product("installments", *HERE)
    agree("installments", replace(before, prices={ALL: 4_000}))
    assert buyer.terms().monthly_fee_ppm == 4_000
    shopper = make_shopper()
    _, decision = buyer.decide_buyer(shopper.id, yuan("1200.00"), 12)
    assert decision.inputs["price_version"] == 1
    found = of_decision.priced(decision)
    # 0.4 % flat a month is 8.75 % a year over twelve months
    assert (found.length, found.version) == ("12 months", 1)
    assert 87_000 < found.price.apr_ppm < 88_000


def test_by_grade_where_two_agreed_on_the_formula(db):
    before = current.of_product("installments", *HERE)
    agree("installments", replace(before, how=FORMULA))
    shopper = make_shopper()
    outcome, decision = buyer.decide_buyer(shopper.id, yuan("1200.00"), 12)
    price = of_decision.priced(decision).price
    assert price.preset == 0 and price.apr_ppm == buyer.terms().rate_ppm(12, outcome.grade)


def test_nobody_decides_on_what_they_proposed(db):
    one = make_admin()
    made = propose(by=one)
    with pytest.raises(versions.SamePerson):
        versions.decide(made.id, yes=True, by=one.id)
    with pytest.raises(versions.ProposedAlready):
        propose(by=make_admin())
    versions.decide(made.id, yes=False, by=make_admin().id)
    with pytest.raises(versions.DecidedBefore):
        versions.decide(made.id, yes=True, by=make_admin().id)
    assert current.numbers(*HERE) == {}


def test_a_price_above_the_cap_is_refused(db):
    before = current.of_product("installments", *HERE)
    with pytest.raises(versions.AboveTheCap) as refusal:
        agree("installments", replace(before, prices={ALL: 12_000}))  # 1.2 % a month: Baitiao's
    assert "6 months, grade A: 24.28 %" in str(refusal.value)
    with pytest.raises(InvalidInput):
        agree("installments", replace(before, cap_ppm=250_000))  # CN: 24 %
    with pytest.raises(NotFound):
        agree("mall_credit", before, regime="US")  # not sold there


def test_a_formula_above_the_cap_is_lowered(db):
    before = current.of_product("installments", *HERE)
    agree("installments", replace(before, how=FORMULA, funding_ppm=230_000))
    assert buyer.terms().rate_ppm(12, "D") == 240_000
    assert {row.price.apr_ppm for row in versions.rows_of("installments", *HERE)} == {240_000}


def test_sellers_terms_follow(db):
    before = current.of_product("order_advance", *HERE)
    agree("order_advance", replace(before, prices={ALL: 400}))
    assert current.terms(*HERE).order_advance.daily_ppm == 400
    assert current.terms("EU", "EUR").order_advance.daily_ppm == 500


def test_two_press_agree_at_once(committed_app):
    with committed_app.app_context():
        made, people = propose(by=make_admin()), [make_admin().id for _ in range(2)]
        database.session.commit()
        id = made.id
    said, gate = [], threading.Barrier(2)

    def press(admin_id):
        with committed_app.app_context():
            gate.wait(20)
            try:
                said.append(versions.decide(id, yes=True, by=admin_id).number)
            except DomainError as refusal:
                said.append(type(refusal).__name__)

    threads = [threading.Thread(target=press, args=(admin,)) for admin in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(map(str, said)) == ["1", "DecidedBefore"]


def test_the_pages_show_every_term_and_take_a_change(client, db):
    one, two = make_admin(), make_admin()
    sign_in(client, one)
    page = client.get("/admin/lending/prices").text
    assert "Pay in parts (B3)" in page and "10.90 %" in page and "18.25 %" in page
    assert "Sales share (S3)" in client.get("/admin/lending/prices?regime=UK&currency=GBP").text
    assert client.get("/admin/lending/prices?regime=XX").status_code == 404
    form = client.get("/admin/lending/prices/order_advance").text
    assert 'value="0.05"' in form
    sent = {
        "how": "preset", "funding_ppm": "4.5", "service_ppm": "1", "margin_ppm": "1.5",
        "loss_ppm": "15", "cap_ppm": "24", "price": "0.04", "why": "Money is cheaper.",
    }  # fmt: skip
    path = "/admin/lending/prices/order_advance"
    assert client.post(path, data=sent | {"price": "0.09"}).status_code == 422  # 32.85 % a year
    assert client.post(path, data=sent).status_code == 303
    (made,) = versions.waiting(*HERE)
    assert "You proposed it" in client.get("/admin/lending/prices").text
    sign_in(client, two)
    answer = client.post(f"/admin/lending/prices/changes/{made.id}/grant")
    assert answer.status_code == 303 and current.numbers(*HERE) == {"order_advance": 1}
    assert "14.60 %" in client.get("/admin/lending/prices").text


def test_a_decisions_page_shows_what_it_was_priced_with(client, db):
    _, decision = buyer.decide_buyer(make_shopper().id, yuan("1200.00"), 12)
    sign_in(client, make_admin())
    page = client.get(f"/admin/lending/applications/{decision.id}").text
    assert "Priced with" in page and "Expected loss: PD × LGD" in page and "10.90 %" in page
    assert database.session.get_one(Decision, decision.id).inputs["price_version"] == 0


def test_a_shoppers_own_page_says_what_the_rate_pays_for(client, db):
    shopper = make_shopper()
    _, decision = buyer.decide_buyer(shopper.id, yuan("1200.00"), 12)
    sign_in(client, shopper)
    page = client.get(f"/account/credit/decisions/{decision.id}").text
    assert "10.90 % a year: 4.50 % money, " in page


def propose(*, by):
    wanted = current.of_product("order_advance", *HERE)
    return versions.propose("order_advance", *HERE, wanted, why="As it was.", by=by.id)
