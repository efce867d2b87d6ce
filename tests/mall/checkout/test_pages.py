"""The checkout page: everything before the click, one checkout however often it is sent."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core.db import db as database
from mall.accounts import services as accounts
from mall.checkout.models import Checkout
from mall.orders.models import Order
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, assert_clean, balance, put_in_cart, yuan
from tests.factories.people import make_seller, make_shopper, sign_in

ASKS, DECLINED = "4000002500003155", "4000000000000002"


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"{name} is not on the page"
    return found[1]


def form_of(page: str, **answers: str) -> dict[str, str]:
    """The form as the page gave it, filled in."""
    kept = {name: hidden(page, name) for name in ("key", "seen_total")}
    return kept | {"address": "new", **ADDRESS, "offer": "card", "action": "pay"} | answers


def card(number: str = "4242424242424242") -> dict[str, str]:
    return {"card_number": number, "card_expiry": "04/40", "card_cvc": "123"}


@pytest.fixture
def shopper(client: Any) -> Any:
    """Signed in, with two mugs of 50.00 in the cart."""
    buyer = make_shopper()
    put_in_cart(buyer, make_product(make_seller(), "50.00"), 2)
    sign_in(client, buyer)
    return buyer


def test_a_guest_is_asked_to_sign_in(client: Any) -> None:
    answer = client.get("/checkout")
    assert answer.status_code == 302 and "/sign-in" in answer.location


def test_buying_by_card_shows_the_whole_price_first(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    assert "Blue mug" in page and "¥100.00" in page
    assert hidden(page, "seen_total") == "10000"  # goods of 99.00 and more travel free

    answer = client.post("/checkout", data=form_of(page, **card()))
    assert answer.status_code == 303
    thanks = client.get(answer.location).text
    assert "Thank you" in thanks
    order = database.session.scalars(select(Order)).one()
    assert order.number in thanks and order.address["line"] == "Lake Road 1"
    assert balance("escrow", order.number) == yuan("100.00")
    assert_clean()


def test_express_costs_more_and_is_shown_again_before_it_is_paid(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    express = {hidden_ship(page): "express"}
    first = client.post("/checkout", data=form_of(page, **card(), **express))
    assert first.status_code == 422 and "The total has changed" in first.text
    assert hidden(first.text, "seen_total") == "11800"
    assert database.session.scalar(select(func.count()).select_from(Order)) == 0

    client.post("/checkout", data=form_of(first.text, **card(), **express))
    assert database.session.scalars(select(Order)).one().total == 11_800


def hidden_ship(page: str) -> str:
    found = re.search(r'name="(ship-\d+)"', page)
    assert found
    return found[1]


def test_double_click_two_tabs_and_retry_are_one_checkout(client: Any, shopper: Any) -> None:
    tab, other = client.get("/checkout").text, client.get("/checkout").text
    places = {
        client.post("/checkout", data=form_of(page, **card())).location
        for page in (tab, tab, other)
    }
    assert len(places) == 1
    assert database.session.scalar(select(func.count()).select_from(Checkout)) == 1


def test_what_is_missing_is_said_beside_the_question(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    answer = client.post("/checkout", data=form_of(page, city=""))
    assert answer.status_code == 422 and "Please fill this in." in answer.text
    answer = client.post("/checkout", data=form_of(page, **card("4242424242424241")))
    assert answer.status_code == 422 and "typing error" in answer.text
    answer = client.post("/checkout", data=form_of(page, offer="shells"))
    assert answer.status_code == 422 and "Choose a way to pay." in answer.text
    assert database.session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_saved_address_is_chosen_by_itself(client: Any, shopper: Any) -> None:
    accounts.add_address(shopper.id, **ADDRESS)
    page = client.get("/checkout").text
    saved = re.search(r'name="address"[^>]*value="(\d+)"', page)
    assert saved and "Lake Road 1, 310000 Hangzhou" in page
    empty = dict.fromkeys(ADDRESS, "")
    client.post("/checkout", data=form_of(page, **empty | {"address": saved[1]}, **card()))
    assert database.session.scalars(select(Order)).one().address == ADDRESS


def test_it_goes_to_another_country(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    assert '<option selected value="CN">China' in page and "United Kingdom" in page
    client.post("/checkout", data=form_of(page, **card(), country="GB"))
    order = database.session.scalars(select(Order)).one()
    assert order.country == "GB"
    shown = client.get(f"/account/orders/{order.number}").text
    assert "United Kingdom" in shown
    assert "United Kingdom" in client.get(f"/account/orders/{order.number}/invoice").text


def test_a_declined_card_is_explained_and_can_be_tried_again(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    answer = client.post("/checkout", data=form_of(page, **card(DECLINED)))
    told = client.get(answer.location).text
    assert "not paid" in told and "declined the card" in told and "Try again" in told
    page = client.get("/checkout").text
    answer = client.post("/checkout", data=form_of(page, **card()))
    assert "Thank you" in client.get(answer.location).text


def test_the_bank_may_ask_and_the_shopper_comes_back(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    answer = client.post("/checkout", data=form_of(page, **card(ASKS)))
    waiting = client.get(answer.location).text
    link = re.search(r'href="([^"]+)"[^>]*>[^<]*<svg.*?Go on to your bank', waiting, re.S)
    assert link and 'http-equiv="refresh"' not in waiting
    assert database.session.scalars(select(Order)).one().state == "placed"


def test_a_payment_that_waits_for_her_may_be_given_up_for_another(
    client: Any, shopper: Any
) -> None:
    page = client.get("/checkout").text
    place = client.post("/checkout", data=form_of(page, **card(ASKS))).location
    assert "Pay in another way" in client.get(place).text
    assert client.post(f"{place}/give-up").status_code == 303
    page = client.get("/checkout").text
    done = client.post("/checkout", data=form_of(page, **card())).location
    assert done != place and "Thank you" in client.get(done).text
    client.post(f"{done}/give-up")  # too late: it is paid
    assert "Thank you" in client.get(done).text
    assert sorted(database.session.scalars(select(Order.state))) == ["canceled", "paid"]
    assert_clean()


def test_nothing_is_given_up_while_the_bank_works(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    late = form_of(page, **card("4000000000001026"))
    place = client.post("/checkout", data=late).location
    told = client.post(f"{place}/give-up")
    assert told.status_code == 409 and "bank is working" in told.text
    sign_in(client, make_shopper())
    assert client.post(f"{place}/give-up").status_code == 404


def test_a_strangers_checkout_is_not_found(client: Any, shopper: Any) -> None:
    page = client.get("/checkout").text
    place = client.post("/checkout", data=form_of(page, **card())).location
    sign_in(client, make_shopper())
    assert client.get(place).status_code == 404


def test_an_empty_cart_leads_back_to_the_cart(client: Any) -> None:
    sign_in(client, make_shopper())
    assert client.get("/checkout").location == "/cart"
