"""A shopper's credit pages, through HTTP."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from core import clock
from finance.loans.queries import loan_for_order
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
)
from tests.factories.people import make_shopper, sign_in
from tests.finance.pay_later.test_in_parts import START, buy_phone, make_regular_buyer

LATER = START + timedelta(5)


def read(response):
    """The words of a page, tags and white space taken out."""
    words = re.sub(r"<[^>]+>", " ", unescape(response.text))
    return re.sub(r"\s+", " ", words)


@pytest.fixture
def shopper(db, client):
    shopper = make_regular_buyer()
    sign_in(client, shopper)
    return shopper


@pytest.fixture
def phone(db, shopper):
    with clock.travel(START):
        order = orders_of_answer(buy_phone(shopper))[0]
    return loan_for_order(order.number)


def post(client, path, **form):
    with clock.travel(LATER):
        return client.post(path, data=form, follow_redirects=True)


def get(client, path):
    with clock.travel(LATER):
        return client.get(path)


def test_the_overview_shows_limit_use_and_the_next_thirty_days(client, phone):
    page = read(get(client, "/account/credit"))
    assert "¥3,600.00 of ¥10,000.00" in page
    assert phone.number in page
    assert "¥318.00" in page


def test_a_plan_shows_every_row_and_what_settling_saves(client, phone):
    response = get(client, f"/account/credit/{phone.number}")
    page = read(response)
    assert response.text.count("¥318.00") >= 12
    assert "10.90 %" in page
    assert "Settle it all for ¥3,600.00, saving ¥216.00" in page
    assert phone.orders[0].order_number in page


def test_paying_the_next_row_twice_with_one_form_pays_once(client, phone, db):
    saved_card(phone.borrower_id)
    card = re.search(r'value="(card:\d+)"', get(client, f"/account/credit/{phone.number}").text)
    for _ in range(2):
        post(client, f"/account/credit/{phone.number}/pay", key="K-1", way=card.group(1))
    db.session.expire_all()
    assert [row.owed for row in phone.rows[:2]] == [0, 31_800]
    assert_clean()


def test_a_new_card_settles_the_plan(client, phone, db):
    page = post(
        client, f"/account/credit/{phone.number}/settle", key="K-2", way="new",
        card_number="4242424242424242", card_expiry="12/39", card_cvc="123",
    )  # fmt: skip
    assert "Thank you, it is paid." in read(page)
    assert "You saved 216.00." in read(page)
    db.session.expire_all()
    assert phone.state == "paid"
    assert_clean()


def test_a_refused_card_leaves_the_plan_as_it_was(client, phone, db):
    page = post(
        client, f"/account/credit/{phone.number}/pay", key="K-3", way="new",
        card_number="4000000000000002", card_expiry="12/39", card_cvc="123",
    )  # fmt: skip
    assert page.status_code == 200
    assert "Card refused" in read(page)
    db.session.expire_all()
    assert phone.rows[0].owed == 31_800


def test_a_new_card_without_digits_is_asked_for_them(client, phone):
    page = post(client, f"/account/credit/{phone.number}/pay", key="K-4", way="new")
    assert page.status_code == 422
    assert "Please fill this in." in read(page)


def test_a_stranger_finds_neither_the_plan_nor_the_decision(client, phone):
    sign_in(client, make_shopper())
    assert get(client, f"/account/credit/{phone.number}").status_code == 404
    assert get(client, f"/account/credit/decisions/{phone.decision_id}").status_code == 404
    assert (
        post(client, f"/account/credit/{phone.number}/pay", key="K", way="new").status_code == 404
    )


def test_a_guest_is_asked_to_sign_in(client, db):
    assert client.get("/account/credit").status_code == 302


def test_a_decline_is_explained_with_the_shoppers_numbers(client, db):
    newcomer = make_regular_buyer(finished=1)
    sign_in(client, newcomer)
    with clock.travel(START):
        put_in_cart(newcomer, make_product(price="2000.00"))
        place_and_pay(newcomer, offer_key="pay_later:3")
    link = re.search(r"/account/credit/decisions/\d+", get(client, "/account/credit").text)
    page = read(get(client, link.group()))
    assert "Not granted: ¥2,000.00 in 3 parts" in page
    assert "This basket is above your free limit of 600.00." in page
    assert "¥1,400.00 now and ¥600.00 in 3 parts." in page


def test_own_limits_bind_at_once(client, phone):
    post(client, "/account/credit/limits", ceiling="4000.00", pause_days="7")
    page = read(get(client, "/account/credit"))
    assert "¥3,600.00 of ¥4,000.00" in page
    assert "You paused credit until 22 Mar 2026." in page


def test_a_saved_card_may_pay_by_itself(client, phone, db):
    offer = saved_card(phone.borrower_id)
    page = post(client, f"/account/credit/{phone.number}/autopay", card=offer.split(":")[1])
    assert "A saved card pays by itself" in read(page)
    db.session.expire_all()
    assert phone.autopay_card_id == int(offer.split(":")[1])


def test_the_order_page_and_the_account_show_the_plan_once(client, phone):
    order = get(client, f"/account/orders/{phone.orders[0].order_number}")
    assert order.text.count("Paid in parts") == 1
    assert "0 of 12 payments" in read(order)
    assert "1 plan is running" in read(get(client, "/account/"))


def test_the_checkout_shows_three_terms_with_their_yearly_cost(client, shopper):
    with clock.travel(date(2026, 3, 10)):
        put_in_cart(shopper, make_product(price="3600.00"))
        page = read(client.get("/checkout"))
    assert all(rate in page for rate in ("8.98 %", "10.21 %", "10.90 %"))
