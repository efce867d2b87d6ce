"""Shelves are narrowed with honest counts, sorted, and searched with forgiveness."""

import pytest
from sqlalchemy import select

from core.db import get
from mall.catalog import queries, services
from mall.catalog.models import Category, Product
from mall.catalog.rules import Filters
from mall.sellers import services as sellers
from tests.factories.goods import make_product
from tests.factories.people import make_seller


def titles(page):
    return [tile.title for tile in page.tiles]


def rate(product, *stars):
    product.review_count, product.review_sum = len(stars), sum(stars)


@pytest.fixture
def shelf(db):
    """Five lamps: three brands, two shops, prices from 50 to 4,000."""
    sun, moon = make_seller("Sun"), make_seller("Moon")
    made = [
        make_product(shop, price, title=title, brand=brand, category="lamps")
        for shop, title, brand, price in [
            (sun, "Desk lamp", "Aster", "50.00"),
            (sun, "Floor lamp", "Aster", "250.00"),
            (sun, "Wall lamp", "Birch", "250.00"),
            (moon, "Night lamp", "Birch", "900.00"),
            (moon, "Party lamp", "Cedar", "4000.00"),
        ]
    ]
    rate(made[0], 5, 4), rate(made[1], 3), rate(made[2], 5, 5)
    db.session.flush()
    return db.session.scalars(select(Category.id).where(Category.slug == "lamps")).one()


def test_counts_show_what_each_choice_would_leave(shelf):
    facets = queries.listing(category_id=shelf).facets
    assert facets.brands == {"Aster": 2, "Birch": 2, "Cedar": 1}
    assert {name: count for (_, name), count in facets.sellers.items()} == {"Sun": 3, "Moon": 2}
    assert facets.bands == {0: 1, 1: 2, 2: 1, 4: 1}
    assert (facets.stars_and_up(4), facets.stars_and_up(3), facets.total) == (2, 3, 5)


def test_a_choice_narrows_the_others_but_not_its_own_kind(shelf):
    page = queries.listing(category_id=shelf, filters=Filters(brands=frozenset({"Birch"})))
    assert sorted(titles(page)) == ["Night lamp", "Wall lamp"]
    assert page.facets.brands == {"Aster": 2, "Birch": 2, "Cedar": 1}
    assert {name: count for (_, name), count in page.facets.sellers.items()} == {
        "Sun": 1,
        "Moon": 1,
    }
    assert page.facets.bands == {1: 1, 2: 1}


def test_choices_of_all_kinds_hold_together(shelf):
    chosen = Filters(frozenset({"Aster", "Birch"}), frozenset({1}), 4, frozenset({"sun"}))
    page = queries.listing(category_id=shelf, filters=chosen)
    assert (titles(page), page.total) == (["Wall lamp"], 1)


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("cheap", "Desk lamp", "Party lamp"),
        ("dear", "Party lamp", "Desk lamp"),
        ("new", "Party lamp", "Desk lamp"),
        ("rating", "Wall lamp", "Floor lamp"),
    ],
)
def test_a_shelf_is_sorted(shelf, sort, first, last):
    found = titles(queries.listing(category_id=shelf, sort=sort))
    assert (found[0], found[-1]) == (first, last)


def test_pages_follow_each_other_without_gap(db):
    shop = make_seller()
    for number in range(30):
        make_product(shop, title=f"Mug number {number}")
    one, two = (queries.listing(seller_id=shop.id, page=page) for page in (1, 2))
    assert (len(one.tiles), len(two.tiles), one.pages) == (24, 6, 2)
    assert len({*titles(one), *titles(two)}) == 30
    assert queries.listing(seller_id=shop.id, page=99).page == 2


def test_what_is_not_on_sale_is_on_no_shelf(db):
    hidden, closed = make_product(listed=False), make_product(make_seller("Closed"))
    sellers.suspend(closed.seller_id)
    assert hidden and not queries.listing(words="mug").tiles


def test_a_sold_out_product_is_shown_as_such(db):
    make_product(stock=0)
    assert [tile.in_stock for tile in queries.listing(words="mug").tiles] == [False]


@pytest.mark.parametrize(
    "words",
    [
        "espresso grinder",
        "GRIND",
        "Café",
        "cafe grinder",
        "Aster",
        "kitchen esp",
        "walnut",
        "grindr",
        "expresso grinder",
    ],
)
def test_search_finds_words_beginnings_accents_brands_attributes_and_slips(db, words):
    make_product(title="Café espresso grinder", brand="Aster", attributes={"Handle": "walnut"})
    make_product(title="Paper filter", category="office")
    assert titles(queries.listing(words=words)) == ["Café espresso grinder"]


def test_a_slip_is_told(db):
    make_product(title="Wireless headphones")
    page = queries.listing(words="wireless hedphones")
    assert (titles(page), page.corrected) == (["Wireless headphones"], "wireless headphones")
    assert queries.listing(words="headphones").corrected == ""


@pytest.mark.parametrize("words", ["无线耳机", "蓝牙", "耳机", "无线 耳机", "线", "降噪耳机"])
def test_chinese_is_found_though_it_has_no_blanks(db, words):
    make_product(title="无线蓝牙降噪耳机")
    make_product(title="不锈钢保温杯")
    assert titles(queries.listing(words=words)) == ["无线蓝牙降噪耳机"]


@pytest.mark.parametrize(
    "words", ["quantum", "!!!", "'; drop table product; --", "a & | b", "\\ ' : *"]
)
def test_what_is_not_there_is_not_found_and_nothing_breaks(db, words):
    make_product()
    assert not queries.listing(words=words).tiles


def test_a_title_that_says_it_comes_before_an_attribute_that_does(db):
    shade = make_product(title="Shade", attributes={"For": "desk lamp"})
    shade.sold = 1_000
    make_product(title="Desk lamp")
    assert titles(queries.listing(words="desk lamp")) == ["Desk lamp", "Shade"]


def test_a_new_title_is_found_and_the_old_one_is_not(db):
    mug = make_product()
    services.change_product(mug.id, mug.seller_id, title="Red teapot")
    assert titles(queries.listing(words="teapot")) == ["Red teapot"]
    assert not queries.listing(words="blue").tiles


def test_the_shelf_price_follows_the_cheapest_variant(db):
    mug = make_product(price="10.00")
    services.set_price(mug.variants[0].id, mug.seller_id, 800)
    assert get(Product, mug.id).price_from == 800
