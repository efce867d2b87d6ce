"""Too few outcomes to fit a card: turn the expert's weights, as far as the outcomes say so.

Maximum a posteriori logistic regression with a Gaussian prior on the expert card's own weights:
w = 1 is the expert. A handful of outcomes moves little; hundreds move what they are about.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

ENOUGH_BAD = 150  # bad outcomes from which a card of its own is fitted
_SPREAD = 0.5  # standard deviation of a weight around the expert's
_SHIFT = 2.0  # and of the base, in log odds
_POINT = np.log(2) / 50  # a point in log odds
_NEAR = 1e-10


@dataclass(frozen=True, slots=True)
class Turned:
    """New log odds of being bad = shift − Σ weights × points × ln 2 / 50."""

    shift: Any
    weights: tuple[Any, ...]


def turn(points: Array, base: Any, bad: Array, spread: Any = _SPREAD) -> Turned:
    """Weights of the expert's lines by their outcomes; none falls below zero.

    points   n × lines: what the expert card gave each person for each line
    base     the expert's log odds of being bad at no points
    bad      n zeros and ones, in a new mall perhaps very few
    """
    x = np.column_stack([np.ones(len(bad)), -_POINT * points])
    middle = np.concatenate([[base], np.ones(points.shape[1])])
    narrow = 1 / np.concatenate([[_SHIFT], np.full(points.shape[1], spread)]) ** 2
    free = np.ones(len(middle), dtype=bool)
    found = middle.copy()
    while True:
        _climb(x, bad, found, middle, narrow, free)
        below = free & (found < 0)
        below[0] = False
        if not below.any():
            return Turned(found[0], tuple(found[1:].tolist()))
        free &= ~below  # a line that would count backwards counts nothing: signs stay true
        found[~free] = 0


def _climb(x: Array, bad: Array, w: Array, middle: Array, narrow: Array, free: Array) -> None:
    """Newton's steps to the top of the posterior, in place, each as far as it goes up.

    Far from the expert a whole step overshoots: everybody becomes certain, and there is no way back.
    """
    height = _height(x, bad, w, middle, narrow)
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(x @ w)))
        slope = x.T @ (bad - chance) - narrow * (w - middle)
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(narrow)
        step = np.zeros(len(w))
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        while (found := _height(x, bad, w + step, middle, narrow)) < height:
            step /= 2
            if np.abs(step).max() < _NEAR:
                return
        w += step
        height = found
        if np.abs(step).max() < _NEAR:
            return


def _height(x: Array, bad: Array, w: Array, middle: Array, narrow: Array) -> Any:
    """The log of the posterior."""
    odds = x @ w
    return (bad * odds - np.logaddexp(0, odds)).sum() - (narrow * (w - middle) ** 2).sum() / 2
