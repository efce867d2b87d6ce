"""What a shopper reads of a price: the rate the rules want, its three parts, and who sponsors it."""

from datetime import timedelta

import pytest

from core import clock
from finance.contracts import consents
from finance.pay_later.method import PayLater
from mall.ports.payment_methods import CheckoutToPay, OrderToPay
from tests.factories.campaigns import make_campaign
from tests.factories.goods import make_product
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.finance.money import yuan
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer


@pytest.fixture
def union(app, monkeypatch):
    monkeypatch.setitem(app.config, "MALL_REGIME", "EU")


def offers(buyer):
    order = OrderToPay("", make_seller().id, yuan("3600.00"), ())
    checkout = CheckoutToPay("", buyer.id, yuan("3600.00"), START, (order,))
    with clock.travel(START):
        return {offer.key: offer for offer in PayLater().offers(checkout)}


def test_china_reads_the_monthly_rate_and_its_three_parts(db):
    offer = offers(make_regular_buyer())["pay_later:12"]
    assert "APR 10.90 %" in offer.summary and 108_900 < offer.apr_ppm < 109_100
    words = dict(offer.facts)["Of 10.90 % (12 × the rate a month)"]
    assert words.startswith("4.50 % money, ") and words.endswith(" service")
    parts = [part.split()[0] for part in words.split(", ")]
    assert sum(int(part.replace(".", "")) for part in parts) in (1089, 1090, 1091)


def test_the_union_reads_the_effective_rate_in_rows_and_key_facts_alike(db, union):
    offer = offers(make_regular_buyer())["pay_later:12"]
    shown = f"{offer.apr_ppm / 10_000:.2f} %"
    assert f"APR {shown}" in offer.summary
    # by grade: 7.44 % to 11.65 % nominal, a little more with compounding
    assert 75_000 < offer.apr_ppm < 124_000
    hint = PayLater().hint(None, yuan("3600.00"))
    assert "APR 12.2" in hint or "APR 12.3" in hint  # grade D: (1 + 11.65 % / 12)^12 − 1 = 12.29 %


def test_the_page_of_the_goods_names_the_shop_that_pays(client, db):
    seller = make_seller("Kettle House")
    product = make_product(seller, "900.00")
    make_campaign(seller.id, clock.today(), tenors=(3, 6))
    page = client.get(f"/p/{product.slug}").text
    assert "Interest-free in 3 or 6 parts" in page and "Kettle House pays the fee" in page
    with clock.travel(clock.now() + timedelta(days=40)):
        assert "Interest-free" not in client.get(f"/p/{product.slug}").text


def test_who_is_held_out_or_not_scored_never_reads_of_it(client, db):
    seller, shopper = make_seller(), make_shopper()
    product = make_product(seller, "900.00")
    make_campaign(seller.id, clock.today(), tenors=(3,))
    sign_in(client, shopper)
    assert "Interest-free" in client.get(f"/p/{product.slug}").text
    consents.revoke("buyer", shopper.id, "scoring")
    assert "Interest-free" not in client.get(f"/p/{product.slug}").text
