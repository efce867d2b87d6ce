"""What a seller will sell in the next term, as a whole distribution, learned from earlier terms.

The ratio of next term's sales to the last term's is cut at several levels; for each, a logistic
regression in straight lines and steps says how likely the seller stays at or below it
(distribution regression: Foresi and Peracchi, 1995). The lowest level is nothing at all, so that falling silent is a case of its own
and no tail of a curve. Ridges hold every weight near what is expected without any data, and no
weight may turn against its direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from finance.risk.capacity import features
from finance.risk.capacity.features import NAMES, Known
from finance.risk.capacity.panel import Array, Panel

LEVELS = (0.0, 0.1, 0.25, 0.45, 0.7, 1.0, 1.5, 2.5)
CUTS = 8  # earlier cut-offs learned from
STEPS = 8
_RIDGE, _RIDGE_STEP = 15.0, 40.0  # how firmly the expected weights, and no steps, are believed

# Of each level: the log odds of an average seller, and how much a feature counts.
_START = (-1.6, -1.4, -1.1, -0.7, -0.2, 0.4, 1.2, 2.2)
_PULL = (1.0, 0.9, 0.7, 0.5, 0.3, 0.1, -0.1, -0.3)

# What lowers the chance of selling little; None: either way.
_SIGNS = {
    "orders": -1,
    "fresh": -1,
    "age": -1,
    "steady": -1,
    "recency": -1,
    "on_time": -1,
    "review": -1,
    "silence": -1,
    "pulse": -1,
    "luck": 1,
    "peers": -1,
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """For every seller P(sales ≤ level × scale), by level; `scale` in money."""

    scale: Array
    below: Array  # sellers × LEVELS, rising

    def quantile(self, chance: Any) -> Array:
        """The sales that each seller falls short of with this chance."""
        levels = np.array(LEVELS)
        below = self.below
        place = (below <= chance).sum(axis=1)  # how many levels are cleared
        inner = np.clip(place, 1, len(levels) - 1)
        rows = np.arange(len(below))
        low, high = below[rows, inner - 1], below[rows, inner]
        part = np.clip((chance - low) / np.maximum(high - low, 1e-12), 0, 1)
        ratio = levels[inner - 1] + part * (levels[inner] - levels[inner - 1])
        ratio = np.where(place == 0, 0.0, ratio)
        return self.scale * ratio


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weights by level; `season` scales the coming term.

    edges     for each feature the values at which its weight may step up or down
    weights   LEVELS × (start, features, steps)
    """

    edges: tuple[Array, ...]
    weights: Array
    season: Any

    @classmethod
    def learn(cls, panel: Panel, day: int, term: int) -> "Forecast":
        """Learn from the terms that ended before `day`; with none, what is expected anyway."""
        x, ratio = _past(panel, day, term)
        edges = tuple(_edges(column) for column in x.T)
        design = _design(x, edges)
        weights = [
            _logistic(design, (ratio <= level).astype(np.float64), _Expected.at(place, edges))
            for place, level in enumerate(LEVELS)
        ]
        return cls(edges, np.array(weights), features.season(panel, day, term))

    def distribution(self, known: Known) -> Distribution:
        """What each of these sellers may sell in the coming term."""
        below = _chance(_design(known.x, self.edges) @ self.weights.T)
        return Distribution(known.base * self.season, np.maximum.accumulate(below, axis=1))


def _edges(column: Array) -> Array:
    """Eight values that part what was seen into nine equal groups."""
    if not len(column):
        return np.zeros(0)
    return np.unique(np.quantile(column, np.linspace(0, 1, STEPS + 2)[1:-1]))


def _design(x: Array, edges: Sequence[Array]) -> Array:
    """One, the features in their usual size, and whether each lies above each of its edges."""
    steps = [x[:, [j]] > cuts[None] for j, cuts in enumerate(edges)]
    usual = (x - np.array(_MIDDLE)) / np.array(_SPREAD)
    return np.column_stack([np.ones(len(x)), usual, *steps]).astype(np.float64)


