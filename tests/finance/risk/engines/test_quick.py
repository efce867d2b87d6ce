"""The quick way through a card says what the card says, over values of every bin and code."""

from random import Random

import pytest

from finance.risk import scorecard
from finance.risk.engines.quick import Quick
from finance.risk.scorecard import Card, Line

CODED = {
    "name": "coded",
    "version": 1,
    "base": 500,
    "calibration": [[400, 380], [500, 520], [700, 800]],
    "lines": [
        {
            "feature": "asked",
            "code": "X1",
            "sign": "+",
            "missing": -10,
            "scale": 10,
            "codes": {"-9": 7, "-1": 90},
            "bins": [[-5, 0], [40, 20], [None, 60]],
        },
        {"feature": "one", "code": "X2", "sign": "-", "missing": 3, "bins": [[None, 5]]},
        {
            "feature": "late",
            "code": "X1",
            "sign": "-",
            "missing": 0,
            "bins": [[1, 40], [None, -60]],
        },
    ],
}


def interesting(line: Line) -> list[int | None]:
    """No value, every edge and its neighbors, every code."""
    edges = [each.below for each in line.bins if each.below is not None]
    codes = [code * line.scale for code, _ in line.codes]
    return [None, 0, -(10**12), 10**12, *(e + d for e in [*edges, *codes] for d in (-1, 0, 1))]


@pytest.mark.parametrize(
    "card",
    [
        scorecard.load("seller_expert_1"),
        scorecard.load("buyer_expert_1"),
        scorecard.card_of(CODED),
    ],
    ids=lambda card: card.name,
)
def test_it_says_the_same(card: Card) -> None:
    roll, quick, grades = Random(3), Quick(card), set()
    cases = [{line.feature: value} for line in card.lines for value in interesting(line)]
    cases += [
        {line.feature: roll.choice(interesting(line)) for line in card.lines} for _ in range(2_000)
    ]
    for values in cases:
        slow, fast = card.score(values), quick.score(values)
        assert (fast.score, fast.grade, fast.pd_ppm) == (slow.score, slow.grade, slow.pd_ppm)
        whole = [(w.code, w.feature, w.value, w.target, w.points) for w in slow.lost]
        assert fast.lost == whole
        grades.add(fast.grade)
    assert len(grades) > 1
