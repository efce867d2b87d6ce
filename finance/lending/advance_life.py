"""A running advance as a fold over its dated events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money
from finance.lending.advances import AdvanceTerms

PENALTY, FEE, PRINCIPAL = "PENALTY", "FEE", "PRINCIPAL"
DUE, IN_ADVANCE = "DUE", "IN_ADVANCE"
Order = tuple[tuple[str, str], ...]
FEES_FIRST: Order = tuple(
    (time, part) for time in (DUE, IN_ADVANCE) for part in (PENALTY, FEE, PRINCIPAL)
)
"""Penalty, fee, principal that are due, then those to come."""
ACTIVE, CLOSED, OVERPAID = "ACTIVE", "CLOSED", "OVERPAID"


@dataclass(frozen=True, slots=True)
class Charged:
    """A fee or penalty (`part`), due on its day or on a later one."""

    on: date
    amount: Money
    part: str = FEE
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment; it counts from `on`, whenever it was entered; a reversed one never counts."""

    on: date
    amount: Money
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was overpaid, returned."""

    on: date
    amount: Money


Event = Charged | Paid | GivenBack


class TooMuchBack(ValueError):
    """More was to be returned than was overpaid."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """One payment and where it went."""

    on: date
    amount: Money
    principal: Money
    fees: Money
    penalties: Money


@dataclass(frozen=True, slots=True)
class AdvanceState:
    """outstanding  principal, fees and penalties owed; overpaid: what is owed to the seller"""

    allocations: tuple[Allocated, ...]
    outstanding: Money
    overpaid: Money

    @property
    def status(self) -> str:
        if self.overpaid:
            return OVERPAID
        return ACTIVE if self.outstanding else CLOSED


def fold(terms: AdvanceTerms, events: Sequence[Event], order: Order = FEES_FIRST) -> AdvanceState:
    """The advance after all `events`, in the order of their days (a charge before a payment).

    order  which of (DUE or IN_ADVANCE, part) a payment reaches first. Principal is due as far
           as the expected payments up to the day; a fee from its day on.
    Raises TooMuchBack when more is given back than was overpaid.
    """
    life = _Life(terms, order)
    ranks = {Charged: 0, Paid: 1, GivenBack: 2}
    for event in sorted(events, key=lambda event: (event.on, ranks[type(event)])):
        life.take(event)
    return life.state()


class _Life:
    def __init__(self, terms: AdvanceTerms, order: Order) -> None:
        self.terms, self.order = terms, order
        self.principal = terms.total.minor
        self.charged: list[tuple[date, str, int]] = []
        self.over = 0
        self.allocated: list[Allocated] = []

    def take(self, event: Event) -> None:
        if isinstance(event, Charged):
            self.charged.append((event.due or event.on, event.part, event.amount.minor))
        elif isinstance(event, GivenBack):
            self._give_back(event)
        elif not event.reversed:
            self._place(event)

    def _give_back(self, event: GivenBack) -> None:
        if event.amount.minor > self.over:
            raise TooMuchBack("Credit balance refund amount cannot exceed overpayment amount")
        self.over -= event.amount.minor

    def _place(self, event: Paid) -> None:
        left, went = event.amount.minor, {PENALTY: 0, FEE: 0, PRINCIPAL: 0}
        for time, part in self.order:
            share = min(left, self._owed(time, part, event.on))
            self._less(part, share, event.on, time)
            went[part] += share
            left -= share
        self.over += left
        money = [Money(went[part], self.terms.net.currency) for part in (PRINCIPAL, FEE, PENALTY)]
        self.allocated.append(Allocated(event.on, event.amount, *money))

    def _owed(self, time: str, part: str, on: date) -> int:
        if part == PRINCIPAL:
            due = self._principal_due(on)
            return due if time == DUE else self.principal - due
        return sum(minor for _, minor in self._charges(time, part, on))

    def _principal_due(self, on: date) -> int:
        """Expected up to the day, less what was paid: never below zero."""
        terms = self.terms
        expected = min(terms.total.minor, terms.payment.minor * max(0, (on - terms.start).days))
        return max(0, expected - (terms.total.minor - self.principal))

    def _charges(self, time: str, part: str, on: date) -> list[tuple[int, int]]:
        return [
            (place, minor)
            for place, (day, kind, minor) in enumerate(self.charged)
            if kind == part and (day <= on) == (time == DUE)
        ]

    def _less(self, part: str, share: int, on: date, time: str) -> None:
        if part == PRINCIPAL:
            self.principal -= share
            return
        for place, minor in self._charges(time, part, on):
            off = min(share, minor)
            self.charged[place] = (*self.charged[place][:2], minor - off)
            share -= off

    def state(self) -> AdvanceState:
        currency = self.terms.net.currency
        owed = self.principal + sum(minor for _, _, minor in self.charged)
        return AdvanceState(
            tuple(self.allocated), Money(owed, currency), Money(self.over, currency)
        )
