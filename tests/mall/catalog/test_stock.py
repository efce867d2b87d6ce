"""Stock is promised, taken, released, and never promised twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from core import clock, ids
from core.db import db as database
from core.db import get
from mall.catalog import services
from mall.catalog.models import Product, StockMovement, Variant
from mall.catalog.rules import OutOfStock, TooFewLeft
from mall.checkout.models import Checkout, CheckoutState, Reservation
from tests.factories.goods import make_product
from tests.factories.owner import as_owner
from tests.factories.people import make_shopper

_OFF = "alter table {1} disable trigger {0}"


def make_checkout(buyer_id):
    checkout = Checkout(
        number=ids.code("C"),
        buyer_id=buyer_id,
        key=ids.code("K"),
        offer_key="card",
        total=100,
        currency="CNY",
    )
    database.session.add(checkout)
    database.session.flush()
    return checkout.id


def in_a_quarter():
    return clock.now() + timedelta(minutes=15)


def stock(variant_id):
    database.session.expire_all()
    variant = get(Variant, variant_id)
    return variant.on_hand, variant.reserved


def changes(variant_id):
    return [
        (m.change, m.cause)
        for m in database.session.scalars(
            select(StockMovement)
            .where(StockMovement.variant_id == variant_id)
            .order_by(StockMovement.id)
        )
    ]


@pytest.fixture
def mug(db):
    return make_product(stock=5).variants[0].id


@pytest.fixture
def checkout(db):
    return make_checkout(make_shopper().id)


def test_what_is_reserved_is_taken_once_and_counted_as_sold(db, mug, checkout):
    services.reserve(checkout, {mug: 2}, in_a_quarter())
    assert stock(mug) == (5, 2)

    services.take(checkout)
    services.take(checkout)

    assert stock(mug) == (3, 0)
    assert changes(mug) == [(5, "received"), (-2, "sold")]
    assert db.session.scalar(select(Product.sold)) == 2


def test_what_is_released_may_be_bought_by_others(db, mug, checkout):
    services.reserve(checkout, {mug: 5}, in_a_quarter())
    with pytest.raises(OutOfStock, match="Blue mug is sold out"):
        services.reserve(make_checkout(make_shopper().id), {mug: 1}, in_a_quarter())

    services.release(checkout)
    services.release(checkout)

    assert stock(mug) == (5, 0)
    services.reserve(make_checkout(make_shopper().id), {mug: 5}, in_a_quarter())


def test_a_refusal_names_what_is_left_and_reserves_nothing(db, mug, checkout):
    lamp = make_product(stock=9, title="Lamp").variants[0].id
    with pytest.raises(OutOfStock, match="Only 5 of Blue mug are left") as refused:
        services.reserve(checkout, {lamp: 1, mug: 6}, in_a_quarter())
    assert refused.value.values["left"] == 5
    assert stock(lamp) == (9, 0)


def test_a_reservation_ends_by_itself(db, mug, checkout):
    with clock.travel(clock.now()):
        services.reserve(checkout, {mug: 3}, in_a_quarter())
        assert services.release_expired() == 0
        later = clock.now() + timedelta(minutes=16)
    with clock.travel(later):
        assert services.release_expired() == 1
        assert services.release_expired() == 0
    assert stock(mug) == (5, 0)


def test_a_paid_checkout_keeps_what_it_reserved_however_late(db, mug, checkout):
    services.reserve(checkout, {mug: 3}, in_a_quarter())
    get(Checkout, checkout).state = CheckoutState.PAID
    db.session.flush()
    with clock.travel(clock.now() + timedelta(days=2)):
        assert services.release_expired() == 0
    services.take(checkout)
    assert stock(mug) == (2, 0)


def test_a_late_payment_takes_what_is_still_there(db, mug, checkout):
    services.reserve(checkout, {mug: 3}, in_a_quarter())
    services.release(checkout)
    services.take(checkout)
    assert stock(mug) == (2, 0)


def test_a_late_payment_is_told_when_the_goods_are_gone(db, mug, checkout):
    services.reserve(checkout, {mug: 3}, in_a_quarter())
    services.release(checkout)
    services.reserve(make_checkout(make_shopper().id), {mug: 4}, in_a_quarter())
    with pytest.raises(OutOfStock):
        services.take(checkout)
    assert stock(mug) == (5, 4)


def test_returned_received_and_counted_units_are_written_down(db, mug, checkout):
    services.reserve(checkout, {mug: 2}, in_a_quarter())
    services.take(checkout)
    services.put_back(mug, 1, "R-1")
    seller = get(Variant, mug).seller_id
    services.receive_stock(mug, seller, 10)
    services.count_stock(mug, seller, 12)

    assert stock(mug) == (12, 0)
    assert changes(mug) == [
        (5, "received"),
        (-2, "sold"),
        (1, "returned"),
        (10, "received"),
        (-2, "counted"),
    ]


def test_nobody_counts_below_what_is_promised(db, mug, checkout):
    services.reserve(checkout, {mug: 2}, in_a_quarter())
    with pytest.raises(TooFewLeft):
        services.count_stock(mug, get(Variant, mug).seller_id, 1)


def test_what_is_off_sale_cannot_be_reserved(db, mug, checkout):
    variant = get(Variant, mug)
    services.change_product(variant.product_id, variant.seller_id, listed=False)
    with pytest.raises(OutOfStock):
        services.reserve(checkout, {mug: 1}, in_a_quarter())


def test_twenty_four_shoppers_at_once_get_exactly_five_units(committed_app):
    with committed_app.app_context():
        mug = make_product(stock=5).variants[0].id
        buyer = make_shopper().id
        with as_owner():  # these are of nothing: no parts, no orders, no lines
            for trigger in (
                "checkout_adds_up on checkout",
                "stock_movement_sold_adds_up on stock_movement",
            ):
                database.session.execute(text(_OFF.format(*trigger.split(" on "))))
        checkouts = [make_checkout(buyer) for _ in range(24)]
        database.session.commit()
        database.session.remove()
    start, got, refused = Barrier(24), [], []

    def shop(checkout):
        with committed_app.app_context():
            start.wait()
            try:
                services.reserve(checkout, {mug: 1}, in_a_quarter())
                services.take(checkout)
                got.append(checkout)
            except OutOfStock:
                refused.append(checkout)

    threads = [Thread(target=shop, args=[checkout]) for checkout in checkouts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with committed_app.app_context():
        assert (len(got), len(refused)) == (5, 19)
        assert stock(mug) == (0, 0)
        held = select(func.count()).where(Reservation.state == "taken")
        assert database.session.scalar(held) == 5
        database.session.remove()
