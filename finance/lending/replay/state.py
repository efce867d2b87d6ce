"""The state of a loan on a day, as a value; and what it takes to correct a book."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from finance.lending.replay import entries as book
from finance.lending.replay import events as e
from finance.lending.replay.config import Terms
from finance.lending.replay.due import until
from finance.lending.replay.entries import Entry, Standing
from finance.lending.replay.events import Event
from finance.lending.replay.fold import fold, payoff_amount
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import FEE, INTEREST, PENALTY, PRINCIPAL, Row
from finance.lending.replay.work import Record, Work


@dataclass(frozen=True, slots=True)
class Parts:
    """Amounts by part, in the currency of the loan."""

    principal: Decimal = ZERO
    interest: Decimal = ZERO
    fee: Decimal = ZERO
    penalty: Decimal = ZERO

    @classmethod
    def of(cls, amounts: dict[str, Decimal]) -> "Parts":
        return cls(amounts[PRINCIPAL], amounts[INTEREST], amounts[FEE], amounts[PENALTY])

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest + self.fee + self.penalty

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            self.principal + other.principal,
            self.interest + other.interest,
            self.fee + other.fee,
            self.penalty + other.penalty,
        )

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(
            self.principal - other.principal,
            self.interest - other.interest,
            self.fee - other.fee,
            self.penalty - other.penalty,
        )


NONE = Parts()


@dataclass(frozen=True, slots=True)
class RowState:
    """One row; kind is "installment", "down_payment" or "extra" (behind the last due date)."""

    number: int
    start: date
    due_on: date
    kind: str
    due: Parts
    paid: Parts
    met_on: date | None

    @property
    def outstanding(self) -> Parts:
        return self.due - self.paid


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one event did: by part, what of it was too much, and (row number, part, amount)."""

    id: int | None
    kind: str
    on: date
    amount: Decimal
    parts: Parts
    overpaid: Decimal
    shares: tuple[tuple[int, str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class State:
    """A loan on `on`, all events up to that day counted.

    outstanding  all that is owed in the end; due: of it what has fallen due by the day;
                 overdue: what fell due before it
    accrued      interest earned up to the day, whether due or not
    payoff       what would end the loan on the day
    entries      the journal up to the day, by role
    """

    on: date
    rows: tuple[RowState, ...]
    allocations: tuple[Allocation, ...]
    outstanding: Parts
    due: Parts
    overdue: Parts
    paid: Parts
    accrued: Decimal
    overpaid: Decimal
    payoff: Decimal
    status: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What must be added to a book that stands at one state to bring it to another."""

    parts: Parts
    overpaid: Decimal
    entry: Entry | None


def replay(terms: Terms, happened: Iterable[Event], as_of: date) -> State:
    """The state on a day: events that count from it or earlier, in whatever order they came.

    Overdue principal has earned interest up to the day. Before the first disbursement nothing
    is owed and there are no rows.
    """
    books = _Bookkeeper()
    counted = [event for event in happened if event.on <= as_of]
    work = fold(terms, counted, as_of, books.watch)
    if work is None:
        return State(as_of, (), (), NONE, NONE, NONE, NONE, ZERO, ZERO, ZERO, "APPROVED", ())
    with localcontext(terms.unit.context()):
        books.accrue(work, as_of)
        return _state(work, as_of, books.journal)


def difference(before: State, after: State) -> Correction:
    """Correcting amounts by part (after less before), and one entry that posts them.

    A back-dated event replays the loan; the book is not edited but corrected by this.
    """
    have, want = book.balances(before.entries), book.balances(after.entries)
    lines = [(k, want.get(k, ZERO) - have.get(k, ZERO)) for k in {**have, **want}]
    made = book.entry(after.on, "CORRECTION", None, lines)
    return Correction(
        after.outstanding - before.outstanding,
        after.overpaid - before.overpaid,
        made if made.lines else None,
    )


class _Bookkeeper:
    """Posts each event as it happens, interest first up to its day."""

    def __init__(self) -> None:
        self.journal: list[Entry] = []
        self.earned = ZERO
        self.done = 0
        self.lost = False
        self.stands = Standing((ZERO, ZERO, ZERO, ZERO), ZERO)

    def watch(self, work: Work, event: Event) -> None:
        records = work.records[self.done :]
        lost = (e.CHARGE_OFF, e.WRITE_OFF)
        charged_off = any(r.kind in lost and not r.void for r in records)
        self.accrue(work, event.on, everything=charged_off)
        stands = Standing.of(work)
        made = book.of_event(event, records, self.stands, stands, self.lost)
        if made.lines:
            self.journal.append(made)
        self.lost = self.lost or charged_off
        self.done, self.stands = len(work.records), stands

    def accrue(self, work: Work, day: date, everything: bool = False) -> None:
        """Interest up to the day; before it is lost, all that is claimed."""
        if self.lost:
            return
        total = sum((row.charged[INTEREST] for row in work.rows), ZERO)
        earned = (total if everything else accrued(work, day)) - _credited(work)
        if earned != self.earned:
            self.journal.append(book.of_accrual(day, earned - self.earned))
            self.earned = earned


def _credited(work: Work) -> Decimal:
    return sum((row.credited[INTEREST] for row in work.rows), ZERO)


def accrued(work: Work, day: date) -> Decimal:
    """Interest earned up to a day, at least what has been paid of it."""
    paid = sum((row.paid[INTEREST] for row in work.rows), ZERO)
    if work.living:
        cut = until(work.plan, day)
        held = cut.total("interest") + cut.periods[-1].unheld
        beside = sum((row.charged[INTEREST] for row in work.rows if row.extra), ZERO)
        return max(held + beside, paid)
    return max(sum((_by_days(work, row, day) for row in work.rows), ZERO), paid)


def _by_days(work: Work, row: Row, day: date) -> Decimal:
    interest = row.charged[INTEREST]
    if row.due <= day:
        return interest
    if day <= row.start:
        return row.credited[INTEREST]
    share = interest * (day - row.start).days / (row.due - row.start).days
    return work.terms.unit.money(share)


def _state(work: Work, day: date, journal: Sequence[Entry]) -> State:
    rows = tuple(_row(row) for row in work.rows)
    return State(
        on=day,
        rows=rows,
        allocations=tuple(_allocation(record) for record in work.records if not record.void),
        outstanding=_sum(row.outstanding for row in rows),
        due=_sum(row.outstanding for row in rows if row.due_on <= day),
        overdue=_sum(row.outstanding for row in rows if row.due_on < day),
        paid=_sum(row.paid for row in rows),
        accrued=accrued(work, day),
        overpaid=work.overpaid,
        payoff=payoff_amount(work, day),
        status=status(work),
        entries=tuple(journal),
    )


def status(work: Work | None) -> str:
    if work is None:
        return "APPROVED"
    if work.overpaid > 0:
        return "OVERPAID"
    if work.written_off and not work.outstanding:
        return "CLOSED_WRITTEN_OFF"
    return "ACTIVE" if work.outstanding > 0 else "CLOSED_OBLIGATIONS_MET"


def _sum(parts: Iterable[Parts]) -> Parts:
    total = NONE
    for each in parts:
        total += each
    return total


def _row(row: Row) -> RowState:
    kind = "down_payment" if row.down else "extra" if row.extra else "installment"
    due, paid = Parts.of(row.charged), Parts.of(row.paid)
    return RowState(row.number, row.start, row.due, kind, due, paid, row.met_on)


def _allocation(record: Record) -> Allocation:
    shares = tuple((row.number, part, amount) for row, part, amount in record.shares)
    return Allocation(
        record.event.id,
        record.kind,
        record.on,
        record.amount,
        Parts.of(record.parts),
        record.overpaid,
        shares,
    )
