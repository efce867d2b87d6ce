"""The cart's page, for guests and without script."""

from mall.catalog import services as catalog
from tests.factories.goods import make_product
from tests.factories.people import make_seller, make_shopper, sign_in


def put(client, product, quantity=1, **more):
    return client.post(
        "/cart/add", data={"variant_id": product.variants[0].id, "quantity": quantity} | more
    )


def test_a_guest_fills_changes_and_empties_a_cart(db, client):
    mug = make_product(make_seller("Lake Tea"), price="12.50", stock=9)
    assert put(client, mug, 2).location == "/cart"
    page = client.get("/cart").text
    assert "Lake Tea" in page and "¥25.00" in page and 'href="/checkout"' in page

    change = {"variant_id": mug.variants[0].id, "quantity": 4}
    assert client.post("/cart/change", data=change).location == "/cart"
    assert "¥50.00" in client.get("/cart").text
    client.post("/cart/change", data=change | {"quantity": 0})
    assert "Nothing in it yet" in client.get("/cart").text


def test_asking_for_more_than_there_are_says_so(db, client):
    put(client, make_product(stock=3), 9)
    page = client.get("/cart").text
    assert "Only 3 are left: all of them are in your cart." in page


def test_what_changed_is_said_on_the_page_and_holds_back_the_checkout(db, client):
    mug = make_product(price="10.00", stock=5)
    put(client, mug, 3)
    catalog.set_price(mug.variants[0].id, mug.seller_id, 1_100)
    catalog.count_stock(mug.variants[0].id, mug.seller_id, 1)
    page = client.get("/cart").text
    assert "Was ¥10.00 when you put it in." in page and "Only 1 left" in page
    assert 'href="/checkout"' not in page


def test_nonsense_is_refused(db, client):
    mug = make_product()
    assert client.post("/cart/add", data={"variant_id": "1", "quantity": "1"}).status_code == 404
    assert client.post("/cart/add", data={"variant_id": "9" * 30, "quantity": "1"}).status_code in (
        404,
        422,
    )
    assert client.post("/cart/add", data={"quantity": "1"}).status_code == 422
    assert put(client, mug, 100).status_code == 422
    assert put(client, mug, next="https://evil.example").location == "/cart"


def test_carts_of_two_people_do_not_meet(db, client, app):
    mug = make_product(title="Blue mug")
    sign_in(client, make_shopper())
    put(client, mug)
    other = app.test_client()
    sign_in(other, make_shopper())
    assert "Blue mug" in client.get("/cart").text
    assert "Blue mug" not in other.get("/cart").text
    assert (
        other.post(
            "/cart/change", data={"variant_id": mug.variants[0].id, "quantity": 5}
        ).status_code
        == 404
    )
