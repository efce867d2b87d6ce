"""What happens to a loan: immutable, dated, in the order in which it was entered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DISBURSEMENT, CHARGE, CHARGEBACK = "DISBURSEMENT", "CHARGE", "CHARGEBACK"
CREDIT_BALANCE_REFUND, INTEREST_REFUND = "CREDIT_BALANCE_REFUND", "INTEREST_REFUND"
REVERSE, RATE, PAUSE, EXTRA, RESCHEDULE = "REVERSE", "RATE", "PAUSE", "EXTRA", "RESCHEDULE"
REAGE, REAMORTIZE, CHARGE_OFF = "REAGE", "REAMORTIZE", "CHARGE_OFF"
WAIVER, WRITE_OFF, RECOVERY = "WAIVER", "WRITE_OFF", "RECOVERY"
CLOSE_OF_BUSINESS = "CLOSE_OF_BUSINESS"
PAYMENTS = (
    "REPAYMENT",
    "DOWN_PAYMENT",
    "MERCHANT_ISSUED_REFUND",
    "PAYOUT_REFUND",
    "GOODWILL_CREDIT",
)
CHANGES_OF_TERMS = (RATE, PAUSE, EXTRA, RESCHEDULE)


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `on` is the day it counts from, `entered` the day somebody told us.

    order    of entry, rising
    id       a number other events refer to
    amount   payments, disbursements, charges; of a payoff: None is whatever is owed then
    of       the payment that a chargeback undoes, the event that a reversal takes away
    due      of a charge: the day it falls due; of a reschedule: the due date that moves
    until    of a pause: its last day; of a reschedule: the new due date
    rate     percent a year from `on`
    count    installments added, or of a re-age
    first, every, unit   of a re-age: first due date and distance
    part     of a waiver: FEE, PENALTY or INTEREST
    """

    kind: str
    on: date
    entered: date
    order: int
    id: int | None = None
    amount: Decimal | None = None
    payoff: bool = False
    penalty: bool = False
    of: int | None = None
    due: date | None = None
    until: date | None = None
    rate: Decimal | None = None
    count: int = 0
    first: date | None = None
    every: int = 1
    unit: str = "MONTHS"
    part: str = ""

    @property
    def place(self) -> tuple[date, date, int, int]:
        """Replay goes by the day an event counts from, then by the day it was entered.

        A new rate, a pause, an extra term come before everything else of its day.
        """
        if self.kind in (RATE, PAUSE, EXTRA):
            return (self.on, self.on, 0, self.order)
        return (self.on, self.entered, 1, self.order)


class Impossible(ValueError):
    """An event that cannot happen to this loan; `event` is the one, `field` what is wrong of it."""

    def __init__(self, event: Event, field: str, problem: str) -> None:
        super().__init__(f"{event.kind} of {event.on}: {problem}")
        self.event, self.field, self.problem = event, field, problem


def in_force(events: tuple[Event, ...]) -> list[Event]:
    """What counts, in the order of replay: neither reversed nor a reversal."""
    gone: set[int | None] = set()
    for event in reversed(events):
        # a reversal may itself be reversed
        if event.kind == REVERSE and (event.id is None or event.id not in gone):
            gone.add(event.of)
    return sorted(
        (
            event
            for event in events
            if event.kind not in (REVERSE, CLOSE_OF_BUSINESS)
            and (event.id is None or event.id not in gone)
        ),
        key=lambda event: event.place,
    )
