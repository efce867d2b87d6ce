"""Answering a case: the checkpoints of its timeline, filled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from finance.lending.replay import events as e
from finance.lending.replay import render
from finance.lending.replay.dates import due_dates
from finance.lending.replay.events import Event, Impossible
from finance.lending.replay.fields import FieldError, day
from finance.lending.replay.fold import fold
from finance.lending.replay.numbers import ZERO, above_zero
from finance.lending.replay.rows import FEE, INTEREST, PENALTY, PRINCIPAL, Row
from finance.lending.replay.state import replay, status
from finance.lending.replay.timeline import Case, Question, read_case
from finance.lending.replay.work import Record, Work

Json = dict[str, object]
_NAMES = {
    e.CHARGE_OFF: "Charge-off",
    e.REAGE: "Re-age",
    e.REAMORTIZE: "Re-amortize",
}


def answer(value: object) -> Json:
    """The same case with its checkpoints filled; raises FieldError for what cannot be read.

    value  {"config": …, "timeline": […]} as parsed JSON, fractions as Decimal; with `as_of` (a
           date) the answer has a `state` besides: rows, balances, allocations, journal
    """
    case = read_case(value)
    assert isinstance(value, Mapping)
    as_of = day(value["as_of"], "as_of") if value.get("as_of") is not None else None
    filled = [dict(item) for item in value["timeline"]]
    history = History(case)
    try:
        for item in case.items:
            if isinstance(item, Event):
                history.enter(item)
            else:
                filled[item.place] |= history.ask(item)
        state = render.state(replay(case.terms, history.events, as_of)) if as_of else None
    except Impossible as problem:
        place = f"timeline[{problem.event.order}].{problem.field}"
        raise FieldError(place, problem.problem) from None
    done = {**value, "timeline": filled} | ({"state": state} if state else {})
    return done | {"unused": list(case.unused)} if case.unused else done


class History:
    """Events as they are entered; remembers what each payment looked like when it was undone,
    and which payments a later entry has split anew."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.events: list[Event] = []
        self.undone: list[Record] = []
        self.anew: set[tuple[int | None, str]] = set()
        self.known: dict[tuple[int | None, str], object] = {}
        kinds = {item.kind for item in case.items if isinstance(item, Question)}
        self.watching = "transactions" in kinds

    def enter(self, event: Event) -> None:
        if event.kind == e.REVERSE and self.watching:
            before = fold(self.case.terms, self.events)
            if before:
                add_balances(before)
                self.undone += [r for r in before.records if r.event.id == event.of]
        self.events.append(event)
        if self.watching and event.kind != e.CLOSE_OF_BUSINESS:
            self._compare()

    def _compare(self) -> None:
        """A payment that is split anew is replaced, and so are those of its day behind it."""
        work = fold(self.case.terms, self.events)
        days: set[date] = set()
        for record in work.records if work else []:
            key = (record.event.id, record.kind)
            now = (record.amount, tuple(record.parts.items()), record.overpaid)
            if key in self.known and (self.known[key] != now or record.on in days):
                self.anew.add(key)
                days.add(record.on)
            self.known[key] = now

    def ask(self, question: Question) -> Json:
        work = fold(self.case.terms, self.events, question.earned_to)
        if question.kind == "schedule":
            return {"rows": self._rows(work, question.on)}
        if question.kind == "transactions":
            return {"rows": transactions(work, self.undone, self.anew) if work else []}
        if question.kind == "total_outstanding":
            return {"expected": work.outstanding if work else ZERO}
        if question.kind == "overpaid":
            return {"expected": work.overpaid if work else ZERO}
        if question.kind in ("balances", "journal"):
            now = replay(self.case.terms, self.events, question.on)
            shown = render.balances(now) if question.kind == "balances" else None
            return {"expected": shown} if shown else {"entries": render.journal(now.entries)}
        return {"expected": status(work)}

    def _rows(self, work: Work | None, on: date) -> list[Json]:
        return schedule(work or planned(self.case, on), self.case.with_paid_out)


