"""The forms a feature's points may take: rising, falling, or falling to a turn and rising from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FREE, UP, DOWN = 0, 1, -1


@dataclass(frozen=True, slots=True)
class Valley:
    """Risk at both ends: it falls over the bins before `turn` and rises from there on."""

    turn: int


Way = int | Valley


def kept(shape: Array, weight: Array, way: Way) -> Array:
    """The nearest shape that goes this way; weights count how many stand in each bin."""
    if isinstance(way, Valley):
        cut = way.turn
        down = monotone(shape[:cut], weight[:cut], DOWN)
        return np.concatenate([down, monotone(shape[cut:], weight[cut:], UP)])
    return monotone(shape, weight, way)


def monotone(shape: Array, weight: Array, way: int) -> Array:
    """The nearest shape that only rises (UP) or falls (DOWN): pool adjacent violators."""
    if way == FREE or len(shape) < 2 or (way * np.diff(shape) >= 0).all():
        return shape
    pools: list[tuple[Any, Any, int]] = []
    for value, heavy in zip((way * shape).tolist(), (weight + 1e-9).tolist(), strict=True):
        pool = (value, heavy, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            both = before[1] + pool[1]
            mean = (before[0] * before[1] + pool[0] * pool[1]) / both
            pool = (mean, both, before[2] + pool[2])
        pools.append(pool)
    values = np.array([value for value, _, _ in pools])
    return way * np.repeat(values, [size for _, _, size in pools])


def direction_of(shape: Array, weight: Array) -> int:
    """Which way a shape goes on the whole: the projection that changes it least."""
    lost = {way: (weight * (shape - monotone(shape, weight, way)) ** 2).sum() for way in (UP, DOWN)}
    return UP if lost[UP] <= lost[DOWN] else DOWN


def turn_of(shape: Array, weight: Array) -> Valley:
    """The valley that changes a shape least; at its ends (turn 0 or all) it only rises or falls."""
    down = _lost(-shape, weight)
    up = _lost(-shape[::-1], weight[::-1])[::-1]
    return Valley(int(np.argmin(down + up)))


def _lost(shape: Array, weight: Array) -> Array:
    """What the nearest rising shape of the first 0, 1, … bins is off, weighted and squared."""
    pools: list[tuple[Any, Any]] = []
    found, total = [0.0], 0.0
    for value, heavy in zip(shape.tolist(), (weight + 1e-9).tolist(), strict=True):
        pool = (value, heavy)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            both = before[1] + pool[1]
            total += before[1] * pool[1] / both * (before[0] - pool[0]) ** 2
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / both, both)
        pools.append(pool)
        found.append(total)
    return np.array(found)
