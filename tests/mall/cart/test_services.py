"""Carts of guests and of people, and how one becomes the other."""

import pytest

from core.errors import NotFound
from mall.cart import queries, services
from mall.catalog import services as catalog
from mall.sellers import services as sellers
from tests.factories.goods import make_product, yuan
from tests.factories.people import make_seller, make_shopper


def variant_of(product):
    return product.variants[0].id


def seen(**owner):
    return queries.view(queries.find(**owner))


def test_what_is_put_in_twice_adds_up_and_is_one_line(db):
    mug, lin = make_product(price="12.50", stock=9), make_shopper()
    services.add(person_id=lin.id, variant_id=variant_of(mug))
    services.add(person_id=lin.id, variant_id=variant_of(mug), quantity=2)

    cart = seen(person_id=lin.id)
    assert [(line.title, line.quantity, line.amount) for line in cart.lines] == [
        ("Blue mug", 3, yuan("37.50"))
    ]
    assert (cart.total, cart.count, cart.can_be_bought) == (yuan("37.50"), 3, True)


def test_nobody_puts_in_more_than_there_are(db):
    mug = variant_of(make_product(stock=3))
    assert services.add(token="G", variant_id=mug, quantity=50) == 3
    assert services.add(token="G", variant_id=mug) == 3


def test_lines_are_grouped_by_shop(db):
    one, other = make_seller("Teahouse"), make_seller("Lamps")
    for product in (
        make_product(one, "10.00"),
        make_product(other, "20.00"),
        make_product(one, "30.00"),
    ):
        services.add(token="G", variant_id=variant_of(product))

    groups = [(shop.name, len(shop.lines), shop.goods) for shop in seen(token="G").sellers]
    assert groups == [("Teahouse", 2, yuan("40.00")), ("Lamps", 1, yuan("20.00"))]


def test_a_quantity_changes_and_zero_takes_out(db):
    mug = variant_of(make_product(stock=9))
    services.add(token="G", variant_id=mug)
    services.change(token="G", variant_id=mug, quantity=4)
    assert seen(token="G").count == 4
    services.change(token="G", variant_id=mug, quantity=0)
    assert not seen(token="G").lines
    with pytest.raises(NotFound):
        services.change(token="G", variant_id=mug, quantity=1)


def test_a_guests_cart_joins_at_sign_in_up_to_99_and_the_stock(db):
    mug, pins, lin = make_product(stock=5), make_product(stock=500, title="Pins"), make_shopper()
    services.add(person_id=lin.id, variant_id=variant_of(mug), quantity=3)
    services.add(person_id=lin.id, variant_id=variant_of(pins), quantity=60)
    services.add(token="G", variant_id=variant_of(mug), quantity=4)
    services.add(token="G", variant_id=variant_of(pins), quantity=60)

    services.merge("G", lin.id)
    services.merge("G", lin.id)

    assert {line.title: line.quantity for line in seen(person_id=lin.id).lines} == {
        "Blue mug": 5,
        "Pins": 99,
    }
    assert queries.find(token="G") is None


def test_a_changed_price_is_said_until_it_is_seen(db):
    mug = make_product(price="10.00")
    services.add(token="G", variant_id=variant_of(mug))
    catalog.set_price(variant_of(mug), mug.seller_id, 1_250)

    (line,) = seen(token="G").lines
    assert (line.price_seen, line.price, line.price_change) == (yuan("10.00"), yuan("12.50"), "up")
    services.change(token="G", variant_id=variant_of(mug), quantity=1)
    assert seen(token="G").lines[0].price_change == ""


def test_what_cannot_be_bought_any_more_is_said_and_not_counted(db):
    gone, few, fine = (make_product(title=title, stock=5) for title in ("Gone", "Few", "Fine"))
    for product in (gone, few, fine):
        services.add(token="G", variant_id=variant_of(product), quantity=3)
    catalog.change_product(gone.id, gone.seller_id, listed=False)
    catalog.count_stock(variant_of(few), few.seller_id, 2)

    cart = seen(token="G")
    assert {line.title: line.problem for line in cart.lines} == {
        "Gone": "No longer on sale.",
        "Few": "Only 2 left.",
        "Fine": "",
    }
    assert (cart.total, cart.can_be_bought) == (yuan("300.00"), False)


def test_a_suspended_shop_sells_nothing(db):
    mug = make_product()
    sellers.suspend(mug.seller_id)
    with pytest.raises(services.NotForSale, match="not on sale"):
        services.add(token="G", variant_id=variant_of(mug))


def test_the_bought_leaves_the_cart_and_the_rest_stays(db):
    mug, lamp, lin = make_product(), make_product(title="Lamp"), make_shopper()
    services.add(person_id=lin.id, variant_id=variant_of(mug))
    services.add(person_id=lin.id, variant_id=variant_of(lamp))
    services.take_out([variant_of(mug)], person_id=lin.id)
    assert [line.title for line in seen(person_id=lin.id).lines] == ["Lamp"]
