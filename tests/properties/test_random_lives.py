"""Many random moves through the real use cases: the audit holds after each of them."""

import os

import pytest

from tests.properties.lives import Lives

SEEDS = range(int(os.environ.get("LIVES", "3")))  # LIVES=200 lives longer, for a night
TURNS = 45


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_people_do_the_book_holds_and_the_bank_agrees(db, pile, seed):
    lives = Lives(seed, pile)
    lives.live(TURNS)
    lives.settle_down()
