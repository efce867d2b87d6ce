"""The interest plan: all periods of a loan, the rates that apply, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from finance.lending.replay.config import Terms
from finance.lending.replay.numbers import ZERO, Unit, above_zero
from finance.lending.replay.periods import Period, Stretch


@dataclass(slots=True)
class Plan:
    """All periods of a loan and the rates that apply.

    rates            (from day, percent), latest first; before all of them: the terms' rate
    overdue_to       overdue principal has been charged with interest up to this day
    levels_change    payments in advance may move the level of a period
    raster           a due date that was moved or re-aged, and its number
    fresh            so many periods, from the first on, have their derived amounts up to date
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
    fresh: int = 0

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

    @property
    def stale(self) -> bool:
        return self.fresh < len(self.periods)

    @stale.setter
    def stale(self, value: bool) -> None:
        self.fresh = 0 if value else len(self.periods)

    def touch(self, period: Period) -> None:
        """Amounts from this period on are out of date; what lies before it does not depend on it."""
        self.fresh = min(self.fresh, self.place(period))

    def place(self, period: Period) -> int:
        return next(nr for nr, each in enumerate(self.periods) if each is period)

    def ready(self) -> list[Period]:
        """The periods with their derived amounts up to date."""
        if self.stale:
            unheld = self.periods[self.fresh - 1].unheld if self.fresh else ZERO
            for period in self.periods[self.fresh :]:
                unheld = self._derive(period, unheld)
            self.stale = False
        return self.periods

    def _derive(self, period: Period, unheld: Decimal) -> Decimal:
        """Interest first takes its place in the level payment; what finds none goes on."""
        whole = period.whole
        own = ZERO if period.silent else self.own_interest(period)
        earned = above_zero(own + period.fixed + period.deferred + unheld)
        period.asked = whole
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

    def rebalance(self, since: Period | None = None) -> None:
        """Carry the balance from stretch to stretch and over each due date.

        since  nothing has changed in the periods before this one
        """
        first = min(self.fresh, self.place(since)) if since else 0
        before = self.periods[first - 1] if first else None
        unheld = before.unheld if before else ZERO
        for period in self.periods[first:]:
            balance = period.stretches[0].balance if before is None else before.left
            for each in period.stretches:
                each.balance = balance = above_zero(balance)
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
        total = ZERO
        for period in self.ready():
            total += getattr(period, what)
        return total

    @property
    def lent(self) -> Decimal:
        """Disbursed and charged back, as principal."""
        total = ZERO
        for period in self.periods:
            for each in period.stretches:
                if each.disbursed or each.credited_principal:
                    total += each.disbursed + each.credited_principal
        return above_zero(total)

    @property
    def principal_left(self) -> Decimal:
        return above_zero(self.lent - self.total("paid_principal"))
