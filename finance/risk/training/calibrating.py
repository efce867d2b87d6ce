"""From what the model says to what came: a rising table from raw points to score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training.shapes import UP, monotone

Array = npt.NDArray[Any]
GROUPS = 20
_PER_DOUBLING, _MIDDLE, _ODDS = 50, 600, 20  # finance.risk.odds: 600 is 20:1, 50 points double
_TO_POINTS = _PER_DOUBLING / np.log(2)
_PRIOR = 4.0  # imagined people a group, at the average rate, so that no rate is 0 or 1


def score_of(bad_odds: Array) -> Array:
    """Log odds of being bad as (fractional) score."""
    return _MIDDLE - _TO_POINTS * (bad_odds + np.log(_ODDS))


def chance_of(score: Array) -> Array:
    """The chance of being bad at this score."""
    return 1 / (1 + _ODDS * 2 ** ((score - _MIDDLE) / _PER_DOUBLING))


def table(raw: Array, bad: Array, groups: int = GROUPS) -> tuple[tuple[int, int], ...]:
    """Knots (raw points, score), both rising; between them the score is read off a line.

    raw   n whole points that the model gave people it had not seen; bad: n zeros and ones
    """
    order = np.argsort(raw, kind="stable")
    parts = [p for p in np.array_split(order, min(groups, max(2, len(raw) // 50))) if len(p)]
    mean = bad.mean()
    where = np.array([raw[p].mean() for p in parts])
    rates = np.array([(bad[p].sum() + _PRIOR * mean) / (len(p) + _PRIOR) for p in parts])
    wanted = monotone(score_of(np.log(rates / (1 - rates))), np.array([len(p) for p in parts]), UP)
    return _knots(where, wanted)


def _knots(where: Array, wanted: Array) -> tuple[tuple[int, int], ...]:
    """Equal scores are one group: its middle is the knot, so that the line keeps rising."""
    knots: list[tuple[int, int]] = []
    for score in np.unique(wanted):
        here = (round(where[wanted == score].mean()), round(score))
        if not knots or (here[0] > knots[-1][0] and here[1] > knots[-1][1]):
            knots.append(here)
    return tuple(knots)


def apply(knots: Sequence[tuple[int, int]], raw: Array) -> Array:
    """The score of every number of raw points, as `scorecard.Card` reads it: whole numbers."""
    if len(knots) < 2:
        return raw + (knots[0][1] - knots[0][0] if knots else 0)
    places = np.clip(
        np.searchsorted([k[0] for k in knots], raw, side="right") - 1, 0, len(knots) - 2
    )
    table = np.array(knots, dtype=np.int64)
    low, high = table[places], table[places + 1]
    rise, run = high[:, 1] - low[:, 1], high[:, 0] - low[:, 0]
    return low[:, 1] + (raw - low[:, 0]) * rise // run
