"""Sign-up, sign-in and the account's pages over HTTP."""

import pytest

from core.db import db as db_
from mall.accounts import queries, services
from mall.accounts.rules import safe_path
from mall.cart import queries as carts
from tests.factories.goods import make_product
from tests.factories.people import PASSWORD, make_shopper, sign_in

LIN = {"email": "lin@example.com", "password": PASSWORD}
HOME = {
    "recipient": "Lin",
    "line": "1 Lake Road",
    "city": "Hangzhou",
    "region": "Zhejiang",
    "postcode": "310000",
}


def test_a_guest_with_a_cart_signs_up_and_finds_it_again(db, client):
    mug = make_product().variants[0].id
    client.post("/cart/add", data={"variant_id": mug, "quantity": 2})
    answer = client.post("/sign-up?next=/cart", data=LIN | {"name": "Lin"})
    assert (answer.status_code, answer.location) == (302, "/cart")

    page = client.get("/cart").text
    assert "Blue mug" in page and "Cart, 2 items" in page and "Lin" in page


def test_signing_in_leaves_nothing_of_the_session_before(db, client):
    make_shopper(email="lin@example.com")
    with client.session_transaction() as session:
        session["planted"] = "by someone else"
    assert client.post("/sign-in", data=LIN).location == "/"
    with client.session_transaction() as session:
        assert "planted" not in session and session["_user_id"]


def test_carts_merge_at_sign_in(db, client):
    lin, mug = make_shopper(email="lin@example.com"), make_product().variants[0].id
    client.post("/cart/add", data={"variant_id": mug, "quantity": 2})
    client.post("/sign-in", data=LIN)
    assert carts.view(carts.find(person_id=lin.id)).count == 2
    client.post("/sign-out")
    assert "Nothing in it yet" in client.get("/cart").text


def test_a_wrong_password_and_an_unknown_address_sound_the_same(db, client):
    make_shopper(email="lin@example.com")
    wrong = client.post("/sign-in", data=LIN | {"password": "not this one"})
    unknown = client.post("/sign-in", data=LIN | {"email": "nobody@example.com"})
    said = "This e-mail address and password do not belong together."
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert said in wrong.text and said in unknown.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
    ],
)
def test_sign_in_leads_nowhere_else(db, client, target):
    make_shopper(email="lin@example.com")
    assert client.post("/sign-in", query_string={"next": target}, data=LIN).location == "/"
    assert safe_path("/p/mug?v=1") == "/p/mug?v=1"


def test_a_suspended_person_is_signed_out_at_once(db, client):
    lin = make_shopper(email="lin@example.com")
    sign_in(client, lin)
    assert client.get("/account/").status_code == 200
    lin.suspended_at = lin.created_at
    db.session.flush()
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-in", data=LIN).status_code == 422


def test_guests_are_asked_to_sign_in_and_come_back(db, client):
    assert client.get("/account/addresses").location == "/sign-in?next=/account/addresses"


def test_addresses_are_added_changed_and_removed(db, client):
    lin = make_shopper()
    sign_in(client, lin)
    assert client.post("/account/addresses/new", data=HOME).location == "/account/addresses"
    (home,) = queries.addresses(lin.id)
    assert home.country == "CN"  # the mall's, where no other is chosen
    client.post(f"/account/addresses/{home.id}", data=HOME | {"city": "Ningbo"})
    assert "Ningbo" in client.get("/account/addresses").text
    client.post(f"/account/addresses/{home.id}", data=HOME | {"country": "GB"})
    assert "United Kingdom" in client.get("/account/addresses").text
    assert '<option selected value="GB">' in client.get(f"/account/addresses/{home.id}").text
    odd = client.post(f"/account/addresses/{home.id}", data=HOME | {"country": "EU"})
    assert odd.status_code == 422 and home.country == "GB"
    client.post(f"/account/addresses/{home.id}/remove")
    assert "No address yet" in client.get("/account/addresses").text


@pytest.mark.parametrize("verb", ["", "/remove"])
def test_a_strangers_address_is_not_found(db, client, verb):
    home = services.add_address(make_shopper().id, **HOME)
    sign_in(client, make_shopper())
    assert client.post(f"/account/addresses/{home.id}{verb}", data=HOME).status_code == 404


def test_an_address_without_a_street_comes_back_with_a_word(db, client):
    sign_in(client, make_shopper())
    answer = client.post("/account/addresses/new", data=HOME | {"line": ""})
    assert answer.status_code == 422 and "Where shall it go?" in answer.text


def test_a_password_is_changed_on_its_page(db, client):
    sign_in(client, make_shopper(email="lin@example.com"))
    assert (
        client.post(
            "/account/password", data={"present": "wrong one", "new": "a better password"}
        ).status_code
        == 422
    )
    assert (
        client.post(
            "/account/password", data={"present": PASSWORD, "new": "a better password"}
        ).status_code
        == 302
    )
    assert services.authenticate("lin@example.com", "a better password")


@pytest.fixture
def guarded(make_database):
    """The mall with its limits on, three tries a minute, in a database of its own."""
    import wsgi

    app = wsgi.create_app(
        {
            "DATABASE_URL": make_database("limits"),
            "SECRET_KEY": "x",
            "WTF_CSRF_ENABLED": False,
            "ARGON2_MEMORY_KIB": 64,
            "SIGN_IN_LIMIT": "3 per minute",
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        yield app
        db_.session.remove()
        db_.engine.dispose()
    wsgi.limiter.enabled = False  # the limiter is one for all apps of a process


def test_guessing_is_slowed_down_by_e_mail_and_by_address(guarded):
    client, elsewhere = guarded.test_client(), {"REMOTE_ADDR": "10.1.2.3"}
    wrong = {"email": "lin@example.com", "password": "not this one"}
    other = wrong | {"email": "wei@example.com"}

    assert [client.post("/sign-in", data=wrong).status_code for _ in range(4)] == [
        422,
        422,
        422,
        429,
    ]
    assert client.post("/sign-in", data=other).status_code == 429  # the same address of the network
    refused = client.post("/sign-in", data=wrong, environ_base=elsewhere)
    assert refused.status_code == 429 and "Too many tries" in refused.text
    assert client.post("/sign-in", data=other, environ_base=elsewhere).status_code == 422
    assert client.get("/sign-in").status_code == 200
