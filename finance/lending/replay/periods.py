"""The periods of an interest plan, cut into stretches of constant balance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from finance.lending.replay.numbers import ZERO, above_zero


@dataclass(slots=True)
class Stretch:
    """Days over which nothing changes; what changes does so at its end.

    growth      rate factor from start to end; growth_to_due: from start to the period's due date
    balance     what earns interest during the stretch
    disbursed, correction, credited_*  join the balance at the end (a payment as a correction)
    overdue     principal that was not paid when due and goes on earning, or stops to
    """

    start: date
    end: date
    paused: bool = False
    growth: Decimal = ZERO
    growth_to_due: Decimal = ZERO
    disbursed: Decimal = ZERO
    correction: Decimal = ZERO
    overdue: Decimal = ZERO
    credited_principal: Decimal = ZERO
    credited_interest: Decimal = ZERO
    balance: Decimal = ZERO

    def copy(self) -> Stretch:
        # spelled out: plans are copied often, and `replace` takes five times as long
        return Stretch(
            self.start,
            self.end,
            self.paused,
            self.growth,
            self.growth_to_due,
            self.disbursed,
            self.correction,
            self.overdue,
            self.credited_principal,
            self.credited_interest,
            self.balance,
        )

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def after(self) -> Decimal:
        return self.balance + self.disbursed + self.correction + self.overdue


@dataclass(slots=True)
class Period:
    """One installment's time.

    level         the payment it is meant to have; agreed: as last computed for all
    deferred      interest of periods behind it that it must carry
    silent        its own interest is carried by another period
    lent_before   disbursed up to its first day (flat interest counts on it)
    moved_credit  credited amounts that left it with a re-age
    fixed         interest that no longer depends on days
    closed        what it could not hold is not carried on
    asked, earned, interest, principal, unheld  derived; see Plan.ready (asked: whole as it was)
    """

    start: date
    due: date
    stretches: list[Stretch]
    level: Decimal = ZERO
    agreed: Decimal = ZERO
    paid_principal: Decimal = ZERO
    paid_interest: Decimal = ZERO
    deferred: Decimal = ZERO
    silent: bool = False
    lent_before: Decimal = ZERO
    moved_credit: Decimal = ZERO
    fixed: Decimal = ZERO
    closed: bool = False
    holder: bool = False
    asked: Decimal = ZERO
    earned: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    unheld: Decimal = ZERO

    @property
    def credited_principal(self) -> Decimal:
        total = ZERO
        for each in self.stretches:
            if each.credited_principal:
                total += each.credited_principal
        return above_zero(total)

    @property
    def credited_interest(self) -> Decimal:
        total = ZERO
        for each in self.stretches:
            if each.credited_interest:
                total += each.credited_interest
        return above_zero(total)

    @property
    def credited(self) -> Decimal:
        return self.credited_principal + self.credited_interest - self.moved_credit

    @property
    def disbursed(self) -> Decimal:
        total = ZERO
        for each in self.stretches:
            if each.disbursed:
                total += each.disbursed
        return total

    @property
    def whole(self) -> Decimal:
        """All that the period is to collect."""
        return self.level + self.credited + self.deferred

    @property
    def paid(self) -> Decimal:
        return self.paid_principal + self.paid_interest

    @property
    def is_paid(self) -> bool:
        return self.whole == self.paid

    @property
    def principal_owed(self) -> Decimal:
        return above_zero(self.principal - self.paid_principal)

    @property
    def interest_owed(self) -> Decimal:
        return above_zero(self.interest - self.paid_interest)

    @property
    def left(self) -> Decimal:
        """What is lent after this period, payments in advance taken off once."""
        return above_zero(self.stretches[-1].after + self.paid_principal - self.principal)

    def contains(self, day: date, first: bool) -> bool:
        """(start, due]; the first period holds its first day too."""
        return (self.start <= day if first else self.start < day) and day <= self.due

    def copy(self) -> Period:
        return replace(self, stretches=[each.copy() for each in self.stretches])
