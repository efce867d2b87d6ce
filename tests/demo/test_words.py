"""People of the demo mall: plausible, varied, the same every time."""

import re
from random import Random

import pytest

from demo import words
from demo.goods.shelves import categories

SLUGS = [category.slug for category in categories()]


def test_nicknames_are_handles_and_not_names_of_people() -> None:
    names = {words.nickname(Random(seed)) for seed in range(300)}
    assert len(names) > 280
    assert all(re.fullmatch(r"[a-z]+-[a-z]+-\d\d", name) for name in names)


def test_addresses_have_a_number_a_city_and_six_digits() -> None:
    found = [words.address(Random(seed)) for seed in range(300)]
    assert len(set(found)) > 295
    assert len({place.city for place in found}) > 15
    assert all(re.fullmatch(r"\d{6}", place.postal_code) for place in found)
    assert all(re.match(r"\d+ \w+ \w+ \w+", place.street) for place in found)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_reviews_vary_within_every_shelf_and_number_of_stars(slug: str, stars: int) -> None:
    rng = Random(stars)
    texts = [words.review(rng, slug, stars) for _ in range(200)]
    assert len(set(texts)) > 60
    assert all(0 < len(text) < 300 for text in texts)


def test_some_reviews_are_short_and_some_are_typed_in_a_hurry() -> None:
    rng = Random(3)
    texts = [words.review(rng, "kitchen", 5) for _ in range(300)]
    assert sum(len(text) < 35 for text in texts) > 20
    assert sum(text == text.lower() for text in texts) > 20


def test_a_one_star_review_has_no_praise_and_a_five_star_review_no_blame() -> None:
    rng = Random(4)
    assert not any("Easy to wash up" in words.review(rng, "kitchen", 1) for _ in range(300))
    assert not any("It drips" in words.review(rng, "kitchen", 5) for _ in range(300))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shelf_has_questions_with_answers_and_reasons_of_return(slug: str) -> None:
    rng = Random(1)
    asked, answered = words.question(rng, slug)
    assert asked.endswith("?")
    assert answered.endswith(".")
    assert len({words.return_reason(rng, slug) for _ in range(100)}) > 8


def test_a_shop_apologizes_for_one_star_and_rejoices_over_five() -> None:
    sad = {words.seller_reply(Random(seed), 1) for seed in range(40)}
    glad = {words.seller_reply(Random(seed), 5) for seed in range(40)}
    assert len(sad) > 2
    assert not sad & glad


def test_the_same_dice_give_the_same_words() -> None:
    assert [words.review(Random(9), "audio", 4) for _ in range(2)] == [
        words.review(Random(9), "audio", 4)
    ] * 2
    assert words.address(Random(9)) == words.address(Random(9))
