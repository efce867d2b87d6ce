"""Pictures are well-formed, small, our own, and the same every time."""

import re
import xml.etree.ElementTree as ET
from random import Random

import pytest

from demo.goods import Good, catalog
from demo.goods.shelves import kinds
from demo.pictures import DRAWERS, draw, draw_avatar, draw_shop_banner

MALL = catalog(Random(1), 24)
BANNED = (
    "<script",
    "<style",
    "href",
    "http://",
    "https://",
    "url(http",
    "<image",
    "onload",
    "<foreign",
)


def _picture(good: Good, seed: int = 5) -> str:
    return draw(good.picture, good.variants[0].color, Random(seed))


def _without_namespace(svg: str) -> str:
    return svg.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_every_kind_of_thing_has_a_drawer() -> None:
    assert {kind.slug for kind in kinds()} == set(DRAWERS)


@pytest.mark.parametrize("good", MALL.products, ids=lambda good: good.key)
def test_a_picture_is_well_formed_small_and_borrows_nothing(good: Good) -> None:
    svg = _picture(good)
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 800 800"
    assert 1_500 < len(svg.encode()) <= 9_000
    assert not [word for word in BANNED if word in _without_namespace(svg)]


@pytest.mark.parametrize("good", MALL.products, ids=lambda good: good.key)
def test_every_gradient_a_picture_uses_is_its_own(good: Good) -> None:
    svg = _picture(good)
    assert set(re.findall(r"url\(#(\w+)\)", svg)) <= set(re.findall(r' id="(\w+)"', svg))


def test_the_same_thing_looks_the_same_twice() -> None:
    good = MALL.products[0]
    assert _picture(good) == _picture(good)


def test_two_pictures_in_one_page_share_no_gradient_names() -> None:
    good = MALL.products[0]
    first, second = (set(re.findall(r' id="(\w+)"', _picture(good, seed))) for seed in (1, 2))
    assert not first & second


def test_a_variant_is_drawn_in_its_own_color() -> None:
    phone = MALL.products[0]
    colors = {variant.color for variant in phone.variants}
    pictures = {draw(phone.picture, color, Random(5)) for color in colors}
    assert len(pictures) == len(colors) > 1


def test_banners_escape_the_name_of_the_shop_and_borrow_nothing() -> None:
    for shop in MALL.shops:
        svg = draw_shop_banner(shop, Random(3))
        root = ET.fromstring(svg)
        assert root.get("viewBox") == "0 0 1200 300"
        assert shop.name in (root[0].text or "")
        assert not [word for word in BANNED if word in _without_namespace(svg)]
        assert svg == draw_shop_banner(shop, Random(3))


def test_avatars_depend_on_the_key_alone() -> None:
    assert ET.fromstring(draw_avatar("quiet-otter-27")).get("viewBox") == "0 0 96 96"
    assert draw_avatar("quiet-otter-27") == draw_avatar("quiet-otter-27")
    assert len({draw_avatar(str(number)) for number in range(50)}) > 30
