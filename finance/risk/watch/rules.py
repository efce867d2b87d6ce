"""How far people, features and outcomes have moved, and from where on it matters; pure.

Shares and indexes in millionths. PSI below 0.10 is calm, above 0.25 another population (Siddiqi).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Any

from core.money import MILLION
from finance.risk.scorecard import Card, Line

CALM, WATCH, STOP = "calm", "watch", "stop"
_FILE = Path(__file__).with_name("settings.json")
_FLOOR = Decimal("0.0001")  # an empty cell counts as one in ten thousand
_DIGITS = 28
_BAND, _LOW, _HIGH = 50, 350, 950


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a month is watched, and stops the line.

    months, least      how many months are looked at; of fewer decisions nothing is said
    base_decisions     a card without a training is compared with its first so many decisions
    missing, approval  change of a share against the base; volume: fewer than the mean before
    horizon_days …     outcomes so many days after the contract, of at least `matured_least`
    calibration        standard deviations between expected and seen defaults
    """

    months: int
    least: int
    base_decisions: int
    psi_watch_ppm: int
    psi_stop_ppm: int
    csi_watch_ppm: int
    csi_stop_ppm: int
    missing_watch_ppm: int
    missing_stop_ppm: int
    approval_watch_ppm: int
    approval_stop_ppm: int
    volume_watch_ppm: int
    volume_stop_ppm: int
    horizon_days: int
    matured_least: int
    calibration_watch: int
    calibration_stop: int


