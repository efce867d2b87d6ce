"""The lender's day: what accrues, falls due, is collected, is late, and is lost."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.use_case import end_read, use_case
from finance.capital import nightly
from finance.collections import accruing, checking, chunks, order, steps, warnings
from finance.collections.models import BusinessDay, DayChunk
from finance.loans.services import release_expired
from ledger import audit
from payments import services as payments


@dataclass
class DayReport:
    """How much of each kind of work a run did; `days` were worked through, missed ones too."""

    days: list[date] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count


def run_day(on: date, *, check: bool | None = None) -> DayReport:
    """Do the lender's work of the business day `on`, and of days missed before it.

    Works in chunks, each in a transaction of its own that is written down, so that it can be
    stopped anywhere and goes on from there; the same day again changes nothing; two runs at once
    take turns.

    check   whether ledger and loans are compared after every chunk, and the whole audit is asked at
            the end of each day (None: as LENDERS_CHECK says, without that audit); what does not
            agree raises BookDiffers
    """
    report = DayReport()
    chunks_too = current_app.config["LENDERS_CHECK"] if check is None else check
    report.add("holds given back", release_expired())
    for day in _days_up_to(on):
        for kind, count in _work(day, chunks_too).items():
            report.add(kind, count)
        if check:
            _audit(day)
        _finish(day)
        report.days.append(day)
    return report


def _audit(day: date) -> None:
    wrong = [f"{found.name}: {found.detail}" for found in audit.run() if not found.ok]
    end_read()
    chunks.refuse(f"{day}, the audit", wrong)


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


def _work(day: date, check: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for step in order.steps_of(day):
        done = chunks.run(step, day, check=check)
        found[step.name] = done.count
        if done.last:
            end_read()
        for op_id in done.ops:
            payments.drive(op_id)
        if step.name == accruing.STEP:
            found["sellers' contracts"] = nightly.run(day).advances
            if check:
                chunks.refuse(f"{day}, sellers' contracts", checking.every_advance())
                end_read()
    found["early warnings"] = warnings.run(day)
    return found
