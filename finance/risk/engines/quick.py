"""A card laid out for millions: the same score and reasons as `Card.score`, in a few microseconds.

Every bin of every line has a rank: those that are no reason come first, then the reasons, the
weightiest last. Scoring is a search a line, a sum of points by rank and a sort of ranks. A score's
grade and PD are read off once. tests/finance/risk/engines/test_quick.py holds it to `Card.score`
over values of every bin.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from operator import getitem
from typing import NamedTuple

from finance.risk import odds
from finance.risk.scorecard import REASONS_MAX, Card, Line

_NONE = -(1 << 100)  # below every value: what nothing known is searched as


class Said(NamedTuple):
    """What the card says; `lost` as [reason's code, feature, value, better value, points]."""

    score: int
    grade: str
    pd_ppm: int
    lost: list[tuple[str, str, int | None, int, int]]


class _Entry(NamedTuple):
    """A bin, a code or no value of the line at `place`; `missed` is 0 where it is no reason."""

    place: int
    points: int
    missed: int
    target: int

    def weight(self) -> tuple[int, int]:
        """Reasons are sorted by this."""
        return self.missed, -self.place


class Quick:
    """One card; make it once."""

    def __init__(self, card: Card) -> None:
        self.card, self._base = card, card.base
        self._features = tuple(line.feature for line in card.lines)
        self._edges = [[_NONE + 1, *_edges(line)] for line in card.lines]
        laid = [_entries(line, place) for place, line in enumerate(card.lines)]
        codes = [_codes(line, place) for place, line in enumerate(card.lines)]
        every = [entry for row in laid for entry in row] + [
            e for row in codes for e in row.values()
        ]
        order = sorted(range(len(every)), key=lambda i: every[i].weight())
        rank = {id(every[i]): rank for rank, i in enumerate(order)}
        self._points_of = [every[i].points for i in order].__getitem__
        self._why_of = [self._reason(every[i]) for i in order].__getitem__
        self._first = next((r for r, i in enumerate(order) if every[i].missed), len(order))
        self._ranks = [[rank[id(entry)] for entry in row] for row in laid]
        self._coded = [
            (place, {value: rank[id(entry)] for value, entry in row.items()})
            for place, row in enumerate(codes)
            if row
        ]
        self._said: dict[int, tuple[int, str, int]] = {}

    def _reason(self, entry: _Entry) -> tuple[str, str, int, int, int]:
        line = self.card.lines[entry.place]
        return line.code, line.feature, entry.place, entry.target, entry.missed

    def score(self, values: Mapping[str, int | None]) -> Said:
        """Whole numbers by feature name; one that is absent counts as missing."""
        given = list(map(values.get, self._features))
        known = [_NONE if each is None else each for each in given] if None in given else given
        ranks = list(map(getitem, self._ranks, map(bisect_right, self._edges, known)))  # type: ignore[arg-type]
        for place, codes in self._coded:
            ranks[place] = codes.get(given[place], ranks[place])  # type: ignore[arg-type]
        total = self._base + sum(map(self._points_of, ranks))
        ranks.sort(reverse=True)
        del ranks[REASONS_MAX:]
        if ranks and ranks[-1] < self._first:
            ranks = [rank for rank in ranks if rank >= self._first]
        lost = [
            (code, feature, given[place], target, missed)
            for code, feature, place, target, missed in map(self._why_of, ranks)
        ]
        said = self._said.get(total) or self._read(total)
        return tuple.__new__(Said, (*said, lost))  # what Said(…) does, without its call

    def _read(self, total: int) -> tuple[int, str, int]:
        score = self.card.of_raw(total)
        self._said[total] = score, odds.grade_of(score), odds.pd_ppm(score)
        return self._said[total]


def _edges(line: Line) -> list[int]:
    return [each.below for each in line.bins if each.below is not None]


def _entries(line: Line, place: int) -> list[_Entry]:
    """No value first, then the bins."""
    edges, plain = _edges(line), replace(line, codes=())
    inside = [edges[0] - 1, *edges] if edges else [0]
    return [_entry(plain, value, place) for value in (None, *inside)]


def _codes(line: Line, place: int) -> dict[int, _Entry]:
    """What stands apart, by value."""
    values = [code * line.scale for code, _ in line.codes]
    return {value: _entry(line, value, place) for value in values}


def _entry(line: Line, value: int | None, place: int) -> _Entry:
    points, target = line.points(value), line.target(value)
    missed = line.most - points
    if missed <= 0 or target is None:
        return _Entry(place, points, 0, 0)
    return _Entry(place, points, missed, target)