@cache
def limits() -> Limits:
    """The settings."""
    return Limits(**json.loads(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of a month: `value` beside where it is watched and where it stops the line.

    what    score, missing, approval, volume, calibration, or a feature's name
    """

    month: str
    what: str
    value: int
    watch: int
    stop: int
    count: int

    @property
    def level(self) -> str:
        if self.value >= self.stop:
            return STOP
        return WATCH if self.value >= self.watch else CALM

    def as_data(self) -> dict[str, Any]:
        names = ("month", "what", "value", "watch", "stop", "count", "level")
        return {name: getattr(self, name) for name in names}


def band(score: int) -> int:
    """The score's place among twelve bands of fifty."""
    return min(max(score, _LOW), _HIGH - 1) // _BAND - _LOW // _BAND


BANDS = (_HIGH - _LOW) // _BAND


def cell(line: Line, value: int | None) -> int:
    """A value's place on a line: 0 missing, then its codes, then its bins."""
    if value is None:
        return 0
    for number, (code, _) in enumerate(line.codes, 1):
        if value == code * line.scale:
            return number
    place = next(i for i, b in enumerate(line.bins) if b.below is None or value < b.below)
    return 1 + len(line.codes) + place


def cells(line: Line) -> int:
    """How many places a line has."""
    return 1 + len(line.codes) + len(line.bins)


@dataclass(slots=True)
class Counts:
    """How many of some people were where; `lines` by feature."""

    score: list[int]
    lines: dict[str, list[int]]
    approved: int = 0

    @classmethod
    def of(cls, card: Card) -> "Counts":
        """Nobody yet."""
        return cls([0] * BANDS, {line.feature: [0] * cells(line) for line in card.lines})

    @property
    def count(self) -> int:
        return sum(self.score)

    def add(self, card: Card, values: Mapping[str, int | None], score: int, yes: bool) -> None:
        self.score[band(score)] += 1
        self.approved += yes
        for line in {line.feature: line for line in card.lines}.values():  # two ends are one
            self.lines[line.feature][cell(line, values.get(line.feature))] += 1

    def as_data(self) -> dict[str, Any]:
        """What a card keeps of its training."""
        return {"score": self.score, "lines": self.lines}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Counts":
        return cls(list(data["score"]), {n: list(c) for n, c in data["lines"].items()})


def psi_ppm(before: Sequence[int], after: Sequence[int]) -> int:
    """Σ (a − b) · ln(a / b) over the shares of each cell, in millionths; 0 of nobody.

    50/50 become 40/60: (−0.1)·ln 0.8 + 0.1·ln 1.2 = 0.0405.
    """
    if not sum(before) or not sum(after):
        return 0
    with localcontext() as context:
        context.prec = _DIGITS
        pairs = zip(_shares(before), _shares(after), strict=True)
        index = sum(((a - b) * (a / b).ln() for b, a in pairs), Decimal(0))
        return int((index * MILLION).to_integral_value())


def _shares(counts: Sequence[int]) -> list[Decimal]:
    whole = sum(counts)
    return [max(Decimal(count) / whole, _FLOOR) for count in counts]


def share_ppm(part: int, whole: int) -> int:
    return part * MILLION // whole if whole else 0


def of_month(month: str, now: Counts, base: Counts, by: Limits) -> list[Finding]:
    """PSI of the score, CSI and missing share of each feature."""
    count = now.count
    found = [
        Finding(
            month, "score", psi_ppm(base.score, now.score), by.psi_watch_ppm, by.psi_stop_ppm, count
        )
    ]
    for name, seen in now.lines.items():
        known = base.lines.get(name)
        if known is None or len(known) != len(seen) or not sum(known):
            continue
        csi = psi_ppm(known, seen)
        found.append(Finding(month, name, csi, by.csi_watch_ppm, by.csi_stop_ppm, count))
        more = share_ppm(seen[0], sum(seen)) - share_ppm(known[0], sum(known))
        named = f"{name} missing"
        found.append(Finding(month, named, more, by.missing_watch_ppm, by.missing_stop_ppm, count))
    return found


def of_approvals(
    month: str, now: tuple[int, int], before: Iterable[tuple[int, int]], by: Limits
) -> list[Finding]:
    """Approval rate and volume, (asked, approved), against all months before.

    80 of 100 after 60 of 100: 20 points. 20 after 100 a month: 80 % fewer.
    """
    asked, yes = now
    known = list(before)
    if not known:
        return []
    all_asked, all_yes = sum(a for a, _ in known), sum(y for _, y in known)
    moved = abs(share_ppm(yes, asked) - share_ppm(all_yes, all_asked))
    fewer = max(0, MILLION - share_ppm(asked * len(known), all_asked))
    return [
        Finding(month, "approval", moved, by.approval_watch_ppm, by.approval_stop_ppm, asked),
        Finding(month, "volume", fewer, by.volume_watch_ppm, by.volume_stop_ppm, asked),
    ]


@dataclass(frozen=True, slots=True)
class Matured:
    """Contracts of one card that are old enough: chance of default in a year, and what came."""

    pd_ppm: int
    bad: bool


def calibration(matured: Sequence[Matured], by: Limits) -> tuple[int, int, int] | None:
    """(expected defaults × 1,000, seen, deviations × 1,000 between them); None of too few.

    100 contracts with PD 10 % over a whole year: 10 expected, deviation 3.
    """
    if len(matured) < by.matured_least:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        part = Decimal(by.horizon_days) / 365
        chances = [1 - (1 - Decimal(m.pd_ppm) / MILLION) ** part for m in matured]
        expected = sum(chances, Decimal(0))
        spread = sum((p * (1 - p) for p in chances), Decimal(0)).sqrt()
        seen = sum(m.bad for m in matured)
        away = abs(seen - expected) / spread if spread else Decimal(0)
        return int(expected * 1_000), seen, int(away * 1_000)


def of_outcomes(month: str, matured: Sequence[Matured], by: Limits) -> list[Finding]:
    """Whether as many defaulted as the card said."""
    found = calibration(matured, by)
    if found is None:
        return []
    watch, stop = by.calibration_watch * 1_000, by.calibration_stop * 1_000
    return [Finding(month, "calibration", found[2], watch, stop, len(matured))]


def worst(findings: Iterable[Finding]) -> str:
    """The level of the worst."""
    levels = {found.level for found in findings}
    return STOP if STOP in levels else WATCH if WATCH in levels else CALM
