"""What the demo mall sells: the same every time, priced and told like a shop's own."""

import os
import subprocess
import sys
from dataclasses import asdict
from random import Random

import pytest

from demo.goods import catalog

MALL = catalog(Random(1), 24)
VARIANTS = [variant for good in MALL.products for variant in good.variants]


def test_the_same_seed_opens_the_same_mall_and_another_seed_another() -> None:
    assert asdict(catalog(Random(1), 24)) == asdict(MALL)
    assert asdict(catalog(Random(2), 24)) != asdict(MALL)


def test_goods_and_pictures_do_not_hang_on_the_order_of_hashes() -> None:
    program = (
        "from hashlib import sha256; from random import Random\n"
        "from demo.goods import catalog; from demo.pictures import draw\n"
        "mall = catalog(Random(4), 12)\n"
        "drawn = [draw(g.picture, g.variants[0].color, Random(1)) for g in mall.products]\n"
        "print(sha256(repr((mall, drawn)).encode()).hexdigest())"
    )
    prints = {
        subprocess.check_output(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    }
    assert len(prints) == 1


def test_the_full_house_is_large_and_mixed() -> None:
    assert len(MALL.shops) == 24
    assert len(MALL.categories) == 11
    assert len(MALL.products) > 200


def test_the_stories_find_their_flagship_and_their_accessory_set() -> None:
    firsts = [
        good.variants[0].price_minor for good in MALL.products if good.picture.kind == "phone"
    ]
    assert firsts.count(360_000) == 1
    accessory = [good for good in MALL.products if good.title == "Lumovar Aster Accessory Set"]
    assert [v.price_minor for good in accessory for v in good.variants[:1]] == [120_000]


def test_every_product_can_be_bought() -> None:
    assert all(1 <= len(good.variants) <= 6 for good in MALL.products)
    assert all(v.price_minor > 0 and v.price_minor % 100 == 0 for v in VARIANTS)
    assert all(v.weight_grams > 0 and v.stock > 0 for v in VARIANTS)
    assert all(300_000 <= good.cost_ppm < 950_000 for good in MALL.products)


def test_titles_keys_and_skus_are_unique() -> None:
    for names in (
        [good.title for good in MALL.products],
        [good.key for good in MALL.products],
        [variant.sku for variant in VARIANTS],
        [shop.key for shop in MALL.shops],
        [shop.name for shop in MALL.shops],
    ):
        assert len(set(names)) == len(names)


def test_no_two_products_are_described_alike() -> None:
    texts = [good.description for good in MALL.products]
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if "{" in text or len(text) < 120]


def test_a_shop_sells_what_it_is_about_and_no_shop_is_empty() -> None:
    focus = {shop.key: shop.focus for shop in MALL.shops}
    assert all(good.category_slug in focus[good.shop_key] for good in MALL.products)
    assert {good.shop_key for good in MALL.products} == set(focus)


def test_weights_of_shops_are_shares_with_a_long_tail() -> None:
    weights = sorted((shop.weight_ppm for shop in MALL.shops), reverse=True)
    assert sum(weights) == 1_000_000
    assert weights[0] > 10 * weights[-1] > 0
    assert {shop.size for shop in MALL.shops} == {"tiny", "small", "mid", "large"}


@pytest.mark.parametrize("shops", [1, 3, 8, 30])
def test_small_and_large_malls_fill_every_shop(shops: int) -> None:
    mall = catalog(Random(7), shops)
    assert {good.shop_key for good in mall.products} == {shop.key for shop in mall.shops}
    assert {c.slug for c in mall.categories} == {good.category_slug for good in mall.products}
    assert any(good.variants[0].price_minor == 360_000 for good in mall.products)


@pytest.mark.parametrize("shops", [0, 31])
def test_a_mall_of_no_shops_or_too_many_is_refused(shops: int) -> None:
    with pytest.raises(ValueError, match="1 to 30 shops"):
        catalog(Random(1), shops)
