"""A loan's state on a day: rows, orders, payments, and what each event moved in the book."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

ACTIVE, PAID, VOID, CHARGED_OFF = "active", "paid", "void", "charged_off"
SCHEDULED, DUE, LATE = "scheduled", "due", "late"
Move = tuple[str, str, int, str]
"""Debited and credited account, minor units, label; `over` is what a loan holds for a moment."""


@dataclass(slots=True)
class Row:
    """One payment of the plan, minor units.

    paused   not due while a return or dispute over it is open
    keep     the part of its fee that is still charged after payments in advance
    """

    number: int
    due_on: date
    principal: int
    fee: int
    late_fee: int = 0
    principal_paid: int = 0
    fee_paid: int = 0
    late_fee_paid: int = 0
    paused: int = 0
    fee_free: bool = False
    keep: Fraction = Fraction(1)
    state: str = SCHEDULED
    accrued_on: date | None = None
    late_fee_on: date | None = None
    paid_on: date | None = None

    @property
    def payment(self) -> int:
        return self.principal + self.fee

    @property
    def paid(self) -> int:
        return self.principal_paid + self.fee_paid

    @property
    def principal_owed(self) -> int:
        return self.principal - self.principal_paid

    @property
    def fee_owed(self) -> int:
        """Of an earned fee; nothing before."""
        return self.fee - self.fee_paid if self.accrued_on else 0

    @property
    def owed(self) -> int:
        return self.payment + self.late_fee - self.paid - self.late_fee_paid

    @property
    def payable(self) -> int:
        return max(0, self.owed - self.paused)


@dataclass(slots=True)
class Order:
    """One order the loan paid for."""

    number: str
    amount: int
    refunded: int = 0
    paused: int = 0
    shipped_on: date | None = None
    received_on: date | None = None

    @property
    def is_gone(self) -> bool:
        return self.refunded == self.amount


@dataclass(slots=True)
class Payment:
    """Money the shopper paid; `returned` of it no longer lies on the loan."""

    entry: int
    amount: int
    returned: int = 0


@dataclass(slots=True)
class State:
    """Where a loan stands after its events.

    over     paid too much, to be given back at once: zero between two transactions
    saved    fees that were never charged because of early payment
    free_until, accrued, accrued_to
             of a price by the day: nothing until then; not billed yet, in millionths of a minor
             unit, through that day; `converted`: it ended, the rows have their own fees now
    moves    by entry, what each event moved in the book
    said     by entry, what a refund gave back: see `undo.Said`
    """

    rows: list[Row]
    orders: dict[str, Order]
    payments: list[Payment] = field(default_factory=list)
    refunded: int = 0
    state: str = ACTIVE
    starts_on: date | None = None
    defaulted_on: date | None = None
    charged_off_on: date | None = None
    closed_on: date | None = None
    recovered: int = 0
    over: int = 0
    reshaped: bool = False
    free_until: date | None = None
    accrued: int = 0
    accrued_to: date | None = None
    converted: bool = False
    saved: dict[int, int] = field(default_factory=dict)
    moves: dict[int, list[Move]] = field(default_factory=dict)
    said: dict[int, object] = field(default_factory=dict)
    now: list[Move] = field(default_factory=list)

    def move(self, debit: str, credit: str, amount: int, label: str) -> None:
        if amount:
            self.now.append((debit, credit, amount, label))

    def row(self, number: int) -> Row:
        return self.rows[number - 1]

    @property
    def principal_owed(self) -> int:
        return sum(row.principal - row.principal_paid for row in self.rows)

    @property
    def interest_owed(self) -> int:
        return sum(row.fee_owed for row in self.rows)

    @property
    def late_fee_owed(self) -> int:
        return sum(row.late_fee - row.late_fee_paid for row in self.rows)

    @property
    def on_the_book(self) -> tuple[int, int, int]:
        """Principal, interest and late fees as the ledger has them: nothing after a charge-off."""
        if self.charged_off_on:
            return 0, 0, 0
        return self.principal_owed, self.interest_owed, self.late_fee_owed


def earn(state: State, row: Row, on: date) -> None:
    """The row's fee is earned: it fell due, or is paid in advance."""
    if row.accrued_on is None:
        row.accrued_on = on
        if not state.charged_off_on:
            state.move("loan_interest", "loan_interest_income", row.fee, f"row_{row.number}")


def close_rows(state: State, on: date) -> None:
    """Rows and the loan itself are paid or void when nothing is left."""
    for row in state.rows:
        if row.owed == 0 and row.state not in (PAID, VOID):
            row.state = PAID if row.payment or row.late_fee else VOID
            row.paid_on = on
        elif row.payment == 0 and row.late_fee == 0:
            row.state = VOID
    if state.refunded and state.refunded == sum(o.amount for o in state.orders.values()):
        _close(state, VOID, on)
    elif all(row.owed == 0 for row in state.rows):
        _close(state, PAID, on)
    _cure(state)


def _close(state: State, word: str, on: date) -> None:
    if state.state not in (word, VOID):
        state.state, state.closed_on = word, on


def _cure(state: State) -> None:
    """Nothing is late any more: no default."""
    if not state.charged_off_on and not any(row.state == LATE for row in state.rows):
        state.defaulted_on = None


def reopen(state: State, row: Row, on: date) -> None:
    """Something of a paid row is owed again."""
    row.paid_on = None
    if row.state in (PAID, VOID):
        row.state = DUE if row.due_on <= on else SCHEDULED
    if state.state == PAID:
        state.state, state.closed_on = ACTIVE, None
