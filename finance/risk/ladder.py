"""How a shopper's limit grows and shrinks: a fold over what was paid and agreed; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.money import MILLION

LATE, CLEAN, AGREED = "late", "clean", "agreed"
_ORDER = (LATE, CLEAN, AGREED)  # on one day


@dataclass(frozen=True, slots=True)
class Rules:
    """Steps in millionths of the first limit.

    up, down      a clean cycle multiplies by `up`, a late payment by `down`
    most, least   the limit stays between these multiples of the first one
    cycle_rows    payments made in time that are a cycle; the last one of a shorter plan is too
    cycle_amount  principal (minor units) that a cycle has paid back at least
    cycle_days    days from one step up to the next at least
    """

    up_ppm: int = 1_500_000
    down_ppm: int = 500_000
    most_ppm: int = 2_500_000
    least_ppm: int = 250_000
    cycle_rows: int = 3
    cycle_amount: int = 20_000
    cycle_days: int = 30


@dataclass(frozen=True, slots=True)
class Event:
    """A payment in time (`principal` minor units; `ends` its plan), one that was late, or a yes."""

    kind: str
    on: date
    principal: int = 0
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """granted: what the limit is multiplied by; earned: by what it would be, were it agreed to.

    days_late_on   the day of the last late payment, None when none was
    rows, amount   payments in time towards the next step
    """

    granted_ppm: int = MILLION
    earned_ppm: int = MILLION
    rows: int = 0
    amount: int = 0
    stepped_on: date | None = None
    late_on: date | None = None

    @property
    def can_grow(self) -> bool:
        return self.earned_ppm > self.granted_ppm

    def as_data(self) -> dict[str, Any]:
        """What a decision reads."""
        return {"granted_ppm": self.granted_ppm, "earned_ppm": self.earned_ppm}


def fold(events: Iterable[Event], rules: Rules) -> Ladder:
    """Where a shopper stands; up only by a yes after it was earned, down at once."""
    ladder = Ladder()
    for event in sorted(events, key=lambda e: (e.on, _ORDER.index(e.kind))):
        if event.kind == LATE:
            ladder = _down(ladder, event, rules)
        elif event.kind == CLEAN:
            ladder = _paid(ladder, event, rules)
        else:
            ladder = _with(ladder, granted_ppm=ladder.earned_ppm)
    return ladder


def _down(ladder: Ladder, event: Event, rules: Rules) -> Ladder:
    lower = max(rules.least_ppm, ladder.granted_ppm * rules.down_ppm // MILLION)
    return Ladder(lower, lower, stepped_on=event.on, late_on=event.on)


def _paid(ladder: Ladder, event: Event, rules: Rules) -> Ladder:
    rows, amount = ladder.rows + 1, ladder.amount + event.principal
    whole = (rows >= rules.cycle_rows or event.ends) and amount >= rules.cycle_amount
    soon = ladder.stepped_on and event.on < ladder.stepped_on + timedelta(rules.cycle_days)
    if not whole or soon:
        return _with(ladder, rows=rows, amount=amount)
    higher = min(rules.most_ppm, ladder.earned_ppm * rules.up_ppm // MILLION)
    return _with(ladder, earned_ppm=higher, rows=0, amount=0, stepped_on=event.on)


def _with(ladder: Ladder, **values: Any) -> Ladder:
    names = ("granted_ppm", "earned_ppm", "rows", "amount", "stepped_on", "late_on")
    return Ladder(**({name: getattr(ladder, name) for name in names} | values))


def applied(limit: int, ppm: int, step: int) -> int:
    """A first limit on this rung, rounded down to whole `step`s of minor units."""
    return limit * ppm // MILLION // step * step if ppm != MILLION else limit
