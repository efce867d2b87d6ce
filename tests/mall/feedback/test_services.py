"""Only who received a thing reviews it; counters agree with the rows they count."""

import pytest
from sqlalchemy import select

from core import clock, ids
from core.errors import InvalidInput, NotFound
from mall.catalog.models import Product
from mall.checkout.models import Checkout
from mall.feedback import services
from mall.feedback.models import Favorite, Question, Review
from mall.feedback.services import NotReceivedYet, ReviewedAlready
from mall.orders.models import Order, OrderLine
from tests.factories.goods import make_product
from tests.factories.people import make_shopper


def make_line(db, buyer, product, *, received=True):
    """One line of an order as the orders room would leave it."""
    checkout = Checkout(
        number=ids.code("C"),
        buyer_id=buyer.id,
        key=ids.code("K"),
        offer_key="card",
        total=10_000,
        currency="CNY",
    )
    db.session.add(checkout)
    db.session.flush()
    order = Order(
        number=ids.code("O"),
        checkout_id=checkout.id,
        buyer_id=buyer.id,
        seller_id=product.seller_id,
        state="received" if received else "shipped",
        goods=10_000,
        shipping=0,
        total=10_000,
        currency="CNY",
        commission_ppm=50_000,
        shipping_choice="standard",
        address={},
        received_at=clock.now() if received else None,
    )
    order.lines = [
        OrderLine(
            seller_id=product.seller_id,
            buyer_id=buyer.id,
            product_id=product.id,
            variant_id=product.variants[0].id,
            category_id=product.category_id,
            position=0,
            title=product.title,
            quantity=1,
            price=10_000,
            amount=10_000,
        )
    ]
    db.session.add(order)
    db.session.flush()
    return order.lines[0].id


@pytest.fixture
def mug(db):
    return make_product()


@pytest.fixture
def lin(db):
    return make_shopper()


def counters(db):
    return tuple(
        db.session.execute(
            select(Product.review_count, Product.review_sum, Product.favorite_count)
        ).one()
    )


def test_reviews_of_received_lines_are_counted_on_the_product(db, mug, lin):
    services.review(make_line(db, lin, mug), lin.id, 4, " Keeps tea warm. ")
    services.review(make_line(db, lin, mug), lin.id, 5)
    assert counters(db) == (2, 9, 0)
    assert db.session.scalars(select(Review.text).order_by(Review.id)).all() == [
        "Keeps tea warm.",
        "",
    ]


def test_a_line_is_reviewed_once(db, mug, lin):
    line = make_line(db, lin, mug)
    services.review(line, lin.id, 5)
    with pytest.raises(ReviewedAlready):
        services.review(line, lin.id, 1)
    assert counters(db) == (1, 5, 0)


def test_who_has_not_received_it_does_not_review_it(db, mug, lin):
    with pytest.raises(NotReceivedYet):
        services.review(make_line(db, lin, mug, received=False), lin.id, 5)


def test_who_did_not_buy_it_does_not_review_it(db, mug, lin):
    with pytest.raises(NotFound):
        services.review(make_line(db, lin, mug), make_shopper().id, 1)


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_are_one_to_five(db, mug, lin, stars):
    with pytest.raises(InvalidInput):
        services.review(make_line(db, lin, mug), lin.id, stars)


def test_only_the_seller_of_the_goods_replies(db, mug, lin):
    written = services.review(make_line(db, lin, mug), lin.id, 2, "Chipped.")
    with pytest.raises(NotFound):
        services.reply(written.id, make_product().seller_id, "Not mine")
    services.reply(written.id, mug.seller_id, "We send a new one.")
    assert (written.reply, written.replied_at is not None) == ("We send a new one.", True)


def test_a_favorite_comes_and_goes(db, mug, lin):
    assert services.toggle_favorite(lin.id, mug.id) is True
    assert services.toggle_favorite(make_shopper().id, mug.id) is True
    assert counters(db)[2] == 2
    assert services.toggle_favorite(lin.id, mug.id) is False
    assert counters(db)[2] == 1
    assert len(db.session.scalars(select(Favorite)).all()) == 1


def test_a_question_is_answered_by_the_seller_alone(db, mug, lin):
    question = services.ask(mug.id, lin.id, "Is it dishwasher safe?")
    with pytest.raises(NotFound):
        services.answer(question.id, make_product().seller_id, "No idea")
    services.answer(question.id, mug.seller_id, "Yes, at 60 degrees.")
    assert db.session.scalars(select(Question.answer)).all() == ["Yes, at 60 degrees."]


def test_an_empty_question_is_refused(db, mug, lin):
    with pytest.raises(InvalidInput):
        services.ask(mug.id, lin.id, "   ")
