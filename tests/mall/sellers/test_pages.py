"""From an application to an open shop, over HTTP."""

from io import BytesIO

import pytest
from PIL import Image

from mall.sellers import queries, services
from tests.factories.people import make_admin, make_applicant, make_seller, make_shopper, sign_in

ANSWERS = {
    "name": "Lake Tea",
    "tagline": "Green, mostly",
    "city": "Hangzhou",
    "region": "Zhejiang",
    "payout_account": "6222020000001234",
}


def test_a_shopper_applies_waits_and_is_let_in(db, client):
    lin = make_shopper()
    sign_in(client, lin)
    assert client.post("/sell", data=ANSWERS).location == "/sell"
    assert "In review" in client.get("/sell").text
    assert client.get("/seller/products").status_code == 404

    services.approve(queries.of_owner(lin.id).id)
    assert "Your shop is open." in client.get("/sell").text
    assert client.get("/seller/products").status_code == 200


def test_a_refused_applicant_reads_why(db, client):
    shop = make_applicant("Lake Tea")
    services.reject(shop.id, note="The license is missing.")
    sign_in(client, shop)
    assert "The license is missing." in client.get("/sell").text
    client.post("/sell", data=ANSWERS)
    assert "In review" in client.get("/sell").text


def test_a_taken_name_comes_back_with_a_word(db, client):
    make_seller("Lake Tea")
    sign_in(client, make_shopper())
    answer = client.post("/sell", data=ANSWERS)
    assert answer.status_code == 422 and "already a shop of this name" in answer.text


def test_guests_are_asked_to_sign_in(db, client):
    for path in (
        "/sell",
        "/seller/products",
        "/seller/profile",
        "/seller/reviews",
        "/seller/products/new",
    ):
        assert client.get(path).location.startswith("/sign-in"), path


@pytest.mark.parametrize("make", [make_shopper, make_admin])
def test_who_is_no_seller_finds_no_console(db, client, make):
    sign_in(client, make())
    for path in (
        "/seller/products",
        "/seller/profile",
        "/seller/reviews",
        "/seller/products/upload",
    ):
        assert client.get(path).status_code == 404, path


def test_a_profile_is_changed_and_shown(db, client):
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    picture = BytesIO()
    Image.new("RGB", (60, 20), "green").save(picture, "PNG")
    new = {
        "name": "Lake Tea",
        "tagline": "Now also black",
        "city": "Ningbo",
        "region": "Zhejiang",
        "banner": (BytesIO(picture.getvalue()), "b.png"),
    }
    assert client.post("/seller/profile", data=new).status_code == 302
    page = client.get("/s/lake-tea").text
    assert "Now also black" in page and "Ningbo" in page and f"/pictures/{shop.banner}" in page


def test_a_banner_that_is_no_picture_is_refused(db, client):
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    bad = {
        "name": "Lake Tea",
        "city": "Ningbo",
        "region": "Zhejiang",
        "banner": (BytesIO(b"<svg/>"), "b.png"),
    }
    answer = client.post("/seller/profile", data=bad)
    assert answer.status_code == 422 and "PNG, JPEG or WebP" in answer.text and shop.banner is None


def test_the_payout_account_shows_only_its_end(db, client):
    shop = make_seller()
    sign_in(client, shop)
    client.post("/seller/profile/payout-account", data={"account": "6222 0200 0000 9876"})
    page = client.get("/seller/profile").text
    assert "•••• 9876" in page and "62220200" not in page
    assert client.post("/seller/profile/payout-account", data={"account": "1"}).status_code == 422
