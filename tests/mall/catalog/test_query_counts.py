"""A page costs at most six statements, signed in, with a cart, however many products there are."""

import pytest

from mall.cart import services as carts
from mall.catalog import queries
from mall.catalog.rules import NewVariant
from mall.feedback import services as feedback
from tests.counting import statements
from tests.factories.goods import make_product, yuan
from tests.factories.people import make_seller, make_shopper, sign_in

PAGES = [
    "/",
    "/c/kitchen",
    "/c/kitchen?brand=Aster&price=0&price=1&stars=4&sort=rating",
    "/search?q=mug",
    "/search?q=mgu",
    "/search?q=nothinglikethis",
    "/s/lake-tea",
    "/p/{slug}",
    "/cart",
]


@pytest.fixture
def mall(db):
    """Thirty products of a shop, a shopper with a cart and favorites, and one product's address."""
    shop = make_seller("Lake Tea")
    made = [
        make_product(
            shop,
            title=f"Mug {n}",
            brand="Aster",
            variants=[NewVariant(yuan("80.00"), 9, "Small"), NewVariant(yuan("90.00"), 9, "Large")],
        )
        for n in range(30)
    ]
    lin = make_shopper()
    for product in made[:3]:
        carts.add(person_id=lin.id, variant_id=product.variants[0].id)
        feedback.toggle_favorite(lin.id, product.id)
        feedback.ask(product.id, lin.id, "How tall is it?")
    return lin, made[0].slug


def cost(client, path):
    queries.forget_categories()
    with statements() as seen:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(seen)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_page_costs_at_most_six_statements(db, client, mall, path, signed_in):
    lin, slug = mall
    if signed_in:
        sign_in(client, lin)
    db.session.expire_all()
    assert cost(client, path.format(slug=slug)) <= 6


def test_a_shelf_costs_the_same_with_many_more_products(db, client, mall):
    lin, slug = mall
    sign_in(client, lin)
    before = [cost(client, path.format(slug=slug)) for path in PAGES]
    shop = make_seller()
    for number in range(60):
        make_product(shop, title=f"Mug of another kind {number}")
    assert [cost(client, path.format(slug=slug)) for path in PAGES] == before


def test_adding_to_the_cart_costs_at_most_ten_statements(db, client, mall):
    lin, _ = mall
    lamp = make_product(title="Lamp").variants[0].id
    sign_in(client, lin)
    db.session.expire_all()
    with statements() as seen:
        assert client.post("/cart/add", data={"variant_id": lamp, "quantity": 1}).status_code == 302
    assert len(seen) <= 10
