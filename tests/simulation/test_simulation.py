"""Short simulations agree with the model, and a planted error is caught with seed and operations."""

import ast
import os
from fractions import Fraction
from pathlib import Path

import pytest

from mall.payouts import fees
from tests.simulation import model, model_disputes, model_loans
from tests.simulation.driver import Failed, Simulation
from tests.simulation.place import clean_slate

SEEDS = range(int(os.environ.get("SIMULATIONS", "3")))  # SIMULATIONS=200 for a night
STEPS = 110


@pytest.mark.parametrize("seed", SEEDS)
def test_book_and_model_agree_after_every_step(db, pile, seed):
    lived = Simulation(seed, pile, STEPS).run()
    assert lived.steps >= STEPS
    assert lived.refusals < lived.steps / 2, "most of what people try must be possible"


def test_a_commission_rounded_the_other_way_is_caught(db, pile, monkeypatch):
    """Halves and all, down instead of to the nearest: one fen of one order is enough."""
    real = fees.commission_on
    monkeypatch.setattr(fees, "commission_on", lambda *a: Fraction(int(real(*a))))
    said = caught(pile)
    assert "balance of commission: the book has" in said


def test_a_fee_that_is_never_written_down_is_caught(db, pile, monkeypatch):
    monkeypatch.setattr("payments.apply_charge._note_fee", lambda payment, op, fee: None)
    said = caught(pile)
    assert "balance of gateway_fee: the book has 0" in said


def test_a_reserve_that_is_not_kept_is_caught(db, pile, monkeypatch):
    """The journal still balances and every row agrees: only the terms of the shop say otherwise."""
    monkeypatch.setattr("mall.payouts.reserves.rule_of", lambda seller_id: None)
    assert "balance of seller_reserve:" in caught(pile)


def caught(pile) -> str:
    """What the first simulation that fails prints."""
    with pytest.raises(Failed) as failed:
        Simulation(0, pile, 400).run()
    said = str(failed.value)
    assert said.startswith("seed 0, step ")
    assert "again: python -m tests.simulation --seed 0 --steps 400" in said
    told = [line for line in said.splitlines() if line[:4].strip().isdigit()]
    assert 0 < len(told) <= 40
    return said


def test_the_same_seed_is_the_same_life(app):
    """So that the command which a failure prints leads there again, to the last code and hour."""
    told = []
    with app.app_context():
        for _ in range(2):
            with clean_slate(app) as pile:
                told.append(Simulation(5, pile, 25).run().told)
    assert told[0] == told[1]


def test_the_model_knows_nothing_of_the_mall():
    """Its arithmetic is its own: it imports only from the standard library."""
    imported = set()
    for file in (model, model_disputes, model_loans):
        for node in ast.walk(ast.parse(Path(file.__file__).read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)
            assert not isinstance(node, ast.Import)
    assert imported == {"collections", "collections.abc", "dataclasses", "tests.simulation.model"}
