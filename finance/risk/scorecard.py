"""A monotone points table: whole numbers in, a score and its reasons out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from finance.risk import odds

REASONS_MAX = 4
_CARDS = Path(__file__).parent / "cards"


class BadCard(ValueError):
    """A points table that would contradict itself."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Values below `below` (None: all that is left) get `points`."""

    below: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """One feature. `sign` + means more is better; `missing` are the points of no value."""

    feature: str
    code: str
    sign: str
    missing: int
    bins: tuple[Bin, ...]

    def points(self, value: int | None) -> int:
        """The points of this value."""
        return self.missing if value is None else self.bins[self._place(value)].points

    def target(self, value: int | None) -> int | None:
        """The nearest value that would get more points; None when there is none.

        For a + feature the least value of a better bin, for a − feature the largest.
        """
        if value is None:
            place = -1 if self.sign == "+" else len(self.bins)
        else:
            place = self._place(value)
        here = self.points(value)
        if self.sign == "+":
            ahead = range(place + 1, len(self.bins))
            found = next((i for i in ahead if self.bins[i].points > here), None)
            return None if found is None else self._floor(found)
        found = next((i for i in range(place - 1, -1, -1) if self.bins[i].points > here), None)
        below = None if found is None else self.bins[found].below
        return None if below is None else below - 1

    def _floor(self, place: int) -> int:
        return 0 if place == 0 else (self.bins[place - 1].below or 0)

    def _place(self, value: int) -> int:
        return next(i for i, b in enumerate(self.bins) if b.below is None or value < b.below)

    @property
    def most(self) -> int:
        return max(b.points for b in self.bins)


@dataclass(frozen=True, slots=True)
class Lost:
    """A feature that cost points: its value, and the value that would cost fewer."""

    feature: str
    code: str
    value: int | None
    target: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """What the card says of one subject."""

    score: int
    grade: str
    pd_ppm: int
    points: tuple[tuple[str, int], ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A version of a points table; `hash` is SHA-256 of its canonical content."""

    name: str
    version: int
    base: int
    lines: tuple[Line, ...]
    hash: str

    def score(self, values: Mapping[str, int | None]) -> Score:
        """Score these values; a feature that is absent counts as missing.

        values   whole numbers by feature name (ratios in millionths, money in minor units)
        """
        for feature, value in values.items():
            if value is not None and type(value) is not int:
                raise TypeError(f"{feature} must be a whole number, not {value!r}")
        points = tuple((line.feature, line.points(values.get(line.feature))) for line in self.lines)
        score = odds.clip(self.base + sum(given for _, given in points))
        lost = self._lost(values)
        return Score(score, odds.grade_of(score), odds.pd_ppm(score), points, lost)

    def _lost(self, values: Mapping[str, int | None]) -> tuple[Lost, ...]:
        """At most four, the most points first; ties in the order of the card."""
        lost = []
        for line in self.lines:
            value = values.get(line.feature)
            missed = line.most - line.points(value)
            target = line.target(value)
            if missed > 0 and target is not None:
                lost.append(Lost(line.feature, line.code, value, target, missed))
        return tuple(sorted(lost, key=lambda found: -found.points)[:REASONS_MAX])


def card_of(data: dict[str, Any]) -> Card:
    """The card written as plain data; raises BadCard unless every feature is monotone."""
    lines = tuple(_line(line) for line in data["lines"])
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Card(data["name"], data["version"], data["base"], lines, digest)


def _line(data: dict[str, Any]) -> Line:
    bins = tuple(Bin(below, points) for below, points in data["bins"])
    line = Line(data["feature"], data["code"], data["sign"], data["missing"], bins)
    edges = [b.below for b in bins[:-1]]
    if bins[-1].below is not None or None in edges or edges != sorted(set(edges), key=int):  # type: ignore[type-var, arg-type]
        raise BadCard(f"the bins of {line.feature} must rise and end open")
    points = [b.points for b in bins]
    if line.sign not in "+-" or points != sorted(points, reverse=line.sign == "-"):
        raise BadCard(f"the points of {line.feature} must follow its sign {line.sign}")
    return line


@lru_cache(maxsize=32)
def load(name: str) -> Card:
    """The card of this file name, e.g. `buyer_expert_1`."""
    return card_of(json.loads((_CARDS / f"{name}.json").read_text(encoding="utf-8")))
