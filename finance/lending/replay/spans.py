"""The interest plan: periods between due dates, cut into stretches of constant balance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from finance.lending.replay.config import Terms
from finance.lending.replay.numbers import ZERO, Unit, above_zero


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
    earned, interest, principal, unheld  derived; see Plan.ready
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
    earned: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    unheld: Decimal = ZERO

    @property
    def credited_principal(self) -> Decimal:
        return above_zero(sum((each.credited_principal for each in self.stretches), ZERO))

    @property
    def credited_interest(self) -> Decimal:
        return above_zero(sum((each.credited_interest for each in self.stretches), ZERO))

    @property
    def credited(self) -> Decimal:
        return self.credited_principal + self.credited_interest - self.moved_credit

    @property
    def disbursed(self) -> Decimal:
        return sum((each.disbursed for each in self.stretches), ZERO)

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
        return replace(self, stretches=[replace(each) for each in self.stretches])


@dataclass(slots=True)
class Plan:
    """All periods of a loan and the rates that apply.

    rates            (from day, percent), latest first; before all of them: the terms' rate
    overdue_to       overdue principal has been charged with interest up to this day
    levels_change    payments in advance may move the level of a period
    raster           a due date that was moved or re-aged, and its number
    trial            a copy that only asks what the levels would be
    """

    terms: Terms
    periods: list[Period]
    rates: list[tuple[date, Decimal]] = field(default_factory=list)
    overdue_to: date | None = None
    levels_change: bool = True
    trial: bool = False
    raster: tuple[date, int] | None = None
    known: dict[tuple[object, ...], Decimal] = field(default_factory=dict)
    stale: bool = True

    @classmethod
    def of(cls, terms: Terms, spans: list[tuple[date, date]]) -> Plan:
        return cls(terms, [Period(start, due, [Stretch(start, due)]) for start, due in spans])

    @property
    def unit(self) -> Unit:
        return self.terms.unit

    @property
    def start(self) -> date:
        return self.periods[0].start

    @property
    def end(self) -> date:
        return self.periods[-1].due

    @property
    def is_empty(self) -> bool:
        return all(not period.level for period in self.periods)

    def rate_on(self, day: date) -> Decimal:
        return next((rate for since, rate in self.rates if since <= day), self.terms.rate)

    def copy(self) -> Plan:
        """A plan to try things on; rate factors already worked out are shared."""
        periods = [period.copy() for period in self.periods]
        return replace(self, periods=periods, rates=list(self.rates))

    def ready(self) -> list[Period]:
        """The periods with their derived amounts up to date."""
        if self.stale:
            unheld = ZERO
            for period in self.periods:
                unheld = self._derive(period, unheld)
            self.stale = False
        return self.periods

    def _derive(self, period: Period, unheld: Decimal) -> Decimal:
        """Interest first takes its place in the level payment; what finds none goes on."""
        whole = period.whole
        own = ZERO if period.silent else self.own_interest(period)
        earned = above_zero(own + period.fixed + period.deferred + unheld)
        interest = min(earned, whole)
        if period.paid_principal > above_zero(whole - earned):
            interest = period.paid_interest
        period.earned = earned
        period.interest = max(interest, period.paid_interest)
        period.principal = max(above_zero(whole - period.interest), period.paid_principal)
        period.unheld = ZERO if period.closed else above_zero(earned - period.interest)
        return period.unheld

    def own_interest(self, period: Period) -> Decimal:
        """Interest of the period's own days, rounded once."""
        lent, total = period.lent_before, ZERO
        for each in period.stretches:
            base = lent if self.terms.flat else each.balance
            total += self._interest(each, base, period.due)
            if each.end != period.start:
                lent += each.disbursed
        return self.unit.money(total)

    @staticmethod
    def _interest(each: Stretch, base: Decimal, due: date) -> Decimal:
        to_due = (due - each.start).days
        if each.paused or not to_due:
            return each.credited_interest
        share = base * each.growth_to_due / to_due * each.days
        return above_zero(each.credited_interest + share)

    def rebalance(self) -> None:
        """Carry the balance from stretch to stretch and over each due date."""
        unheld = ZERO
        before: Period | None = None
        for period in self.periods:
            balance = period.stretches[0].balance if before is None else before.left
            for each in period.stretches:
                each.balance = above_zero(balance)
                balance = each.after
            unheld = self._derive(period, unheld)
            before = period
        self.stale = False

    def find(self, day: date) -> Period | None:
        """The period that holds `day`."""
        return next(
            (each for nr, each in enumerate(self.periods) if each.contains(day, nr == 0)), None
        )

    def due_on(self, day: date) -> Period | None:
        return next((period for period in self.periods if period.due == day), None)

    def since(self, day: date) -> list[Period]:
        """Periods that fall due on `day` or later."""
        return [period for period in self.periods if period.due >= day]

    def total(self, what: str) -> Decimal:
        return sum((getattr(period, what) for period in self.ready()), ZERO)

    @property
    def lent(self) -> Decimal:
        """Disbursed and charged back, as principal."""
        return above_zero(self.total("disbursed") + self.total("credited_principal"))

    @property
    def principal_left(self) -> Decimal:
        return above_zero(self.lent - self.total("paid_principal"))
