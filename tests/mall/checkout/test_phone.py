"""Paying with the phone: a code, a page that waits, and a page for the phone without a sign-in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from mall.checkout import expiry, qr
from mall.checkout.models import Checkout
from mall.orders.models import Order
from payments import sandbox_bank
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.mall.checkout.test_pages import form_of


@pytest.fixture
def shopper(client: Any) -> Any:
    buyer = make_shopper()
    put_in_cart(buyer, make_product(make_seller(), "50.00"), 2)
    sign_in(client, buyer)
    return buyer


@pytest.fixture
def place(client: Any, shopper: Any) -> str:
    """The page with the code, of an order of 100.00."""
    page = client.get("/checkout").text
    shown = client.post("/checkout", data=form_of(page, offer="qr")).location
    return str(client.get(shown).location)


def number_of(place: str) -> str:
    found = re.search(r"C-\w+", place)
    assert found
    return found[0]


def paid_on_the_phone(place: str, approved: bool = True) -> None:
    payment = payments.payment_for(f"checkout:{number_of(place)}")
    assert payment
    sandbox_bank.answer_authentication(payment.action_url.rpartition("/")[2], approved=approved)


def test_the_code_is_shown_and_the_page_goes_on_when_the_phone_has_paid(
    client: Any, app: Any, place: str
) -> None:
    shown = client.get(place)
    assert shown.status_code == 200 and "<svg" in shown.text and "style=" not in shown.text
    assert f'data-follow="{place}/state"' in shown.text and "I have paid" in shown.text
    assert client.get(f"{place}/state").json == {"next": ""}

    phone = app.test_client()  # never signed in
    link = qr.address_of(number_of(place)).removeprefix(app.config["PUBLIC_URL"])
    page = phone.get(link).text
    assert "¥100.00" in page and "/sandbox/authenticate/" in page
    paid_on_the_phone(place)
    assert client.get(f"{place}/state").json == {"next": ""}  # the notice is still on its way
    assert "Paid, thank you" in phone.get(link).text  # coming back, the phone asks the gateway
    done = client.get(f"{place}/state").json["next"]
    assert "Thank you" in client.get(done).text
    assert client.get(place).location == done  # without script: the same link

    order = database.session.scalars(select(Order)).one()
    assert (order.state, order.paid_with) == ("paid", "qr")
    assert balance("escrow", order.number) == yuan("100.00")
    assert_clean()


def test_the_waiting_page_looks_at_the_gateway_itself_now_and_then(client: Any, place: str) -> None:
    paid_on_the_phone(place)
    assert client.get(f"{place}/state?look=1").json["next"]


def test_a_payment_refused_on_the_phone_is_said_on_both_screens(client: Any, place: str) -> None:
    paid_on_the_phone(place, approved=False)
    done = client.get(f"{place}/state?look=1").json["next"]
    assert "not paid" in client.get(done).text
    link = f"/pay/{qr.token_of(number_of(place))}"
    assert "can no longer be paid" in client.get(link).text
    assert_clean()


def test_the_code_runs_out_with_the_reservation(client: Any, place: str) -> None:
    link = f"/pay/{qr.token_of(number_of(place))}"
    with clock.travel(clock.now() + timedelta(minutes=16)):
        over = client.get(link).text
        assert "can no longer be paid" in over and "Go on to pay" not in over
        assert client.get(f"{place}/state").json["next"] == f"/checkout/{number_of(place)}"
        assert expiry.give_up_overdue() == 0  # the phone that looked was told at once
    assert database.session.scalars(select(Checkout)).one().state == "given_up"
    assert_clean()


def test_an_overdue_code_leads_to_the_checkouts_own_page_and_not_in_circles(
    client: Any, place: str
) -> None:
    with clock.travel(clock.now() + timedelta(minutes=16)):
        own = client.get(place).location
        assert "not paid" in client.get(own).text and "not finished in time" in client.get(own).text


def test_a_code_we_did_not_sign_opens_nothing(client: Any, place: str) -> None:
    token = qr.token_of(number_of(place))
    assert client.get(f"/pay/{token[:-1]}").status_code == 404
    sign_in(client, make_shopper())
    assert client.get(place).status_code == 404
    assert client.get(f"{place}/state").status_code == 404