def planned(case: Case, on: date) -> Work:
    """Before any money has gone out: the agreed principal, as if it went out today.

    (Or on an earlier day that is entered later.)
    """
    terms = case.terms
    first = next(
        (i.on for i in case.items if isinstance(i, Event) and i.kind == e.DISBURSEMENT), None
    )
    if first and terms.first_dues[:1] == tuple(due_dates(replace(terms, first_dues=()), first)[:1]):
        # nothing but the usual distance from a day that is yet to come
        terms = replace(terms, first_dues=())
    day = min(on, first) if first else on
    work = fold(terms, [Event(e.DISBURSEMENT, day, day, 0, amount=terms.approved)])
    assert work
    return work


def schedule(work: Work, with_paid_out: bool) -> list[Json]:
    """The rows as they stand, with or without a line for each disbursement.

    A disbursement on a due date is listed after that day's row (before it on the first due
    date) and counts after it; its down payment comes behind it.
    """
    paid_out = [record for record in work.records if record.kind == e.DISBURSEMENT]
    balances = _balances(work, paid_out)
    first_due = work.normal_rows()[0].due
    lines: list[tuple[date, int, Json]] = [
        (row.due, _place(row, first_due), row_line(row, balances[row.number])) for row in work.rows
    ]
    if with_paid_out:
        lines += [
            (record.on, 0, {"date": record.on.isoformat(), "balance": record.amount})
            for record in paid_out
        ]
    return [line for _, _, line in sorted(lines, key=lambda each: each[:2])]


def _place(row: Row, first_due: date) -> int:
    ahead = not row.down and not row.extra and row.due != first_due
    return -1 if ahead else row.number


def _balances(work: Work, paid_out: list[Record]) -> dict[int, Decimal]:
    """Principal lent after each row, by its number."""
    steps: list[tuple[date, int, int, Decimal]] = [
        (record.on, 1, 0, record.amount) for record in paid_out
    ]
    for row in work.rows:
        change = row.credited[PRINCIPAL] - row.charged[PRINCIPAL]
        steps.append((row.due, 2 if row.down or row.extra else 0, row.number, change))
    balance, after = ZERO, {}
    for _, _, number, change in sorted(steps):
        balance += change
        after[number] = balance
    return after


def row_line(row: Row, balance: Decimal) -> Json:
    line: Json = {"nr": row.number, "date": row.due.isoformat()}
    if row.met_on:
        line["paid_date"] = row.met_on.isoformat()
    return line | {
        "balance": balance,
        "principal": row.charged[PRINCIPAL],
        "interest": row.charged[INTEREST],
        "fees": row.charged[FEE],
        "penalties": row.charged[PENALTY],
        "due": row.total,
        "paid": row.total_paid,
        "in_advance": row.early,
        "late": row.late,
        "outstanding": row.outstanding,
    }


def transactions(
    work: Work, undone: Sequence[Record] = (), anew: Collection[tuple[int | None, str]] = ()
) -> list[Json]:
    """Every payment and its like by part, with the principal lent after it."""
    add_balances(work)
    shown = [*(record for record in work.records if not record.void), *undone]
    lines = []
    for record in sorted(shown, key=lambda each: each.event.place):
        line = transaction_line(record)
        if record in undone:
            line["reversed"] = True
        elif (record.event.id, record.kind) in anew:
            line["replayed"] = True
        lines.append(line)
    return lines


def add_balances(work: Work) -> None:
    """The principal lent after each record; what changes no money shows none."""
    balance = ZERO
    for record in work.records:
        if record.kind in (e.CHARGE_OFF, e.REAGE, e.REAMORTIZE):
            continue
        if record.kind == e.DISBURSEMENT:
            balance += record.amount - record.overpaid
        elif record.kind in (e.CHARGEBACK, e.CREDIT_BALANCE_REFUND):
            balance += record.parts[PRINCIPAL]
        else:
            balance -= record.parts[PRINCIPAL]
        record.balance = above_zero(balance)


def transaction_line(record: Record) -> Json:
    parts = record.parts
    return {
        "date": record.on.isoformat(),
        "type": _NAMES.get(record.kind, record.kind.replace("_", " ").title()),
        "amount": record.amount,
        "principal": parts[PRINCIPAL],
        "interest": parts[INTEREST],
        "fees": parts[FEE],
        "penalties": parts[PENALTY],
        "principal_balance": record.balance,
    }
