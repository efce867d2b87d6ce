"""The shop's pages over HTTP: what a guest finds, chooses and sees."""

import json
import re

from mall.catalog import pictures, services
from mall.catalog.rules import NewVariant
from mall.feedback import services as feedback
from mall.sellers import services as sellers
from tests.factories.goods import make_product, yuan
from tests.factories.people import make_seller, make_shopper, sign_in

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def test_an_empty_mall_says_so(db, client):
    assert "The shelves are still empty" in client.get("/").text


def test_the_home_page_shows_shelves_and_goods(db, client):
    make_product(title="Blue mug", category="kitchen")
    page = client.get("/").text
    assert page.count("Blue mug") >= 2 and 'href="/c/kitchen"' in page


def test_a_choice_is_a_link_that_can_be_taken_back(db, client):
    shop = make_seller()
    make_product(shop, title="Blue mug", brand="Aster & Co")
    make_product(shop, title="Red mug", brand="Birch")
    page = client.get("/c/kitchen").text
    assert "/c/kitchen?brand=Aster+%26+Co" in page

    narrowed = client.get("/c/kitchen?brand=Aster+%26+Co").text
    assert "Blue mug" in narrowed and "Red mug" not in narrowed
    assert 'href="/c/kitchen"' in narrowed and "Clear all choices" in narrowed


def test_nonsense_in_the_address_does_no_harm(db, client):
    make_product()
    for query in (
        "page=-1",
        "page=abc",
        "page=99999999999999999999",
        "price=77",
        "stars=9",
        "sort=up",
        "stars=²",
        "brand=" + "x" * 9000,
    ):
        assert client.get(f"/c/kitchen?{query}").status_code == 200, query


def test_addresses_that_no_database_could_hold_are_refused(db, client):
    sign_in(client, make_seller())
    assert client.get("/seller/products/" + "9" * 30).status_code == 404
    assert client.get("/search?q=%00").status_code == 400
    assert client.get("/p/mug%00").status_code == 400
    assert client.post("/sign-in", data={"email": "a\x00b"}).status_code == 400


def test_pages_keep_all_choices(db, client):
    shop = make_seller()
    for number in range(30):
        make_product(shop, title=f"Mug {number}", brand=("Aster", "Birch")[number % 2])
    page = client.get("/search?q=mug&brand=Aster&brand=Birch").text
    assert "/search?q=mug&amp;brand=Aster&amp;brand=Birch&amp;page=2" in page


def test_search_escapes_what_was_asked(db, client):
    page = client.get("/search?q=<script>alert(1)</script>").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page


def test_a_product_page_offers_each_variant_at_its_own_price(db, client):
    phone = make_product(
        title="Aster phone",
        summary="It calls.",
        attributes={"Screen": "6 inch"},
        variants=[
            NewVariant(yuan("3600.00"), 3, "128 GB"),
            NewVariant(yuan("4000.00"), 0, "256 GB"),
        ],
    )
    page = client.get(f"/p/{phone.slug}").text
    assert "¥3,600.00 · only 3 left" in page and "¥4,000.00 · sold out" in page and "6 inch" in page

    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page).group(1))
    assert [(o["price"], o["availability"][19:]) for o in data["offers"]] == [
        ("3600.00", "InStock"),
        ("4000.00", "OutOfStock"),
    ]


def test_a_script_in_a_title_stays_text(db, client):
    evil = make_product(title="</script><script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(f"/p/{evil.slug}").text


def test_a_product_off_sale_is_found_by_its_seller_alone(db, client):
    mug = make_product(listed=False)
    assert client.get(f"/p/{mug.slug}").status_code == 404
    sign_in(client, make_shopper())
    assert client.get(f"/p/{mug.slug}").status_code == 404


def test_a_seller_sees_their_product_off_sale(db, client):
    shop = make_seller()
    mug = make_product(shop, listed=False)
    sign_in(client, shop)
    page = client.get(f"/p/{mug.slug}")
    assert page.status_code == 200 and "Not on sale" in page.text and "Add to cart" not in page.text


def test_a_suspended_shop_is_not_found(db, client):
    mug = make_product(make_seller("Lake Tea"))
    assert client.get("/s/lake-tea").status_code == 200
    sellers.suspend(mug.seller_id)
    assert client.get("/s/lake-tea").status_code == 404
    assert client.get(f"/p/{mug.slug}").status_code == 404


def test_questions_and_answers_are_on_the_page_without_names(db, client):
    mug, lin = make_product(), make_shopper("Lin Secret")
    question = feedback.ask(mug.id, lin.id, "Dishwasher?")
    feedback.answer(question.id, mug.seller_id, "At 60 degrees.")
    page = client.get(f"/p/{mug.slug}").text
    assert "Dishwasher?" in page and "At 60 degrees." in page and "Lin Secret" not in page


def test_a_picture_is_kept_forever_and_an_svg_can_do_nothing(db, client):
    digest = pictures.store(SVG, "image/svg+xml")
    answer = client.get(f"/pictures/{digest}")
    assert (answer.data, answer.mimetype) == (SVG, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (
        answer.headers["Content-Security-Policy"]
        == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")

    again = client.get(f"/pictures/{digest}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/pictures/" + "0" * 64).status_code == 404


def test_the_gallery_shows_all_pictures(db, client):
    one, two = (pictures.store(SVG + extra, "image/svg+xml") for extra in (b"1", b"2"))
    mug = make_product(pictures=[(one, "From the front"), (two, "From above")])
    page = client.get(f"/p/{mug.slug}").text
    assert mug.picture == one and f"/pictures/{two}" in page and "From above" in page
    services.change_product(mug.id, mug.seller_id, pictures=[(two, "From above")])
    assert f"/pictures/{one}" not in client.get(f"/p/{mug.slug}").text
