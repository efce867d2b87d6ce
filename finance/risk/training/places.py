"""Where the people of a training stood: what `flask risk watch` compares later ones with."""

from typing import Any

from finance.risk import scorecard
from finance.risk.training.cells import is_missing
from finance.risk.training.table import Table
from finance.risk.watch.rules import Counts


def of_training(card_data: dict[str, Any], data: Table) -> Counts:
    """Every row by the finished card: its score's band, and the cell of each value.

    approved   rows that were good: a training has no approvals of its own
    """
    card = scorecard.card_of(card_data)
    found = Counts.of(card)
    columns = [(line, data.columns[line.feature]) for line in card.lines]
    for row in range(len(data.bad)):
        values = {
            line.feature: None if is_missing(column[row]) else line.whole(column[row])
            for line, column in columns
        }
        found.add(card, values, card.of_raw(card.raw(values)), yes=not data.bad[row])
    return found
