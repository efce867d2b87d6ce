"""A monotone points table: whole numbers in, a score and its reasons out."""

import hashlib
import itertools
import json
import math
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from finance.risk import odds

REASONS_MAX = 4
_PLACES, _WHOLE = 6, 16  # decimals of a number in a file, and digits of one that has none
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
    """One feature. `sign` + means more is better; `missing` are the points of no value.

    One that is bad at both ends has two lines, "few" and "many", of which one at most takes points.

    scale   values are whole numbers of 1/scale of the feature's own unit
    codes   values that say why there is none, with points of their own (−9: never asked)
    words   of a feature that is no number: its values are places in this tuple; others: missing
    """

    feature: str
    code: str
    sign: str
    missing: int
    bins: tuple[Bin, ...]
    scale: int = 1
    codes: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()

    def points(self, value: int | None) -> int:
        """The points of this value."""
        if value is None:
            return self.missing
        for code, given in self.codes:
            if value == code * self.scale:
                return given
        return self.bins[self._place(value)].points

    def whole(self, text: str) -> int | None:
        """A value as it stands in a file, as the whole number `points` wants.

        Raises ValueError when a number is wanted and this is none.
        """
        if not text:
            return None
        if self.words:
            return self.words.index(text) if text in self.words else None
        try:
            exact = Decimal(text)
            if exact.adjusted() < _WHOLE:
                exact = round(exact, _PLACES)
        except InvalidOperation as wrong:
            raise ValueError(f"{self.feature} must be a number, not {text!r}") from wrong
        return math.floor(exact * self.scale)

    def target(self, value: int | None) -> int | None:
        """The nearest value that would get more points; None when there is none.

        For a + feature the least value of a better bin, for a − feature the largest.
        """
        return next(iter(self.targets(value)), None)

    def targets(self, value: int | None) -> list[int]:
        """Every such value, the nearest first: each next one gets more points still."""
        if value is None:
            place = -1 if self.sign == "+" else len(self.bins)
        else:
            place = self._place(value)
        up = self.sign == "+"
        ahead = range(place + 1, len(self.bins)) if up else range(place - 1, -1, -1)
        best, found = self.points(value), []
        for i in ahead:
            below = self.bins[i].below
            if self.bins[i].points > best and (up or below is not None):
                best = self.bins[i].points
                found.append(self._floor(i) if up else (below or 0) - 1)
        return found

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
    """A version of a points table; `hash` is SHA-256 of its canonical content.

    calibration   (raw points, score), both rising: the score is read off the line between two
                  of them; without any, the raw points are the score
    """

    name: str
    version: int
    base: int
    lines: tuple[Line, ...]
    hash: str
    calibration: tuple[tuple[int, int], ...] = ()

    def score(self, values: Mapping[str, int | None]) -> Score:
        """Score these values; a feature that is absent counts as missing.

        values   whole numbers by feature name (ratios in millionths, money in minor units)
        """
        for feature, value in values.items():
            if value is not None and type(value) is not int:
                raise TypeError(f"{feature} must be a whole number, not {value!r}")
        points = tuple((line.feature, line.points(values.get(line.feature))) for line in self.lines)
        score = self.of_raw(self.base + sum(given for _, given in points))
        lost = self._lost(values)
        return Score(score, odds.grade_of(score), odds.pd_ppm(score), points, lost)

    def raw(self, values: Mapping[str, int | None]) -> int:
        """The sum of points before calibration and clipping: what people are ranked by."""
        return self.base + sum(line.points(values.get(line.feature)) for line in self.lines)

    def unclipped(self, values: Mapping[str, int | None]) -> int:
        """The score before it is held between 350 and 950."""
        return self._calibrated(self.raw(values))

    @staticmethod
    def least_for(grades: Collection[str]) -> int:
        """The least score of the lowest of these grades."""
        return min(least for least, grade in odds.GRADES if grade in grades)

    def of_raw(self, raw: int) -> int:
        """The score of a sum of points: calibrated, inside its range."""
        return odds.clip(self._calibrated(raw))

    def _calibrated(self, raw: int) -> int:
        knots = self.calibration
        if len(knots) < 2:
            return raw + (knots[0][1] - knots[0][0] if knots else 0)
        place = max(0, min(bisect_right(knots, raw, key=lambda k: k[0]) - 1, len(knots) - 2))
        (low, at), (high, to) = knots[place], knots[place + 1]
        return at + (raw - low) * (to - at) // (high - low)

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
    for one, other in itertools.combinations(lines, 2):
        if one.feature == other.feature and not _two_ends(one, other):
            raise BadCard(f"two lines of {one.feature} must be its two ends, in the same bins")
    knots = tuple((raw, score) for raw, score in data.get("calibration", ()))
    if list(knots) != sorted(set(knots)) or [k[1] for k in knots] != sorted({k[1] for k in knots}):
        raise BadCard("the calibration must rise in both its columns")
    return Card(data["name"], data["version"], data["base"], lines, digest, knots)


def _two_ends(one: Line, other: Line) -> bool:
    """Whether these are a feature's "few" and "many": each gives all it has where the other acts."""
    few, many = (one, other) if one.sign == "+" else (other, one)
    same = [b.below for b in few.bins] == [b.below for b in many.bins] and few.scale == many.scale
    apart = all(
        f.points == few.most or m.points == many.most
        for f, m in zip(few.bins, many.bins, strict=False)
    )
    return few.sign != many.sign and few.code != many.code and same and apart


def _line(data: dict[str, Any]) -> Line:
    bins = tuple(Bin(below, points) for below, points in data["bins"])
    codes = tuple((int(code), given) for code, given in data.get("codes", {}).items())
    line = Line(
        feature=data["feature"],
        code=data["code"],
        sign=data["sign"],
        missing=data["missing"],
        bins=bins,
        scale=data.get("scale", 1),
        codes=codes,
        words=tuple(data.get("words", ())),
    )
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
    return card_of(data_of(name))


def data_of(name: str) -> dict[str, Any]:
    """A card as it is written down; raises FileNotFoundError."""
    found: dict[str, Any] = json.loads((_CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=32)
def training_of(name: str) -> dict[str, Any] | None:
    """How many of a card's training were where (`watch.rules.Counts`); None of an expert card."""
    found: dict[str, Any] | None = data_of(name).get("training")
    return found
