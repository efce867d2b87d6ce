"""The lender's day: what falls due, is asked for, is late, and is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from core import clock, ids
from core.db import db
from core.use_case import use_case
from finance import products
from finance.collections import selecting, steps
from finance.collections.models import BusinessDay
from finance.loans.models import Loan
from finance.loans.services import release_expired
from finance.products import LateRule
from payments import services as payments

CHUNK = 100  # loans a transaction
Query = Select[int]


@dataclass
class DayReport:
    """How much of each kind of work a run did; `days` were worked through, missed ones too."""

    days: list[date] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count


def run_day(on: date) -> DayReport:
    """Do the lender's work of the business day `on`, and of days missed before it.

    Works in chunks of a hundred loans, each in a transaction of its own, so that it can be
    stopped anywhere; the same day again changes nothing.
    """
    report = DayReport()
    report.add("holds given back", release_expired())
    for day in _days_up_to(on):
        counts = _work(day)
        for kind, count in counts.items():
            report.add(kind, count)
        _finish(day, counts)
        report.days.append(day)
    return report


def _days_up_to(on: date) -> list[date]:
    """The day itself, and the days since the last one that was finished."""
    last = db.session.scalar(select(func.max(BusinessDay.on)).where(BusinessDay.on < on))
    return steps.days_between(last + timedelta(1) if last else on, on)


@use_case
def _finish(day: date, counts: dict[str, int]) -> None:
    values = {"id": ids.new_id(), "created_at": clock.now(), "on": day}
    done = insert(BusinessDay).values(**values, finished_at=clock.now(), counts=counts)
    db.session.execute(done.on_conflict_do_nothing(index_elements=["on"]))


def _work(day: date) -> dict[str, int]:
    rule = products.installments(current_app.config["MALL_REGIME"]).late
    return {
        "fallen due": _each(selecting.fallen_due(day), steps.fall_due, day, rule),
        "asked of cards": _autopay(day, rule),
        "reminded": _each(selecting.reminded(day), steps.remind, day, rule),
        "late": _each(selecting.late(day, rule), steps.mark_late, day, rule),
        "late fees": _each(selecting.late_fee_due(day, rule), steps.charge_late_fee, day, rule),
        "defaulted": _each(selecting.defaulted(day, rule), steps.default, day, rule),
        "charged off": _each(selecting.lost(day, rule), steps.charge_off, day, rule),
    }


def _each(
    query: Query, act: Callable[[Loan, date, LateRule], int], day: date, rule: LateRule
) -> int:
    """Act on every loan of the query, chunk by chunk."""
    done, last = 0, 0
    while chunk := db.session.scalars(query.where(Loan.id > last).limit(CHUNK)).all():
        done += _act(chunk, act, day, rule)
        last = chunk[-1]
    return done


@use_case
def _act(
    chunk: Sequence[int], act: Callable[[Loan, date, LateRule], int], day: date, rule: LateRule
) -> int:
    done = sum(act(loan, day, rule) for loan in _locked(chunk) if loan.is_running)
    db.session.flush()
    return done


def _autopay(day: date, rule: LateRule) -> int:
    """Write the charges down, then ask the gateway outside any transaction."""
    ops: list[int] = []
    last = 0
    query = selecting.autopaid(day)
    while chunk := db.session.scalars(query.where(Loan.id > last).limit(CHUNK)).all():
        ops += _intend(chunk, day, rule)
        last = chunk[-1]
    for op_id in ops:
        payments.drive(op_id)
    return len(ops)


@use_case
def _intend(chunk: Sequence[int], day: date, rule: LateRule) -> list[int]:
    return [op for loan in _locked(chunk) for op in steps.autopay(loan, day, rule)]


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
