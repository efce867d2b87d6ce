"""A card laid out for millions: the same score and reasons as `Card.score`, in a few microseconds.

For every bin of a line its points, and what they lose against the best, are looked up, not
computed; a score's grade and PD are read off once. tests/finance/risk/engines/test_quick.py holds
it to `Card.score` over values of every bin.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from finance.risk import odds
from finance.risk.scorecard import REASONS_MAX, Card, Line

_PLACES = 1 << 10  # lines a card may have here


class Said(NamedTuple):
    """What the card says; `lost` as [reason's code, feature, value, better value, points]."""

    score: int
    grade: str
    pd_ppm: int
    lost: list[tuple[str, str, int | None, int, int]]


class _Row(NamedTuple):
    """A line: entries are (points, order among the reasons or 0, better value)."""

    feature: str
    code: str
    edges: tuple[int, ...]
    entries: tuple[tuple[int, int, int], ...]
    missing: tuple[int, int, int]
    codes: dict[int, tuple[int, int, int]]

    def entry(self, value: int | None) -> tuple[int, int, int]:
        """What this value gets."""
        if value is None:
            return self.missing
        return self.codes.get(value) or self.entries[bisect_right(self.edges, value)]


class Quick:
    """One card; make it once."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._rows = [_row(line, place) for place, line in enumerate(card.lines)]
        self._said: dict[int, tuple[int, str, int]] = {}

    def score(self, values: Mapping[str, int | None]) -> Said:
        """Whole numbers by feature name; one that is absent counts as missing."""
        total, orders, get = self.card.base, [], values.get
        for feature, _, edges, entries, missing, codes in self._rows:
            value = get(feature)
            if value is None:
                points, order, _ = missing
            elif codes and value in codes:
                points, order, _ = codes[value]
            else:
                points, order, _ = entries[bisect_right(edges, value)]
            total += points
            if order:
                orders.append(order)
        orders.sort(reverse=True)
        said = self._said.get(total) or self._read(total)
        return Said(*said, [self._why(order, values) for order in orders[:REASONS_MAX]])

    def _why(
        self, order: int, values: Mapping[str, int | None]
    ) -> tuple[str, str, int | None, int, int]:
        missed, back = divmod(order, _PLACES)
        row = self._rows[_PLACES - 1 - back]
        value = values.get(row.feature)
        return row.code, row.feature, value, row.entry(value)[2], missed

    def _read(self, total: int) -> tuple[int, str, int]:
        score = self.card.of_raw(total)
        self._said[total] = score, odds.grade_of(score), odds.pd_ppm(score)
        return self._said[total]


def _row(line: Line, place: int) -> _Row:
    plain = replace(line, codes=())
    edges = tuple(each.below for each in line.bins if each.below is not None)
    inside = [edges[0] - 1, *edges] if edges else [0]
    return _Row(
        line.feature,
        line.code,
        edges,
        tuple(_entry(plain, value, place) for value in inside),
        _entry(plain, None, place),
        {code * line.scale: _entry(line, code * line.scale, place) for code, _ in line.codes},
    )


def _entry(line: Line, value: int | None, place: int) -> tuple[int, int, int]:
    points, target = line.points(value), line.target(value)
    missed = line.most - points
    if missed <= 0 or target is None:
        return points, 0, 0
    return points, missed * _PLACES + _PLACES - 1 - place, target
