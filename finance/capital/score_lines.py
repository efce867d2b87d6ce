"""A shop's score line by line, as its pages show it."""

from dataclasses import dataclass

from finance.risk import scorecard
from finance.risk.seller import Questions
from finance.risk.seller_words import name_of, shown


@dataclass(frozen=True, slots=True)
class Feature:
    """One line of the score: `points` of at most `most`."""

    name: str
    value: str
    points: int
    most: int
    target: str


def features(asked: Questions) -> tuple[Feature, ...]:
    """The score line by line, those that cost most points first."""
    card, values = scorecard.load(asked.card), asked.values()
    found = []
    for line in card.lines:
        value = values.get(line.feature)
        target = line.target(value)
        found.append(
            Feature(
                name_of(line.feature),
                "not known yet" if value is None else shown(line.feature, value, asked.currency),
                line.points(value),
                line.most,
                "" if target is None else shown(line.feature, target, asked.currency),
            )
        )
    return tuple(sorted(found, key=lambda f: f.points - f.most))
