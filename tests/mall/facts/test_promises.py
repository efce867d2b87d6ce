"""What is kept with an order, of prices, and of charges, as it is published for scoring."""

from typing import Any

from sqlalchemy import text

from core import clock
from core.db import db as database
from finance.risk.features import postgres
from mall.catalog import services as catalog
from mall.facts import published
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.sellers import services as sellers
from mall.sellers.models import Seller
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    make_order,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
)
from tests.factories.people import make_seller, make_shopper


def rows(name: str, where: str, **binds: Any) -> list[Any]:
    query = f"select * from ({published.sql_of(name)}) r where {where}"
    return list(database.session.execute(text(query), binds))


def tomorrow(subject: str, id: int) -> dict[str, Any]:
    return postgres.compute(subject, id, clock.day_number(clock.now()) + 1) or {}


def shop_in(city: str, region: str) -> Seller:
    seller = make_seller()
    sellers.change_profile(seller.id, city=city, region=region)
    return seller


def buy(buyer: Any, seller: Seller, shipping: str) -> Order:
    put_in_cart(buyer, make_product(seller))
    return orders_of_answer(place_and_pay(buyer, shipping=shipping))[0]


def test_an_order_knows_what_was_promised(db: Any) -> None:
    buyer, here = make_shopper(), shop_in(" hangzhou", "Zhejiang")
    far, unknown = shop_in("Beijing", "Beijing"), shop_in("", "")
    made = [
        buy(buyer, *each) for each in ((here, "standard"), (far, "express"), (unknown, "pickup"))
    ]
    assert [(o.near, o.promised_days) for o in made] == [(True, 3), (False, 2), (None, None)]
    first = made[0]
    assert first.ship_by and first.deliver_by and (first.deliver_by - first.ship_by).days == 3
    assert made[2].deliver_by is None
    move(first, OrderState.DELIVERED)
    assert tomorrow("seller", here.id)["on_promise_90_ppm"] == 1_000_000
    first.delivered_at = first.deliver_by + (first.deliver_by - first.ship_by)
    db.session.flush()
    came = rows("fact_order_events", "order_id = :id and kind = 'delivered'", id=first.id)
    assert [row.late for row in came] == [1]
    seen = {r.order_id: r.near for r in rows("fact_orders", "buyer_id = :id", id=buyer.id)}
    assert [seen[o.id] for o in made] == [1, 0, None]
    assert ADDRESS["city"] == "Hangzhou"


def test_an_order_knows_what_its_buyer_had_received_elsewhere(db: Any) -> None:
    buyer, shop = make_shopper(), make_seller()
    for seller in (make_seller(), make_seller(), make_seller(), shop):
        make_order(buyer, seller, state=OrderState.RECEIVED)
    again = make_order(buyer, shop)
    stranger = make_order(make_shopper(), shop, "300.00")
    assert (again.buyer_received, stranger.buyer_received) == (3, 0)
    assert tomorrow("seller", shop.id)["trusted_buyer_share_ppm"] == 400_000  # 200 of 500


def test_prices_and_shelves_are_kept_as_events(db: Any) -> None:
    product = make_product(price="100.00", stock=9)
    seller_id, variant = product.seller_id, product.variants[0]
    for price in (8_000, 8_000, 5_000):  # the same price again is no change
        catalog.set_price(variant.id, seller_id, price)
    make_order(product=product, amount="50.00", seller=db.session.get(Seller, seller_id))
    catalog.change_product(product.id, seller_id, listed=False)
    catalog.change_product(product.id, seller_id, title="Red mug")
    found = rows("fact_goods_events", "seller_id = :id order by event_id", id=seller_id)
    assert sorted((r.kind, r.price, r.before) for r in found if r.kind == "priced") == [
        ("priced", 5_000, 8_000),
        ("priced", 8_000, 10_000),
        ("priced", 10_000, None),
    ]
    assert [r.kind for r in found if r.kind != "priced"] == ["listed", "unlisted"]
    said = tomorrow("seller", seller_id)
    assert said["price_changes_90_ppm"] == 2_000_000  # two on the one day it was there
    assert said["discount_depth_90_ppm"] == 500_000  # 50 of 100
    assert said["takedown_rate_90_ppm"] == 1_000_000


def test_shops_that_buy_from_each_other_are_partners(db: Any) -> None:
    one, other = make_seller(), make_seller()
    owners = {shop.id: db.session.get(type(make_shopper()), shop.owner_id) for shop in (one, other)}
    make_order(owners[one.id], other, "70.00")
    make_order(owners[other.id], one, "30.00")
    make_order(make_shopper(), one, "90.00")
    said = tomorrow("seller", one.id)
    assert (said["reciprocal_share_ppm"], said["supplier_days"]) == (250_000, 1)


def test_refused_charges_are_counted(db: Any) -> None:
    buyer = make_shopper()
    put_in_cart(buyer, make_product())
    place_and_pay(buyer, number="4000000000000002")
    place_and_pay(buyer)
    tries = rows("fact_payment_tries", "buyer_id = :id order by try_id", id=buyer.id)
    assert [(r.kind, r.purpose) for r in tries] == [("refused", "checkout"), ("paid", "checkout")]
    assert tomorrow("buyer", buyer.id)["refused_charges_90"] == 1
