"""Small games of chance in whole numbers, all with the dice handed in."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


def happens(dice: Random, percent: int) -> bool:
    """True so many times out of a hundred."""
    return dice.randrange(100) < percent


def pick(dice: Random, *choices: tuple[T, int]) -> T:
    """One of `(thing, weight)`."""
    return dice.choices([thing for thing, _ in choices], [weight for _, weight in choices])[0]


def times(dice: Random, thousandths: int) -> int:
    """How often something happens that happens `thousandths` / 1000 times on average.

    Each of twice as many chances comes true half the time, so that days differ.
    """
    whole, rest = divmod(thousandths, 500)
    return sum(dice.randrange(2) for _ in range(whole)) + (dice.randrange(1000) < rest)


def hours(dice: Random, least: int, most: int) -> timedelta:
    """A span between two numbers of hours, to the second."""
    return timedelta(seconds=dice.randrange(least * 3600, most * 3600 + 1))


def skewed(dice: Random, least: int, most: int) -> int:
    """Mostly small, sometimes large: the least of three throws."""
    return min(dice.randint(least, most) for _ in range(3))


def weighted(dice: Random, things: Sequence[T], weights: Sequence[int]) -> T | None:
    """One of `things` by weight; None when nothing has any."""
    return dice.choices(things, weights)[0] if any(weights) else None
