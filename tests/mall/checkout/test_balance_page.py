"""The checkout page with a balance: used only when asked, shown before it is spent."""

from typing import Any

import pytest
from sqlalchemy import select

from core.db import db as database
from mall.orders.models import Order
from mall.wallet import queries, services
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, put_in_cart, saved_card, yuan
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.factories.wallet import give_balance
from tests.mall.checkout.test_pages import form_of, hidden


def shopper_with(client: Any, amount: str) -> Any:
    """Signed in, with a balance, and goods of 100.00 in the cart."""
    buyer = make_shopper()
    give_balance(buyer, amount)
    put_in_cart(buyer, make_product(make_seller(), "100.00"))
    sign_in(client, buyer)
    return buyer


@pytest.fixture
def shopper(client: Any) -> Any:
    return shopper_with(client, "30.00")


def update(client: Any, page: str, **answers: str) -> str:
    form = form_of(page, use_balance="y", **answers) | {"action": "update"}
    return str(client.post("/checkout", data=form).text)


def test_a_balance_is_offered_and_not_used_unasked(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    assert "Use my balance of ¥30.00 first" in page
    client.post("/checkout", data=form_of(page, offer=saved_card(shopper.id)))
    assert queries.balance_of(shopper.id, "CNY") == yuan("30.00")
    assert database.session.scalars(select(Order.state)).one() == "paid"


def test_the_rest_is_shown_before_it_is_paid(client: Any, shopper: Any) -> None:
    card = saved_card(shopper.id)
    page = client.get("/checkout").text
    unseen = client.post("/checkout", data=form_of(page, offer=card, use_balance="y"))
    assert unseen.status_code == 422 and "The total has changed" in unseen.text
    page = update(client, page, offer=card)
    assert hidden(page, "seen_total") == "10000-3000"
    assert "the rest of ¥70.00" in page and "Left to pay" in page

    place = client.post("/checkout", data=form_of(page, offer=card, use_balance="y")).location
    thanks = client.get(place).text
    assert "Thank you" in thanks and "From your balance" in thanks and "¥70.00" in thanks
    order = database.session.scalars(select(Order)).one()
    shown = client.get(f"/account/orders/{order.number}").text
    assert "Balance (¥30.00) and Visa ending in 4242 (¥70.00)" in shown
    assert not queries.balance_of(shopper.id, "CNY")
    assert_clean()


def test_a_balance_that_is_enough_needs_no_other_way(client: Any) -> None:
    buyer = shopper_with(client, "150.00")
    page = update(client, client.get("/checkout").text)
    assert "Your balance pays all of it." in page and 'value="card"' not in page
    form = form_of(page, use_balance="y")
    del form["offer"]
    places = {client.post("/checkout", data=form).location for _ in range(2)}
    assert len(places) == 1
    assert "Thank you" in client.get(places.pop()).text
    assert queries.balance_of(buyer.id, "CNY") == yuan("50.00")
    assert (
        payments.payment_for("checkout:" + database.session.scalars(select(Order)).one().number)
        is None
    )
    assert_clean()


def test_a_balance_spent_in_another_tab_is_shown_again_first(client: Any, shopper: Any) -> None:
    card = saved_card(shopper.id)
    page = update(client, client.get("/checkout").text, offer=card)
    services.withdraw(shopper.id, yuan("20.00"), "K", "6222020200001234")
    told = client.post("/checkout", data=form_of(page, offer=card, use_balance="y"))
    assert told.status_code == 422 and "The total has changed" in told.text
    assert hidden(told.text, "seen_total") == "10000-1000"
    assert not database.session.scalars(select(Order)).all()


def test_without_the_card_chosen_nothing_is_bought(client: Any, shopper: Any) -> None:
    page = update(client, client.get("/checkout").text)
    told = client.post("/checkout", data=form_of(page, use_balance="y", offer=""))
    assert told.status_code == 422 and "Choose a way to pay." in told.text
