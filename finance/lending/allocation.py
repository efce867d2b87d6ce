"""Where a payment goes: parts of rows, in an order that is data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money

LATE_FEE, FEE, PRINCIPAL = "late_fee", "fee", "principal"
OLDEST_FIRST = (LATE_FEE, FEE, PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Owed:
    """One part of one row that is not paid yet."""

    row: int
    due_on: date
    part: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """So much of a payment goes to this part of this row."""

    row: int
    part: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The order of a contract.

    parts    within a row, which part is paid first
    by_row   true: the oldest row wholly, then the next; false: one part over all rows first
    """

    parts: tuple[str, ...] = OLDEST_FIRST
    by_row: bool = True

    def place(self, owed: Owed) -> tuple[object, ...]:
        """Sorts what is owed into the order in which it is paid."""
        part = self.parts.index(owed.part)
        return (owed.due_on, owed.row, part) if self.by_row else (part, owed.due_on, owed.row)


SHOPPER = Waterfall()
"""Oldest due fee, oldest due principal, then the next row."""


def allocate(
    payment: Money, owed: Iterable[Owed], waterfall: Waterfall = SHOPPER
) -> tuple[Sequence[Share], Money]:
    """The shares of `payment` and what is left over when all is paid."""
    left, shares = payment, []
    for debt in sorted(owed, key=waterfall.place):
        part = min(left, debt.amount)
        if part.minor > 0:
            shares.append(Share(debt.row, debt.part, part))
            left = left - part
    return shares, left
