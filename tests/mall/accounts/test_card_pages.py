"""A shopper's saved cards over HTTP."""

import pytest

from payments import cards, gateways
from tests.factories.people import make_shopper, sign_in

VISA = {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123"}


@pytest.fixture
def lin(db, client):
    person = make_shopper("Lin")
    sign_in(client, person)
    return person


def test_a_card_is_saved_shown_by_its_last_digits_and_removed(client, lin):
    assert "No card yet" in client.get("/account/cards").text
    assert client.post("/account/cards", data=VISA).location == "/account/cards"
    page = client.get("/account/cards").text
    assert "Visa" in page and "ending in <strong>4242</strong>" in page and "12/30" in page
    assert "4242424242424242" not in page.replace(" ", "")

    card = cards.of(lin.id)[0]
    assert client.post(f"/account/cards/{card.id}/remove").status_code == 303
    assert cards.of(lin.id) == []
    assert client.post(f"/account/cards/{card.id}/remove").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "4242 4242 4242 4243"}, "number"),
        ({"expiry": "01/20"}, "expire"),
        ({"cvc": ""}, "Write the code on the card."),
    ],
)
def test_a_card_that_cannot_be_is_not_saved_and_the_page_says_why(client, lin, wrong, said):
    answer = client.post("/account/cards", data=VISA | wrong)
    assert answer.status_code == 422 and said in answer.text
    assert 'role="alert"' in answer.text and cards.of(lin.id) == []


def test_a_strangers_card_is_not_found(client, lin):
    theirs = cards.save(make_shopper("Mei").id, "5555555555554444", "12/30", "123")
    assert "Mastercard" not in client.get("/account/cards").text
    assert client.post(f"/account/cards/{theirs.id}/remove").status_code == 404
    assert theirs.removed_at is None


def test_guests_sign_in_first_and_the_menu_leads_there(client, lin):
    assert '<a href="/account/cards" aria-current="page">' in client.get("/account/cards").text
    client.post("/sign-out")
    assert "/sign-in" in client.get("/account/cards").location


def test_where_the_processor_takes_the_digits_the_page_has_no_fields(client, lin, monkeypatch):
    monkeypatch.setattr(type(gateways.current()), "takes_digits", False)
    page = client.get("/account/cards").text
    assert "processor" in page and 'name="number"' not in page
    assert client.post("/account/cards", data=VISA).status_code == 422
    assert cards.of(lin.id) == []
