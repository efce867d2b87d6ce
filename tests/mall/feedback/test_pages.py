"""Favorites, reviews and questions over HTTP."""

import pytest
from sqlalchemy import select

from mall.feedback import services
from mall.feedback.models import Favorite, Question, Review
from tests.factories.goods import make_product
from tests.factories.people import make_shopper, sign_in
from tests.mall.feedback.test_services import make_line


@pytest.fixture
def mug(db):
    return make_product()


def test_a_guest_is_asked_to_sign_in_before_keeping_or_asking(db, client, mug):
    page = f"/p/{mug.slug}"
    assert client.post(f"{page}/favorite").location == f"/sign-in?next={page}"
    assert (
        client.post(f"{page}/questions", data={"text": "Hm?"}).location == f"/sign-in?next={page}"
    )
    assert (
        not db.session.scalars(select(Favorite)).all()
        and not db.session.scalars(select(Question)).all()
    )


def test_a_favorite_is_kept_found_and_let_go(db, client, mug):
    sign_in(client, make_shopper())
    assert "No favorites yet" in client.get("/account/favorites").text
    client.post(f"/p/{mug.slug}/favorite")
    assert "Blue mug" in client.get("/account/favorites").text
    assert "A favorite of yours" in client.get(f"/p/{mug.slug}").text
    client.post(f"/p/{mug.slug}/favorite", data={"next": "/account/favorites"})
    assert "No favorites yet" in client.get("/account/favorites").text


def test_a_question_reaches_the_page(db, client, mug):
    sign_in(client, make_shopper())
    client.post(f"/p/{mug.slug}/questions", data={"text": "How tall is it?"})
    assert "How tall is it?" in client.get(f"/p/{mug.slug}").text
    client.post(f"/p/{mug.slug}/questions", data={"text": " "})
    assert len(db.session.scalars(select(Question)).all()) == 1


def test_a_received_line_is_reviewed_and_shown_to_all(db, client, mug):
    lin = make_shopper("Lin")
    line = make_line(db, lin, mug)
    sign_in(client, lin)
    assert f"/account/reviews/{line}" in client.get("/account/reviews").text
    assert (
        client.post(
            f"/account/reviews/{line}", data={"stars": "4", "text": "Keeps tea warm."}
        ).status_code
        == 302
    )

    shown = client.get(f"/p/{mug.slug}").text
    assert "Keeps tea warm." in shown and "L. · bought it here" in shown
    assert "Keeps tea warm." in client.get("/account/reviews").text
    assert client.get(f"/account/reviews/{line}").status_code == 404


def test_a_review_without_stars_comes_back(db, client, mug):
    lin = make_shopper()
    line = make_line(db, lin, mug)
    sign_in(client, lin)
    answer = client.post(f"/account/reviews/{line}", data={"text": "Nice"})
    assert answer.status_code == 422 and "Give one to five stars." in answer.text


def test_a_strangers_line_is_not_found(db, client, mug):
    line = make_line(db, make_shopper(), mug)
    sign_in(client, make_shopper())
    assert client.get(f"/account/reviews/{line}").status_code == 404
    assert client.post(f"/account/reviews/{line}", data={"stars": "1"}).status_code == 404
    assert not db.session.scalars(select(Review)).all()


def test_a_seller_answers_what_is_theirs(db, client, mug):
    from mall.sellers.models import Seller

    shop, lin = db.session.get(Seller, mug.seller_id), make_shopper()
    said = services.review(make_line(db, lin, mug), lin.id, 2, "Chipped.")
    asked = services.ask(mug.id, lin.id, "A new one?")
    sign_in(client, shop)
    page = client.get("/seller/reviews").text
    assert "Chipped." in page and "A new one?" in page
    client.post(f"/seller/reviews/{said.id}/reply", data={"text": "It is on its way."})
    client.post(f"/seller/questions/{asked.id}/answer", data={"text": "Yes."})
    shown = client.get(f"/p/{mug.slug}").text
    assert "It is on its way." in shown and "Yes." in shown


def test_another_seller_finds_neither(db, client, mug):
    lin, other = make_shopper(), make_product(title="Lamp")
    said = services.review(make_line(db, lin, mug), lin.id, 2, "Chipped.")
    asked = services.ask(mug.id, lin.id, "A new one?")
    from mall.sellers.models import Seller

    sign_in(client, db.session.get(Seller, other.seller_id))
    assert "Chipped." not in client.get("/seller/reviews").text
    assert client.post(f"/seller/reviews/{said.id}/reply", data={"text": "x"}).status_code == 404
    assert (
        client.post(f"/seller/questions/{asked.id}/answer", data={"text": "x"}).status_code == 404
    )
