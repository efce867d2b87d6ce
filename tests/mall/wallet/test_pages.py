"""The balance's pages: paying in, taking out, and one answer however often a form is sent."""

import re
from typing import Any

from sqlalchemy import func, select

from core.db import db as database
from mall.wallet.models import TopUp, Withdrawal
from tests.factories.orders import assert_clean, balance, saved_card, yuan
from tests.factories.people import make_shopper, sign_in
from tests.factories.wallet import give_balance
from tests.mall.checkout.test_pages import hidden

BANK = "6222020200001234"


def test_an_empty_balance_says_what_it_is_for(client: Any) -> None:
    sign_in(client, make_shopper())
    page = client.get("/account/wallet").text
    assert "Nothing has moved yet" in page and "Take out" not in page


def test_paying_in_with_a_saved_card_is_one_press_however_often(client: Any) -> None:
    person = make_shopper()
    card = saved_card(person.id).partition(":")[2]
    sign_in(client, person)
    page = client.get("/account/wallet/top-up").text
    assert "Visa ending in 4242" in page and "¥10,000.00 is left today" in page
    form = {"key": hidden(page, "key"), "amount": "50.00", "card": card}
    places = {client.post("/account/wallet/top-up", data=form).location for _ in range(3)}
    assert len(places) == 1
    assert "It is in your balance" in client.get(places.pop()).text
    assert balance("wallet", person.id) == yuan("50.00")
    assert database.session.scalar(select(func.count()).select_from(TopUp)) == 1

    listed = client.get("/account/wallet").text
    assert "Paid in by card" in listed and re.search(r'href="/account/wallet/top-up/T-\w+"', listed)
    assert_clean()


def test_another_card_is_entered_on_the_processors_page(client: Any) -> None:
    person = make_shopper()
    sign_in(client, person)
    page = client.get("/account/wallet/top-up").text
    form = {"key": hidden(page, "key"), "amount": "50.00", "card": "new"}
    told = client.get(client.post("/account/wallet/top-up", data=form).location).text
    assert "Go on to pay" in told and 'http-equiv="refresh"' not in told
    assert not balance("wallet", person.id)


def test_what_is_wrong_is_said_beside_the_amount(client: Any) -> None:
    person = make_shopper()
    give_balance(person, "30.00")
    sign_in(client, person)
    for path, amount, words in (
        ("top-up", "5.00", "smallest amount"),
        ("top-up", "x", "Write an amount"),
        ("withdraw", "40.00", "Your balance is 30.00"),
    ):
        form = {"key": "K", "amount": amount, "card": "new", "destination": BANK}
        answer = client.post(f"/account/wallet/{path}", data=form)
        assert answer.status_code == 422 and words in answer.text, path


def test_taking_out_is_shown_until_it_has_arrived(client: Any) -> None:
    person = make_shopper()
    give_balance(person, "30.00")
    sign_in(client, person)
    page = client.get("/account/wallet/withdraw").text
    form = {"key": hidden(page, "key"), "amount": "20.00", "destination": BANK}
    places = {client.post("/account/wallet/withdraw", data=form).location for _ in range(2)}
    assert len(places) == 1
    place = places.pop()
    assert "•••• 1234" in client.get(place).text
    listed = client.get("/account/wallet").text
    assert "¥10.00" in listed and "¥20.00" in listed and place in listed
    assert BANK in client.get("/account/wallet/withdraw").text  # known from last time
    assert database.session.scalar(select(func.count()).select_from(Withdrawal)) == 1

    sign_in(client, make_shopper())
    assert client.get(place).status_code == 404
