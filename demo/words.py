"""Words for a demo mall: nicknames, addresses, reviews, questions, replies, reasons to return.

Everything is drawn from `words.toml` with the dice handed in; no name is a person's.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True)
class Address:
    """Where a parcel goes: an invented street in a real city."""

    street: str
    city: str
    region: str
    postal_code: str


def nickname(rng: Random) -> str:
    """A display name such as quiet-otter-27; about 86,000 of them."""
    nick = _words()["nick"]
    return f"{rng.choice(nick['first'])}-{rng.choice(nick['second'])}-{rng.randint(10, 99)}"


def address(rng: Random) -> Address:
    """An address in one of twenty large cities, the larger ones more often."""
    place = _words()["place"]
    cities = place["cities"]
    city, region, prefix = rng.choices(cities, range(len(cities) + 6, 6, -1))[0]
    street = (
        f"{rng.choice(place['trees'])} {rng.choice(place['ground'])} {rng.choice(place['ways'])}"
    )
    door = f"{rng.randint(1, 388)} {street}"
    if rng.randrange(3):
        door += f", Room {rng.randint(1, 24)}{rng.randint(1, 8):02d}"
    return Address(door, city, region, f"{prefix}{rng.randrange(1000):03d}")


def review(rng: Random, category_slug: str, stars: int) -> str:
    """What a shopper writes under 1 to 5 stars: often a few sentences, sometimes one word."""
    words, level = _words(), str(stars)
    if rng.randrange(100) < 22:
        return str(rng.choice(words["short"][level]))
    sentences = [
        rng.choice(words["open"][level]),
        *_details(rng, category_slug, stars),
        rng.choice(words["close"][level]),
    ]
    if rng.randrange(100) < 25:
        sentences = sentences[1:]
    return _in_a_hurry(rng, " ".join(filter(None, sentences)))


def question(rng: Random, category_slug: str) -> tuple[str, str]:
    """A question below a product, and the seller's answer to it."""
    asked, answered = rng.choice(_words()["ask"][category_slug])
    return asked, answered


def seller_reply(rng: Random, stars: int) -> str:
    """What the shop writes below a review of so many stars."""
    mood = "glad" if stars >= 4 else "middle" if stars == 3 else "sorry"
    return str(rng.choice(_words()["reply"][mood]))


def return_reason(rng: Random, category_slug: str) -> str:
    """Why a shopper sends something back: half the time for a reason of its category."""
    reasons = _words()["give_back"]
    return str(rng.choice(reasons[category_slug if rng.randrange(2) else "any"]))


def _details(rng: Random, category_slug: str, stars: int) -> list[str]:
    """Praise and blame in the measure of the stars."""
    praise, blame = {5: (2, 0), 4: (1, 0), 3: (1, 1), 2: (0, 1), 1: (0, 2)}[stars]
    if stars == 4 and not rng.randrange(3):
        blame = 1
    if stars in (1, 5):  # the very happy and the very angry vary in length
        praise, blame = min(praise, rng.randint(1, 2)), min(blame, rng.randint(1, 2))
    words = _words()
    return [
        *rng.sample(words["good"][category_slug], praise),
        *rng.sample(words["bad"][category_slug], blame),
    ]


def _in_a_hurry(rng: Random, text: str) -> str:
    """One in eight types without capitals, one in ten swaps two letters."""
    if not rng.randrange(8):
        text = text.lower().rstrip(".")
    if not rng.randrange(10):
        spots = [i for i in range(1, len(text) - 2) if text[i : i + 2].isalpha()]
        spot = rng.choice(spots)
        text = text[:spot] + text[spot + 1] + text[spot] + text[spot + 2 :]
    return text


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
