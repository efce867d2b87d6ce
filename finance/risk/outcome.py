"""What a decision says: yes or no, how much, why, and what would change it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.money import Money
from finance.risk.scorecard import Score

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words; `value` and `target` are the numbers it stands on."""

    code: str
    text: str
    change: str = ""
    value: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """What would be granted instead: pay `now`, the rest in `months` parts (minor units)."""

    now: int
    in_parts: int
    months: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """limit: the most this subject may owe; free: what of it is not used (minor units)."""

    approved: bool
    score: int
    grade: str
    pd_ppm: int
    limit: int
    free: int
    reasons: tuple[Why, ...] = ()
    counter: Counter | None = None
    points: tuple[tuple[str, int], ...] = ()

    def as_bytes(self) -> bytes:
        """The same bytes on every machine: sorted keys, no spaces, ASCII."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return text.encode()

    @classmethod
    def scored(cls, score: Score, **said: Any) -> "Outcome":
        """An outcome with the card's figures filled in."""
        return cls(
            score=score.score, grade=score.grade, pd_ppm=score.pd_ppm, points=score.points, **said
        )


def first_of_each(reasons: Sequence[Why], most: int | None = None) -> tuple[Why, ...]:
    """One reason a code, the first of each, in their order; at most so many."""
    first = {why.code: why for why in reversed(reasons)}
    return tuple(first[code] for code in list(dict.fromkeys(why.code for why in reasons))[:most])


def amount(minor: int, currency: str) -> str:
    """`1,400.00`: money inside a sentence that is kept with the decision."""
    return Money(minor, currency).grouped()


def day(iso: str) -> str:
    """`10 May 2026`, in English on every machine; "" of ""."""
    if not iso:
        return ""
    year, month, number = iso.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def share(ppm: int) -> str:
    """`12.5 %`, to a tenth."""
    tenths = (ppm + 500) // 1_000
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"
