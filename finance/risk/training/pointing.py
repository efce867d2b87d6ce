"""An additive model as a points table: whole points for every bin, as data for a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training.calibrating import _TO_POINTS, score_of
from finance.risk.training.fitting import Additive
from finance.risk.training.shapes import UP, Valley, Way
from finance.risk.training.table import Coding

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Whole points by bin of every feature; raw points = base + their sum."""

    base: int
    by_bin: tuple[Array, ...]
    ways: tuple[Way, ...]

    def of(self, bins: Array) -> Array:
        """Raw points of every row."""
        total = np.full(len(bins), self.base, dtype=np.int64)
        for place, points in enumerate(self.by_bin):
            total += points[bins[:, place]]
        return total


def points_of(model: Additive) -> Points:
    """Rounded, with the worst bin of every feature at nought points."""
    found, base = [], score_of(np.array(model.start))
    for shape in model.shapes:
        points = np.round(-_TO_POINTS * shape).astype(np.int64)
        worst = points.min()
        base += worst
        found.append(points - worst)
    return Points(int(np.round(base)), tuple(found), model.ways)


def card_data(
    name: str,
    codings: Sequence[Coding],
    points: Points,
    knots: Sequence[tuple[int, int]],
    about: str,
) -> dict[str, Any]:
    """The card as plain data (`scorecard.card_of` reads it); features without points are left out."""
    base, lines = points.base, []
    for coding, by_bin, way in zip(codings, points.by_bin, points.ways, strict=True):
        sides = _sides(coding, by_bin, way) if by_bin.any() else []
        ends = _ends([side.points[coding.apart :] for side in sides])
        base -= sum(int(side.points.max()) for side in sides[1:])
        for side in sides:
            least = int(side.points.min())
            base += least
            lines.append(_line(coding, side, [int(p) - least for p in side.points], ends))
    data: dict[str, Any] = {"name": name, "version": 1, "base": base, "about": about}
    return {**data, "calibration": [list(knot) for knot in knots], "lines": lines}


@dataclass(frozen=True, slots=True)
class _Side:
    """A line to be: `points` by bin, those that stand apart first."""

    code: str
    sign: str
    points: Array


def _sides(coding: Coding, by_bin: Array, way: Way) -> list[_Side]:
    """One line; two for a feature that is bad at both ends.

    Each end then has its own reason, true in its direction: up to its best bin a feature is told as
    "few …", from there on as "many …", and at the other end either gives all of its points. Together
    they give the feature's points, and those of its best bin once too often.
    """
    name, rest = coding.name, by_bin[coding.apart :]
    if not isinstance(way, Valley):
        return [_Side(name, "-" if way == UP else "+", by_bin)]
    best = int(rest.argmax())
    if rest.min() == rest.max() or rest[0] == rest[best]:
        return [_Side(name, "-", by_bin)]
    if rest[-1] == rest[best]:
        return [_Side(name, "+", by_bin)]
    place = np.arange(len(by_bin)) - coding.apart
    few = np.where(place > best, rest[best], by_bin)
    many = np.where(place < best, rest[best], by_bin)
    return [_Side(f"few {name}", "+", few), _Side(f"many {name}", "-", many)]


def _line(coding: Coding, side: _Side, points: list[int], ends: Sequence[int]) -> dict[str, Any]:
    data: dict[str, Any] = {"feature": coding.name, "code": side.code, "sign": side.sign}
    data["missing"] = points[0]
    if coding.words is not None:
        data["words"] = list(coding.words)
        edges: Sequence[Any] = range(1, len(coding.words))
    else:
        edges, scale = _whole(coding.edges)
        data["scale"] = scale
        if coding.codes:
            codes = zip(coding.codes, points[1 : coding.apart], strict=True)
            data["codes"] = {str(int(code)): given for code, given in codes}
    below = [*edges, None]
    data["bins"] = [[below[end], points[coding.apart + end]] for end in ends]
    return data


def _ends(sides: Sequence[Array]) -> list[int]:
    """The last bins of runs that give the same points on every side."""
    if not sides:
        return []
    moves = np.any([np.diff(points) != 0 for points in sides], axis=0)
    return [*np.flatnonzero(moves).tolist(), len(sides[0]) - 1]


def _whole(edges: Sequence[Any]) -> tuple[list[int], int]:
    """Edges as whole numbers of 1/scale, rounded up: a value is below both or neither."""
    exact = [Decimal(repr(edge)) for edge in edges]
    places = max((-int(e.normalize().as_tuple().exponent) for e in exact), default=0)
    scale = 10 ** max(0, places)
    return [int(edge * scale) for edge in exact], scale
