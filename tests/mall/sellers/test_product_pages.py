"""A seller lists, changes and counts goods, in forms that need no script."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from mall.catalog import services as catalog
from mall.catalog.models import Product, StockMovement, Variant
from mall.catalog.rules import NewVariant
from mall.sellers import services
from tests.factories.goods import make_product, yuan
from tests.factories.people import make_seller, sign_in


@pytest.fixture
def shop(db, client):
    catalog.add_category("kitchen", "Kitchen")
    shop = make_seller("Lake Tea")
    sign_in(client, shop)
    return shop


def picture(name="p.png"):
    out = BytesIO()
    Image.new("RGB", (30, 30), "red").save(out, "PNG")
    return BytesIO(out.getvalue()), name


def row(number, **cells):
    return {f"variants-{number}-{name}": value for name, value in cells.items()}


WORDS = {
    "title": "Tea pot",
    "category": "kitchen",
    "attributes": "Material: clay\nHolds: 1 l",
    "listed": "y",
    "save": "1",
}


def test_a_new_product_has_rows_for_variants_and_more_on_request(db, client, shop):
    assert client.get("/seller/products/new").text.count('name="variants-') == 3 * 7
    sent = (
        WORDS
        | row(0, label="Small", price="12.00", stock="3")
        | row(1, price="")
        | row(2, price="")
        | {"more": "1"}
    )
    page = client.post("/seller/products/new", data=sent)
    assert (
        page.status_code == 200 and "variants-3-price" in page.text and 'value="12.00"' in page.text
    )
    assert not db.session.scalars(select(Product)).all()


def test_a_product_is_listed_with_what_was_written(db, client, shop):
    sent = (
        WORDS
        | row(0, label="Small", price="12.00", stock="3", sku="POT-S", weight="400")
        | row(1, label="Large", price="20", stock="1")
        | row(2, label="", price="")
    )
    assert (
        client.post(
            "/seller/products/new", data=sent | {"pictures": [picture(), picture()]}
        ).location
        == "/seller/products"
    )

    pot = db.session.scalars(select(Product)).one()
    assert [(v.label, v.price, v.on_hand, v.weight_grams) for v in pot.variants] == [
        ("Small", 1200, 3, 400),
        ("Large", 2000, 1, 0),
    ]
    assert (pot.attributes, pot.price_from, pot.seller_id) == (
        {"Material": "clay", "Holds": "1 l"},
        1200,
        shop.id,
    )
    assert f"/pictures/{pot.picture}" in client.get(f"/p/{pot.slug}").text
    assert "Tea pot" in client.get("/search?q=clay").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "What is it called?"),
        ({"variants-0-price": ""}, "Give at least one variant a price."),
        ({"variants-0-price": "0"}, "above zero"),
        ({"variants-0-price": "1.234"}, "such as 1200.00"),
        ({"variants-0-stock": "-1"}, "between 0"),
        ({"attributes": "just words"}, "one fact a line"),
        ({"category": "nowhere"}, "valid choice"),
        ({"pictures": (BytesIO(b"GIF89a"), "p.gif")}, "PNG, JPEG or WebP"),
    ],
)
def test_what_cannot_be_listed_comes_back_with_a_word(db, client, shop, change, said):
    answer = client.post(
        "/seller/products/new", data=WORDS | row(0, price="12.00", stock="3") | change
    )
    assert answer.status_code == 422 and said in answer.text
    assert not db.session.scalars(select(Product)).all()


def as_sent(product, **changes):
    """The edit form as a browser would send it back."""
    sent = {"title": product.title, "category": "kitchen", "listed": "y", "save": "1"}
    for number, variant in enumerate(product.variants):
        sent |= row(
            number,
            id=variant.id,
            seen=variant.on_hand,
            label=variant.label,
            price=f"{variant.price / 100:.2f}",
            stock=variant.on_hand,
            sku=variant.sku,
        )
    return sent | changes


def test_an_edit_changes_words_prices_and_adds_a_variant(db, client, shop):
    mug = make_product(shop, "10.00", stock=5)
    assert 'value="10.00"' in client.get(f"/seller/products/{mug.id}").text
    sent = (
        as_sent(mug, title="Green mug")
        | {"variants-0-price": "11.00", "variants-0-label": "Small"}
        | row(1, label="Large", price="15.00", stock="2")
    )
    assert client.post(f"/seller/products/{mug.id}", data=sent).status_code == 302
    db.session.expire_all()
    assert mug.title == "Green mug"
    assert [(v.label, v.price, v.on_hand) for v in mug.variants] == [
        ("Small", 1100, 5),
        ("Large", 1500, 2),
    ]


def test_what_sold_while_the_form_was_open_stays_sold(db, client, shop):
    mug = make_product(shop, stock=5)
    sent = as_sent(mug) | {"variants-0-stock": "15"}  # ten more arrived
    catalog.count_stock(mug.variants[0].id, shop.id, 3)
    client.post(f"/seller/products/{mug.id}", data=sent)
    db.session.expire_all()
    assert mug.variants[0].on_hand == 13
    assert db.session.scalars(select(StockMovement.change).order_by(StockMovement.id)).all() == [
        5,
        -2,
        10,
    ]


def test_a_product_is_taken_off_sale(db, client, shop):
    mug = make_product(shop)
    sent = as_sent(mug)
    del sent["listed"]
    client.post(f"/seller/products/{mug.id}", data=sent)
    assert "Draft" in client.get("/seller/products").text
    assert "Blue mug" not in client.get("/c/kitchen").text


def test_a_picture_is_removed_and_another_added(db, client, shop):
    client.post(
        "/seller/products/new",
        data=WORDS | row(0, price="12.00", stock="3") | {"pictures": [picture()]},
    )
    pot = db.session.scalars(select(Product)).one()
    client.post(f"/seller/products/{pot.id}", data=as_sent(pot) | {"removed": pot.picture})
    db.session.expire_all()
    assert pot.picture is None


def test_stock_and_price_are_corrected_in_the_list(db, client, shop):
    mug = make_product(shop, "10.00", stock=5).variants[0]
    client.post(
        f"/seller/products/stock/{mug.id}", data={"seen": "5", "stock": "8", "price": "9.50"}
    )
    db.session.expire_all()
    assert (mug.on_hand, mug.price) == (8, 950)
    assert (
        client.post(
            f"/seller/products/stock/{mug.id}", data={"seen": "5", "stock": "-1", "price": "9.50"}
        ).status_code
        == 422
    )


def test_the_list_is_searched_and_shows_what_runs_out(db, client, shop):
    make_product(shop, title="Blue mug", stock=50)
    make_product(shop, title="Red pot", stock=2)
    low = client.get("/seller/products?low=1").text
    assert "Red pot" in low and "Blue mug" not in low
    found = client.get("/seller/products?q=blue").text
    assert "Blue mug" in found and "Red pot" not in found


def test_anothers_goods_are_not_found(db, client, shop):
    theirs = make_product(make_seller(), title="Their lamp")
    variant = theirs.variants[0].id
    assert "Their lamp" not in client.get("/seller/products").text
    assert client.get(f"/seller/products/{theirs.id}").status_code == 404
    assert client.post(f"/seller/products/{theirs.id}", data=as_sent(theirs)).status_code == 404
    assert (
        client.post(
            f"/seller/products/stock/{variant}", data={"seen": "5", "stock": "0", "price": "1"}
        ).status_code
        == 404
    )
    mine = make_product(shop)
    stolen = as_sent(mine) | {"variants-0-id": str(variant)}
    assert client.post(f"/seller/products/{mine.id}", data=stolen).status_code == 422
    assert db.session.get(Variant, variant).price == 10_000


def test_a_closed_shop_lists_nothing(db, client, shop):
    services.suspend(shop.id, note="Fake orders")
    assert "Fake orders" in client.get("/seller/products").text
    assert client.get("/seller/products/new").status_code == 403
    assert (
        client.post("/seller/products/new", data=WORDS | row(0, price="12.00")).status_code == 403
    )


def send(client, text):
    return client.post(
        "/seller/products/upload", data={"file": (BytesIO(text.encode()), "goods.csv")}
    )


@pytest.fixture
def two(db, shop):
    make_product(
        shop,
        title="=Mug",
        variants=[
            NewVariant(yuan("10.00"), 5, "Small", sku="M-S"),
            NewVariant(yuan("12.00"), 5, "Large", sku="M-L"),
        ],
    )
    return lambda: db.session.execute(
        select(Variant.sku, Variant.price, Variant.on_hand).order_by(Variant.position)
    ).all()


def test_prices_and_stock_go_out_and_in_by_csv(db, client, shop, two):
    text = client.get("/seller/products/goods.csv").text
    assert text.splitlines() == [
        "sku,title,variant,price,stock",
        "M-S,'=Mug,Small,10.00,5",
        "M-L,'=Mug,Large,12.00,5",
    ]
    assert send(client, text).location == "/seller/products"
    assert send(client, "\ufeffSKU,price,stock\nM-S,9.90,\nM-L,,70\n").status_code == 302
    assert two() == [("M-S", 990, 5), ("M-L", 1200, 70)]


def test_one_bad_line_and_nothing_changes(db, client, shop, two):
    answer = send(client, "sku,price,stock\nM-S,9.90,1\nM-X,1.00,1\nM-L,cheap,1\nM-L,1.00,-3\n")
    assert answer.status_code == 422
    assert (
        "You have no variant with this SKU." in answer.text
        and "3 lines cannot be used" in answer.text
    )
    assert two() == [("M-S", 1000, 5), ("M-L", 1200, 5)]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "sku\x00,price\n", "price,stock\n1,2\n"])
def test_what_is_no_such_file_is_refused(db, client, shop, two, text):
    assert send(client, text).status_code == 422
    assert two() == [("M-S", 1000, 5), ("M-L", 1200, 5)]
