"""The fold's working state: rows, interest plan, what is paid too much, what each event did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from finance.lending.replay import changes
from finance.lending.replay.config import Terms
from finance.lending.replay.dates import due_dates, spans
from finance.lending.replay.events import DISBURSEMENT, Event
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import INTEREST, PRINCIPAL, Row, in_order, nothing
from finance.lending.replay.spans import Period, Plan


@dataclass(slots=True, eq=False)
class Record:
    """What one event did: its amount by part, what of it was too much, which rows it touched."""

    event: Event
    kind: str
    amount: Decimal
    parts: dict[str, Decimal] = field(default_factory=nothing)
    overpaid: Decimal = ZERO
    shares: list[tuple[Row, str, Decimal]] = field(default_factory=list)
    void: bool = False
    balance: Decimal = ZERO

    @property
    def on(self) -> date:
        return self.event.on

    def take(self, row: Row, part: str, amount: Decimal) -> None:
        if amount:
            self.parts[part] += amount
            self.shares.append((row, part, amount))


@dataclass(slots=True, eq=False)
class Work:
    """began  the day of the first disbursement
    frozen    charged off: interest no longer follows the days; written_off: nothing is owed
    payoff    the last payment was enough to end the loan
    """

    terms: Terms
    began: date
    rows: list[Row]
    plan: Plan
    records: list[Record] = field(default_factory=list)
    overpaid: Decimal = ZERO
    frozen: bool = False
    written_off: bool = False
    payoff: bool = False
    refunded_interest: Decimal = ZERO
    skipped: set[Row] = field(default_factory=set)
    remade: bool = False
    seen: list[Event] = field(default_factory=list)

    @classmethod
    def begin(cls, terms: Terms, began: date) -> Work:
        """Periods without amounts: nothing has been paid out yet."""
        periods = spans(began, due_dates(terms, began))
        rows = [Row(start, due, met=True, met_on=began) for start, due in periods]
        return cls(terms, began, in_order(rows), Plan.of(terms, periods))

    @property
    def living(self) -> bool:
        return self.terms.living and not self.frozen

    @property
    def plan_credits(self) -> bool:
        """Whether what comes back goes through the plan, and not only into a row."""
        return self.terms.recalculates and not self.terms.flat and not self.remade

    @property
    def outstanding(self) -> Decimal:
        return sum((row.outstanding for row in self.rows), ZERO)

    def record(self, event: Event, amount: Decimal, kind: str = "") -> Record:
        made = Record(event, kind or event.kind, amount)
        self.records.append(made)
        return made

    def open_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.met]

    def normal_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.down and not row.extra]

    def row_due(self, due: date) -> Row | None:
        return next((row for row in self.rows if row.due == due and not row.down), None)

    def extra_row(self) -> Row | None:
        return next((row for row in self.rows if row.extra), None)

    def add_row(self, row: Row) -> Row:
        self.rows.append(row)
        in_order(self.rows)
        return row

    def earn(self, day: date) -> None:
        """Overdue principal earns up to `day`."""
        if not self.living or not self.terms.past_due_interest:
            return
        if not changes.earn_overdue(self.plan, day, self.to_rest):
            return
        by_start = {row.start: row for row in reversed(self.rows) if not row.down and not row.extra}
        for period in self.plan.ready():
            row = by_start.get(period.start)
            if row:
                row.charged.update(PRINCIPAL=period.principal, INTEREST=period.interest)

    @property
    def to_rest(self) -> bool:
        """Whether interest runs to the next due date and not to the day.

        By day with a payoff to rest (and the other mixture) cannot both hold: a payoff decides.
        """
        return self.terms.payoff_to_rest and (self.terms.rest_by_period or self.payoff)

    def follow_plan(self, on: date, since: date | None = None) -> None:
        """Rows take principal and interest from the plan (those due on `since` or later)."""
        by_due = {row.due: row for row in reversed(self.rows) if not row.down}
        for period in self.plan.ready():
            row = by_due.get(period.due)
            if row and (since is None or row.due >= since):
                self.follow(row, period)
                if since is None and self.plan_credits:
                    row.credited[PRINCIPAL] = period.credited_principal
                    row.credited[INTEREST] = period.credited_interest
                row.recheck(on)

    def follow(self, row: Row, period: Period) -> None:
        """The plan's amounts for one row; a plan that knows no payments cannot go below them."""
        principal, interest = period.principal, period.interest
        if not self.plan_credits:
            principal += row.credited[PRINCIPAL]
            interest += row.credited[INTEREST]
        if not self.terms.living:
            principal = max(principal, row.paid[PRINCIPAL])
            interest = max(interest, row.paid[INTEREST])
        row.charged.update(PRINCIPAL=principal, INTEREST=interest)

    def name_interest(self) -> None:
        """Where all that was lent is paid, what an installment still asks for is interest.

        (The plan keeps the part that was paid first and calls the rest by the other name.)
        """
        if not self.living:
            return
        rows = self.normal_rows()
        left = self.plan.principal_left
        extra = sum((row.owed(PRINCIPAL) for row in rows), ZERO) - left
        for row in reversed(rows):
            named = min(extra, row.owed(PRINCIPAL))
            if named > 0:
                row.charged[PRINCIPAL] -= named
                row.charged[INTEREST] += named
                extra -= named

    def keep_principal(self, on: date) -> None:
        """All rows together ask for what was lent: the last open ones give or take the rest.

        (The plan of a loan that does not recalculate knows nothing of payments; rows that were
        paid before it changed stay as they are.)
        """
        if self.living:
            return
        lent = sum((r.amount for r in self.records if r.kind == DISBURSEMENT), ZERO)
        asked = sum((row.charged[PRINCIPAL] - row.credited[PRINCIPAL] for row in self.rows), ZERO)
        rest = lent - asked
        for row in reversed(self.normal_rows()):
            if not rest:
                return
            change = max(rest, -row.owed(PRINCIPAL))
            if change < 0 or not row.met:
                row.charge(PRINCIPAL, change, on)
                rest -= change
        if rest > 0:
            self.normal_rows()[-1].charge(PRINCIPAL, rest, on)
