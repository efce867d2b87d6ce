"""One row of the repayment schedule: what is charged, what is paid, what is owed, by part."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from finance.lending.replay.numbers import ZERO

PRINCIPAL, INTEREST, FEE, PENALTY = "PRINCIPAL", "INTEREST", "FEE", "PENALTY"
ALL_PARTS = (PRINCIPAL, INTEREST, FEE, PENALTY)


def nothing() -> dict[str, Decimal]:
    return dict.fromkeys(ALL_PARTS, ZERO)


@dataclass(slots=True, eq=False)
class Row:
    """charged, paid, credited are by part; credited is what came back to be paid once more.

    down       a down payment: due at once, earns no interest
    extra      behind the last due date, for what came after it
    early/late paid before, after the due date
    met_on     the day from which nothing is owed
    """

    start: date
    due: date
    down: bool = False
    extra: bool = False
    reaged: bool = False
    number: int = 0
    charged: dict[str, Decimal] = field(default_factory=nothing)
    paid: dict[str, Decimal] = field(default_factory=nothing)
    credited: dict[str, Decimal] = field(default_factory=nothing)
    early: Decimal = ZERO
    late: Decimal = ZERO
    met: bool = False
    met_on: date | None = None

    def owed(self, part: str) -> Decimal:
        return self.charged[part] - self.paid[part]

    @property
    def total(self) -> Decimal:
        return sum(self.charged.values(), ZERO)

    @property
    def total_paid(self) -> Decimal:
        return sum(self.paid.values(), ZERO)

    @property
    def outstanding(self) -> Decimal:
        return self.total - self.total_paid

    def pay(self, part: str, on: date, amount: Decimal) -> Decimal:
        """Pay at most what is owed of a part; returns how much that was."""
        if not amount:
            return ZERO
        portion = min(amount, self.owed(part))
        self.paid[part] += portion
        self.check(on)
        if on < self.due:
            self.early += portion
        elif on > self.due:
            self.late += portion
        return portion

    def charge(self, part: str, amount: Decimal, on: date | None) -> None:
        self.charged[part] += amount
        self.check(on)

    def credit(self, part: str, amount: Decimal, on: date) -> None:
        self.credited[part] += amount
        self.charge(part, amount, on)

    def check(self, on: date | None) -> None:
        """Settled as of `on`, or not settled."""
        self.met = not self.outstanding
        self.met_on = on if self.met else None

    def recheck(self, on: date) -> None:
        """Like check, but a row already settled keeps its day."""
        if self.met != (not self.outstanding):
            self.check(on)


def in_order(rows: list[Row]) -> list[Row]:
    """By due date; a down payment due with an installment comes after it; numbered from 1."""
    rows.sort(key=lambda row: (row.due, row.extra, row.down))
    for number, row in enumerate(rows, 1):
        row.number = number
    return rows
