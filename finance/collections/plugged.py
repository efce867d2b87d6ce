"""Steps of the lender's day that other rooms bring: before rows fall due, or after cards are asked."""

from finance.collections.chunks import Step

FIRST: list[Step] = []
THEN: list[Step] = []


def plug(first: tuple[Step, ...], then: tuple[Step, ...]) -> None:
    """`first` runs before anything falls due, `then` after what is due was asked for; once each."""
    FIRST.extend(step for step in first if step not in FIRST)
    THEN.extend(step for step in then if step not in THEN)
