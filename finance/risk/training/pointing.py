"""An additive model as a points table: whole points for every bin, as data for a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training.calibrating import _TO_POINTS, score_of
from finance.risk.training.fitting import UP, Additive
from finance.risk.training.table import Coding

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Whole points by bin of every feature; raw points = base + their sum."""

    base: int
    by_bin: tuple[Array, ...]
    directions: tuple[int, ...]

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
    return Points(int(np.round(base)), tuple(found), model.directions)


def card_data(
    name: str,
    codings: Sequence[Coding],
    points: Points,
    knots: Sequence[tuple[int, int]],
    about: str,
) -> dict[str, Any]:
    """The card as plain data (`scorecard.card_of` reads it); features without points are left out."""
    lines = []
    for coding, by_bin, way in zip(codings, points.by_bin, points.directions, strict=True):
        if by_bin.any():
            lines.append(_line(coding, [int(p) for p in by_bin], "-" if way == UP else "+"))
    data: dict[str, Any] = {"name": name, "version": 1, "base": points.base, "about": about}
    return {**data, "calibration": [list(knot) for knot in knots], "lines": lines}


def _line(coding: Coding, points: list[int], sign: str) -> dict[str, Any]:
    data: dict[str, Any] = {"feature": coding.name, "code": coding.name, "sign": sign}
    data["missing"] = points[0]
    rest = points[coding.apart :]
    if coding.words is not None:
        data["words"] = list(coding.words)
        edges: Sequence[Any] = range(1, len(coding.words))
    else:
        edges, scale = _whole(coding.edges)
        data["scale"] = scale
        if coding.codes:
            codes = zip(coding.codes, points[1 : coding.apart], strict=True)
            data["codes"] = {str(int(code)): given for code, given in codes}
    data["bins"] = _merged([*edges, None], rest)
    return data


def _whole(edges: Sequence[Any]) -> tuple[list[int], int]:
    """Edges as whole numbers of 1/scale, rounded up: a value is below both or neither."""
    exact = [Decimal(repr(edge)) for edge in edges]
    places = max((-int(e.normalize().as_tuple().exponent) for e in exact), default=0)
    scale = 10 ** max(0, places)
    return [int(edge * scale) for edge in exact], scale


def _merged(edges: Sequence[Any], points: Sequence[int]) -> list[list[Any]]:
    """Neighbors with the same points are one bin."""
    bins: list[list[Any]] = []
    for edge, given in zip(edges, points, strict=True):
        if bins and bins[-1][1] == given:
            bins[-1][0] = edge
        else:
            bins.append([edge, given])
    return bins
