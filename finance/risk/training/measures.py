"""How good a ranking and its probabilities are: AUC, KS, Brier, calibration, stability."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_TINY = 1e-9


def auc(bad: Array, risk: Array) -> Any:
    """Chance that a bad one ranks above a good one, ties by half (Mann and Whitney, 1947).

    bad    n zeros and ones, both present
    risk   n numbers, higher is riskier
    """
    _, place, count = np.unique(risk, return_inverse=True, return_counts=True)
    end = np.cumsum(count)
    rank = (end - count + 1 + end) / 2
    ones = bad.sum()
    zeros = len(bad) - ones
    return (rank[place][bad == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros)


def ks(bad: Array, risk: Array) -> Any:
    """Largest distance between the two cumulated distributions (Kolmogorov and Smirnov)."""
    levels, place = np.unique(risk, return_inverse=True)
    ones = np.bincount(place, bad, len(levels)).cumsum() / bad.sum()
    zeros = np.bincount(place, 1 - bad, len(levels)).cumsum() / (1 - bad).sum()
    return np.abs(ones - zeros).max()


def brier(bad: Array, chance: Array) -> Any:
    """Mean squared distance of chance and outcome (Brier, 1950)."""
    return ((chance - bad) ** 2).mean()


@dataclass(frozen=True, slots=True)
class Tenth:
    """One of ten equal groups by predicted chance: how many, what was said, what came."""

    count: int
    said: Any
    came: Any


def tenths(bad: Array, chance: Array) -> list[Tenth]:
    """Ten groups of nearly equal size, from the lowest chance to the highest."""
    parts = np.array_split(np.argsort(chance, kind="stable"), 10)
    return [Tenth(len(p), chance[p].mean(), bad[p].mean()) for p in parts if len(p)]


def calibration_error(bad: Array, chance: Array) -> Any:
    """Expected calibration error over ten equal groups."""
    groups = tenths(bad, chance)
    return sum(t.count * abs(t.said - t.came) for t in groups) / len(bad)


def psi(before: Array, after: Array, groups: int = 10) -> Any:
    """Population stability index over `groups` quantiles of `before`.

    Below 0.10 nothing moved; above 0.25 the population is another one (Siddiqi, 2006).
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, groups + 1)[1:-1]))
    shares = []
    for values in (before, after):
        place = np.searchsorted(edges, values, side="right")
        found = np.bincount(place, minlength=len(edges) + 1) / len(values)
        shares.append(np.maximum(found, _TINY))
    expected, actual = shares
    return ((actual - expected) * np.log(actual / expected)).sum()
