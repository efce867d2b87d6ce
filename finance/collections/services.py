"""The lender's day: what accrues, falls due, is collected, is late, and is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from core import clock, ids
from core.db import db
from core.use_case import end_read, use_case
from finance import products
from finance.capital import nightly
from finance.collections import accruing, chunks, provisioning, selecting, steps, warnings
from finance.collections.chunks import Done, Part, Step
from finance.collections.models import BusinessDay, DayChunk
from finance.loans.models import Loan
from finance.loans.services import release_expired
from finance.products import LateRule
from payments import services as payments

Act = Callable[[Loan, date, LateRule], int]


@dataclass
class DayReport:
    """How much of each kind of work a run did; `days` were worked through, missed ones too."""

    days: list[date] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count


def run_day(on: date) -> DayReport:
    """Do the lender's work of the business day `on`, and of days missed before it.

    Works in chunks, each in a transaction of its own that is written down, so that it can be
    stopped anywhere and goes on from there; the same day again changes nothing; two runs at once
    take turns.
    """
    report = DayReport()
    report.add("holds given back", release_expired())
    for day in _days_up_to(on):
        for kind, count in _work(day).items():
            report.add(kind, count)
        _finish(day)
        report.days.append(day)
    return report


def _days_up_to(on: date) -> list[date]:
    """The day itself, and the days since the last one that was finished."""
    last = db.session.scalar(select(func.max(BusinessDay.on)).where(BusinessDay.on < on))
    begun = select(func.min(DayChunk.on)).where(DayChunk.on < on)
    if last is not None:
        begun = begun.where(DayChunk.on > last)
    stopped = db.session.scalar(begun)
    first = last + timedelta(1) if last else stopped or on
    return steps.days_between(first, on)


@use_case
def _finish(day: date) -> None:
    values = {"id": ids.new_id(), "created_at": clock.now(), "on": day}
    done = insert(BusinessDay).values(**values, finished_at=clock.now(), counts=chunks.counts(day))
    db.session.execute(done.on_conflict_do_nothing(index_elements=["on"]))


def _work(day: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for step in _steps_of(day):
        done = chunks.run(step, day)
        found[step.name] = done.count
        end_read()
        for op_id in done.ops:
            payments.drive(op_id)
        if step is accruing.SELLERS_INTEREST:
            found["sellers' contracts"] = nightly.run(day).advances
    found["early warnings"] = warnings.run(day)
    return found


def _steps_of(day: date) -> list[Step]:
    """What is done on a day, in this order."""
    rule = products.installments(current_app.config["MALL_REGIME"]).late
    kinds: list[tuple[str, Callable[[date, LateRule], Select[int]], Act]] = [
        ("reminded", selecting.reminded, steps.remind),
        ("late", selecting.late, steps.mark_late),
        ("late fees", selecting.late_fee_due, steps.charge_late_fee),
        ("defaulted", selecting.defaulted, steps.default),
        ("charged off", selecting.lost, steps.charge_off),
    ]
    behind = (chunks.latest(accruing.STEP) or day) > day  # sums of sets never go back in time
    interest = [] if behind else [accruing.SELLERS_INTEREST]
    provisions = [] if behind else provisioning.STEPS
    return [
        *interest,
        _of_loans("fallen due", rule, selecting.fallen_due, steps.fall_due),
        Step("asked of cards", selecting.autopaid, lambda part: _autopay(part, rule), asks=True),
        *(_of_loans(name, rule, pick, act) for name, pick, act in kinds[:3]),
        *provisions,
        *(_of_loans(name, rule, pick, act) for name, pick, act in kinds[3:]),
    ]


def _of_loans(
    name: str, rule: LateRule, pick: Callable[[date, LateRule], Select[int]], act: Act
) -> Step:
    """A step that acts on each loan of a chunk, locked."""

    def work(part: Part) -> Done:
        loans = [loan for loan in _locked(part.ids) if loan.is_running]
        return Done(sum(act(loan, part.day, rule) for loan in loans))

    return Step(name, lambda day: pick(day, rule), work)


def _autopay(part: Part, rule: LateRule) -> Done:
    """Write the charges down; the gateway is asked outside any transaction."""
    ops = [op for loan in _locked(part.ids) for op in steps.autopay(loan, part.day, rule)]
    return Done(len(ops), ops)


def _locked(chunk: Sequence[int]) -> Sequence[Loan]:
    """These loans with their rows, locked in the order of their ids."""
    query = (
        select(Loan)
        .where(Loan.id.in_(chunk))
        .order_by(Loan.id)
        .options(selectinload(Loan.rows), selectinload(Loan.orders))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()
