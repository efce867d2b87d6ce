"""A campaign's budget, who sees it, and what it brings."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput, NotFound
from finance.campaigns import queries, services
from finance.campaigns.rules import is_held_out, measured
from finance.loans.models import Loan
from finance.pay_later.method import PayLater
from mall.ports.payment_methods import CheckoutToPay, OrderToPay
from tests.factories.campaigns import make_campaign
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, place_and_pay, put_in_cart, yuan
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer
from tests.stories.cast import make_shop


def keys(buyer, seller, product, total="3600.00", on=START):
    """What the page offers for one product."""
    order = OrderToPay("", seller.id, yuan(total), (product.id,))
    checkout = CheckoutToPay("", buyer.id, yuan(total), on, (order,))
    with clock.travel(on):
        return [offer.key for offer in PayLater().offers(checkout)]


@pytest.fixture
def stage(db):
    seller = make_shop()
    return make_regular_buyer(), seller, make_product(seller, "3600.00", stock=9)


def test_it_replaces_the_plan_it_pays_for_and_leaves_the_others(db, stage):
    buyer, seller, product = stage
    campaign = make_campaign(seller.id, START)
    assert f"pay_later:6:{campaign.number}" in keys(buyer, seller, product)
    assert "pay_later:6" not in keys(buyer, seller, product)
    assert "pay_later:12" in keys(buyer, seller, product)
    late = START + timedelta(31)
    assert "pay_later:6" in keys(buyer, seller, product, on=late)


@pytest.mark.parametrize(
    "changes",
    [
        {"per_order_cap": yuan("107.99")},
        {"budget": yuan("107.99"), "per_order_cap": yuan("107.99")},
        {"product_ids": (1,)},
        {"hold_out_ppm": 500_000, "title": "held out"},
    ],
)
def test_who_is_not_covered_sees_the_usual_plan(db, stage, changes, monkeypatch):
    buyer, seller, product = stage
    monkeypatch.setattr(services, "is_held_out", lambda n, p, ppm: ppm > 0)
    make_campaign(seller.id, START, **changes)
    assert "pay_later:6" in keys(buyer, seller, product)


def test_or_pays_now_when_the_campaign_says_so(db, stage):
    buyer, seller, product = stage
    make_campaign(seller.id, START, per_order_cap=yuan("1.00"), fallback="paynow")
    assert not [key for key in keys(buyer, seller, product) if key.startswith("pay_later:6")]


def test_a_paused_campaign_covers_nobody_and_an_ended_one_stays_so(db, stage):
    buyer, seller, product = stage
    campaign = make_campaign(seller.id, START)
    services.move(campaign.number, seller.id, "paused")
    assert "pay_later:6" in keys(buyer, seller, product)
    services.move(campaign.number, seller.id, "running")
    services.move(campaign.number, seller.id, "ended")
    with pytest.raises(Conflict, match="ended cannot become running"):
        services.move(campaign.number, seller.id, "running")


def test_one_order_cannot_cost_more_than_the_budget(db, stage):
    with pytest.raises(InvalidInput, match="more than the whole budget"):
        make_campaign(stage[1].id, clock.today(), budget=yuan("1.00"))


def test_the_last_of_a_budget_is_spent_once_by_eight_at_once(committed_app):
    """One fee of 108.00 is left, and eight shoppers press at the same time."""
    with committed_app.app_context():
        seller_id = make_shop().id
        number = make_campaign(
            seller_id, START, budget=yuan("108.00"), per_order_cap=yuan("108.00")
        ).number
        db.session.remove()
    start = Barrier(8)

    def press(n):
        order = (f"O-{n}", seller_id, yuan("3600.00"))
        with committed_app.app_context():
            start.wait()
            try:
                return services.promise(f"L-{n}", order, yuan("108.00"), number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(press, range(8))).count(True) == 1
    with committed_app.app_context():
        assert queries.view(number, seller_id).campaign.spent == 10_800


def test_an_order_that_comes_too_late_for_the_budget_is_refused_whole(db, stage):
    buyer, seller, product = stage
    campaign = make_campaign(seller.id, START, budget=yuan("108.00"), per_order_cap=yuan("108.00"))
    for number in range(2):
        other = make_regular_buyer() if number else buyer
        put_in_cart(other, product)
        with clock.travel(START):
            if number:
                with pytest.raises(NotFound, match="no such plan"):
                    place_and_pay(other, offer_key=f"pay_later:6:{campaign.number}")
            else:
                place_and_pay(other, offer_key=f"pay_later:6:{campaign.number}")
    assert campaign.spent == 10_800
    assert_clean()


def test_the_same_people_are_always_held_out_and_about_as_many_as_said():
    held = [is_held_out("K-1", person, 100_000) for person in range(10_000)]
    assert held == [is_held_out("K-1", person, 100_000) for person in range(10_000)]
    assert 900 < sum(held) < 1_100


def test_the_return_is_what_the_treated_bought_beyond_the_held_out():
    """Nine see it and buy 100.00 each, one does not and buys 60.00: 540.00 would have come anyway."""
    sales = [(False, 10_000)] * 9 + [(True, 6_000)]
    found = measured(sales, 100_000, 5_000)
    assert (found.treated, found.expected, found.extra) == (90_000, 54_000, 36_000)
    assert found.per_unit_ppm == 7_200_000
    margin = found.high - found.extra
    assert found.low == found.extra - margin and margin == 121_075
    assert measured(sales, 0, 5_000) is None


def test_the_seller_reads_what_it_brings(db, stage, monkeypatch):
    buyer, seller, product = stage
    monkeypatch.setattr(queries, "is_held_out", lambda n, p, ppm: False)
    campaign = make_campaign(seller.id, START, hold_out_ppm=100_000)
    monkeypatch.setattr(services, "is_held_out", lambda n, p, ppm: False)
    put_in_cart(buyer, product)
    with clock.travel(START):
        place_and_pay(buyer, offer_key=f"pay_later:6:{campaign.number}")
    view = queries.view(campaign.number, seller.id)
    assert (view.orders, view.brought.treated) == (1, 360_000)
    assert (view.campaign.spent, view.left) == (10_800, yuan("19892.00"))


def _two_shops(db):
    """2,400.00 of one shop and 1,200.00 of another in one basket."""
    buyer, shops = make_regular_buyer(), (make_shop("Phone House"), make_shop("Case House"))
    goods = [
        make_product(shop, price, stock=9)
        for shop, price in zip(shops, ("2400.00", "1200.00"), strict=True)
    ]
    orders = tuple(
        OrderToPay("", shop.id, yuan(total), (product.id,))
        for shop, total, product in zip(shops, ("2400.00", "1200.00"), goods, strict=True)
    )
    return buyer, shops, goods, CheckoutToPay("", buyer.id, yuan("3600.00"), START, orders)


def test_each_shop_pays_for_its_part_of_a_basket_of_two(db):
    """Six months of 3,600.00 cost 108.00: 72.00 of the one shop's budget, 36.00 of the other's."""
    buyer, shops, goods, checkout = _two_shops(db)
    mine = [make_campaign(shop.id, START) for shop in shops]
    with clock.travel(START):
        assert "pay_later:6:shops" in [offer.key for offer in PayLater().offers(checkout)]
        for product in goods:
            put_in_cart(buyer, product)
        place_and_pay(buyer, offer_key="pay_later:6:shops")
    assert [campaign.spent for campaign in mine] == [7_200, 3_600]
    loan = db.session.scalars(select(Loan).where(Loan.borrower_id == buyer.id)).one()
    assert [(row.principal, row.fee) for row in loan.rows] == [(60_000, 0)] * 6
    assert_clean()


def test_a_basket_is_not_free_when_one_of_its_shops_pays_for_nothing(db):
    _, shops, _, checkout = _two_shops(db)
    make_campaign(shops[0].id, START)
    with clock.travel(START):
        found = [offer.key for offer in PayLater().offers(checkout)]
    assert "pay_later:6" in found and not any(":shops" in key or ":K-" in key for key in found)
