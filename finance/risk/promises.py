"""What a feature must become for a grade to move: reasons of a score that hold when tried; pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from finance.risk.outcome import Why, first_of_each
from finance.risk.scorecard import Card, Line, Lost

Values = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Promise:
    """A feature that cost points; at `lost.target` the score gains so many of those needed."""

    lost: Lost
    gained: int
    needed: int

    @property
    def is_enough(self) -> bool:
        return self.gained >= self.needed

    def add_to(self, why: Why) -> str:
        """What would change it, and how far that alone goes."""
        more = (
            "That alone is enough."
            if self.is_enough
            else f"That is {self.gained} of the {self.needed} points missing."
        )
        return f"{why.change} {more}"


def of(card: Card, values: Values, grades: Collection[str]) -> list[Promise]:
    """Of every feature that cost points, the heaviest first, what it would take to reach `grades`.

    The nearest value that is enough by itself; if none is, the nearest that gets more points.
    Empty when the score is there already.
    """
    needed = card.least_for(grades) - card.unclipped(values)
    if needed <= 0:
        return []
    found = [_promise(card, values, line, needed) for line in card.lines]
    known = [promise for promise in found if promise is not None]
    return sorted(known, key=lambda promise: -promise.lost.points)


def _promise(card: Card, values: Values, line: Line, needed: int) -> Promise | None:
    value, now = values.get(line.feature), card.unclipped(values)
    tried = [
        Promise(
            Lost(line.feature, line.code, value, target, line.most - line.points(value)),
            card.unclipped({**values, line.feature: target}) - now,
            needed,
        )
        for target in line.targets(value)
    ]
    return next((p for p in tried if p.is_enough), tried[0] if tried else None)


def in_words(found: list[Promise], word: Callable[[Lost], Why]) -> list[Why]:
    """The reasons of these promises; one a code, the heaviest."""
    whys = []
    for promise in found:
        why = word(promise.lost)
        whys.append(Why(why.code, why.text, promise.add_to(why), why.value, why.target))
    return list(first_of_each(whys))
