"""What can happen to a loan: dated, numbered in the order of entry, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

OPENING, LENT = "opening", "lent"
SHIPPED, RECEIVED, PAUSED, RESUMED = "shipped", "received", "paused", "resumed"
DUE, LATE, LATE_FEE, WAIVED, NO_LATE_FEE = "due", "late", "late_fee", "waived", "no_late_fee"
PAID, SETTLED, WITHDRAWN, OVERPAID = "paid", "settled", "withdrawn", "overpaid"
REFUNDED, CHARGED_BACK, FORGIVEN, RESCHEDULED = (
    "refunded",
    "charged_back",
    "forgiven",
    "rescheduled",
)
DEFAULT, CHARGED_OFF = "default", "charged_off"
BILLED, CONVERTED = "billed", "converted"
NEXT, SHORTER, SMALLER = "next", "shorter", "smaller"
PAYMENTS = (PAID, SETTLED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    on       the business day it counts for, which may be earlier than the day of entry
    entry    1, 2, 3 … in the order in which the lender heard of it
    amount   minor units
    row      of what concerns one row
    ref      order, refund, payment or dispute
    details  `extra` (next, shorter, smaller) of a payment; `back`, `borne` and `payers` of a
             refund: the money that moved outside the loan, a fact that no replay changes
    """

    kind: str
    on: date
    entry: int
    amount: int = 0
    row: int = 0
    ref: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[bool, date, int]:
        """Sorts events into the order in which they count; what opens a loan comes first."""
        return (self.kind not in (OPENING, LENT), self.on, self.entry)