def _past(panel: Panel, day: int, term: int) -> tuple[Array, Array]:
    """Features at earlier cut-offs and the ratio that followed."""
    rows, ratios = [np.zeros((0, len(NAMES)))], [np.zeros(0)]
    for cut in cuts_before(panel, day, term):
        known = features.known(panel, cut, term)
        came = np.maximum(panel.total(panel.sales, cut, cut + term)[known.seller], 0)
        rows.append(known.x)
        ratios.append(came / known.base / features.season(panel, cut, term))
    return np.vstack(rows), np.concatenate(ratios)


def cuts_before(panel: Panel, day: int, term: int) -> list[int]:
    """Earlier days whose term is over at `day`, a third of a term apart, nearest first."""
    ends = np.unique(panel.stop)
    first = int(panel.start.min()) + term - features.SLACK
    found: list[int] = []
    latest = day - term + features.SLACK
    while len(found) < CUTS:
        fitting = ends[ends <= latest]
        if not len(fitting) or fitting[-1] < first:
            break
        found.append(int(fitting[-1]))
        latest = found[-1] - max(term // 3, 1)
    return found


# Usual sizes of the features, in the order of NAMES.
_MIDDLE = (2.0, 4.0, 0.0, 0.35, 5.5, 0.7, -0.2, -2.0, 0.9, 4.0, -1.0, 0.0, 0.6, 0.0, 0.0)
_SPREAD = (1.2, 1.0, 0.8, 0.30, 1.0, 0.3, 0.6, 1.5, 0.1, 0.7, 1.0, 0.5, 0.4, 0.4, 0.4)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What is believed of the weights before any outcome: middle, firmness, allowed sign."""

    middle: Array
    firm: Array
    sign: Array

    @classmethod
    def at(cls, place: int, edges: Sequence[Array]) -> "_Expected":
        """For the level at `place`: silence is what trade, regularity and freshness speak against."""
        pull = _PULL[place]
        believed = {
            "orders": -1.0 * pull,
            "fresh": -0.4 * max(pull, 0.2),
            "steady": -0.3 * max(pull, 0.1),
            "recency": -0.4 * max(pull, 0.1),
            "silence": -0.5 * max(pull, 0.1),
        }
        usual = [believed.get(name, 0.0) for name in NAMES]
        steps = sum(len(cuts) for cuts in edges)
        signs = [_SIGNS.get(name, 0) for name in NAMES]
        step_signs = [sign for sign, cuts in zip(signs, edges, strict=True) for _ in cuts]
        return cls(
            np.array([_START[place], *usual, *[0.0] * steps]),
            np.array([1.0, *[_RIDGE] * len(NAMES), *[_RIDGE_STEP] * steps]),
            np.array([0, *signs, *step_signs]),
        )


def _logistic(x: Array, y: Array, expected: _Expected) -> Array:
    """The most likely weights among those that keep their signs (Newton's steps, projected)."""
    w = expected.middle.copy()
    if not len(x):
        return w
    w[w * expected.sign < 0] = 0.0
    here = _loss(x, y, expected, w)
    for _ in range(60):
        new, there = _stepped(x, y, expected, w, here)
        if there >= here or np.abs(new - w).max() < 1e-7:
            return w
        w, here = new, there
    return w


def _stepped(x: Array, y: Array, expected: _Expected, w: Array, here: Any) -> tuple[Array, Any]:
    """One of Newton's steps, halved until it helps; weights at nought stay if they would turn."""
    chance = _chance(x @ w)
    slope = x.T @ (y - chance) - expected.firm * (w - expected.middle)
    free = ~((w == 0) & (expected.sign != 0) & (slope * expected.sign <= 0))
    bend = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(expected.firm)
    step = np.zeros(len(w))
    step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
    while True:
        new = w + step
        new[new * expected.sign < 0] = 0.0
        there = _loss(x, y, expected, new)
        if there < here or np.abs(step).max() < 1e-7:
            return new, there
        step /= 2


def _chance(odds: Array) -> Array:
    """Of log odds; beyond 1 in 10^17 they are all one."""
    return 1 / (1 + np.exp(-np.clip(odds, -40, 40)))


def _loss(x: Array, y: Array, expected: _Expected, w: Array) -> Any:
    odds = x @ w
    far = expected.firm * (w - expected.middle) ** 2
    return (np.logaddexp(0, odds) - y * odds).sum() + far.sum() / 2
