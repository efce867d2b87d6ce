"""Which features are bad at both ends: as far as people who were left out say so clearly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training.shapes import direction_of, kept, monotone, turn_of

Array = npt.NDArray[Any]
_CLEAR = 2.0  # standard errors by which they must be better foretold


class Votes:
    """For each feature, how much better those left out are foretold when it may turn once.

    apart   how many first bins of each feature stand outside the order
    lines   whether its bins are sizes; names never turn
    """

    def __init__(self, apart: Sequence[int], lines: Sequence[bool]) -> None:
        self._apart, self._lines = apart, lines
        self._sum, self._squares = np.zeros(len(apart)), np.zeros(len(apart))
        self._heard = 0

    def add(
        self,
        shapes: Sequence[Array],
        held_bins: Sequence[Array],
        held_odds: Array,
        held_bad: Array,
        bins: Sequence[Array],
    ) -> None:
        """Hear the people that one bag left out, of the shapes it found without any direction."""
        self._heard += len(held_bad)
        for j, (shape, first) in enumerate(zip(shapes, self._apart, strict=True)):
            if not self._lines[j] or len(shape) - first < 3:
                continue
            weight = np.bincount(bins[j], minlength=len(shape))[first:]
            rest = shape[first:]
            straight = monotone(rest, weight, direction_of(rest, weight))
            turned = kept(rest, weight, turn_of(rest, weight))
            if np.array_equal(straight, turned):
                continue
            place = np.maximum(held_bins[j] - first, 0)
            apart = held_bins[j] < first
            losses = [
                _loss(held_bad, held_odds + np.where(apart, 0, (form - rest)[place]))
                for form in (straight, turned)
            ]
            better = losses[0] - losses[1]
            self._sum[j] += better.sum()
            self._squares[j] += (better**2).sum()

    def turning(self) -> Array:
        """Which features turn."""
        spread = np.sqrt(self._squares - self._sum**2 / max(self._heard, 1))
        return (self._sum > 0) & (self._sum > _CLEAR * spread)


def _loss(bad: Array, odds: Array) -> Array:
    """Negative log likelihood of each."""
    return np.logaddexp(0, odds) - bad * odds
