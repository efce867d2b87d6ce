"""Many random lives through many nights, some missed, some run twice, some killed: all of it adds up.

LIVES=5000 makes them more. Each night's chunks are checked as they end (`LENDERS_CHECK`); standings,
allowance and what is owed are reckoned anew in plain Python (`reckoned`), interest day by day.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import use_case
from core.db import db as database
from finance.capital.models import Advance
from finance.capital.term_loan.services import take_term_loan
from finance.collections.chunks import BookDiffers
from finance.collections.models import DayChunk, Standing
from finance.collections.services import run_day
from finance.loans.models import Loan
from finance.risk.models import Decision
from ledger import audit, book
from tests.factories.capital import make_steady_seller
from tests.factories.many_loans import make_many, pay_many
from tests.finance.collections.reckoned import LOST, Reckoned, interest_by_day, reckon
from tests.finance.money import yuan

LIVES = int(os.environ.get("LIVES", "60"))
BEGIN, END = date(2025, 9, 1), date(2026, 2, 12)
Agreed = dict[int, list[tuple[date, int, int]]]


class Killed(BaseException):
    """The process is gone: nothing after this line happens."""


@pytest.fixture
def dice() -> Random:
    return Random(31)


@pytest.fixture
def agreed(db: Any, dice: Random) -> Agreed:
    """The rows everybody agreed to."""
    make_many(dice, LIVES, BEGIN, BEGIN + timedelta(60))
    return {loan.id: [(r.due_on, r.principal, r.fee) for r in loan.rows] for loan in _loans()}


def _loans() -> list[Loan]:
    query = select(Loan).order_by(Loan.id).execution_options(populate_existing=True)
    return list(database.session.scalars(query.options(selectinload(Loan.rows))))


def _nights(dice: Random) -> Iterator[date]:
    """One to nine days apart: those between are missed and caught up."""
    day = BEGIN
    while day < END:
        yield day
        day += timedelta(dice.choice((1, 1, 2, 3, 9)))
    yield END


def _pay(dice: Random, day: date) -> None:
    """Most pay all that is due, some half of it; one in seven never pays at all."""
    due = {
        loan.id: sum(row.payable for row in loan.rows if row.due_on <= day)
        for loan in _loans()
        if loan.is_running and loan.principal % 7
    }
    paying = {id: dice.choice((owed, owed, (owed + 1) // 2)) for id, owed in due.items()
              if owed and dice.random() < 0.3}  # fmt: skip
    if paying:
        pay_many(paying, day)


def _die_once(dice: Random, monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """The run is killed before or after a chunk's commit, wherever that is."""
    left = [dice.randint(1, 9)]

    def crash(point: str) -> None:
        left[0] -= point.endswith("work_chunk")
        if left[0] == 0:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(use_case, "crashpoint", crash)
        try:
            run_day(day)
        except Killed:
            database.session.rollback()


def test_ledger_loans_and_reckoning_agree_every_night(
    agreed: Agreed, dice: Random, monkeypatch: pytest.MonkeyPatch, app: Any
) -> None:
    monkeypatch.setitem(app.config, "LENDERS_CHUNK", max(40, LIVES // 6))
    for number, day in enumerate(_nights(dice)):
        if number % 3 == 0:
            _die_once(dice, monkeypatch, day)
        run_day(day)
        if number % 5 == 0:
            assert not any(run_day(day).counts.values())  # the same date again
            _compare(agreed, day)
        _pay(dice, day)
    states = {loan.state for loan in _loans()}
    assert {"active", "paid", "charged_off"} <= states
    assert [found for found in audit.run() if not found.ok and "seal" not in found.name] == []


def _compare(agreed: Agreed, day: date) -> None:
    loans = _loans()
    grades = dict(database.session.execute(select(Decision.id, Decision.grade)).all())
    standings = database.session.scalars(select(Standing).execution_options(populate_existing=True))
    kept = {standing.contract_id: standing for standing in standings}
    sums = dict.fromkeys(("loan_principal", "loan_interest", "loan_fee", "loss_allowance"), 0)
    for loan in loans:
        happened = [
            (e.on, e.entry, e.kind, int(e.details.get("row", 0)), e.amount)
            for e in loan.events
            if e.kind in ("paid", "late_fee") and e.key != "paid"
        ]
        is_so = reckon(agreed[loan.id], happened, grades[loan.decision_id], day)
        if loan.state != "active":
            assert loan.id not in kept or _is_used_up(loan, kept[loan.id], day)
            assert (loan.state == "paid" and not is_so.exposure) or _is_lost(agreed, loan, day)
            continue
        assert is_so.days_late < LOST
        assert _as_kept(kept[loan.id]) == _as_reckoned(is_so), loan.number
        for name, part in zip(sums, (is_so.principal, is_so.interest, is_so.late_fees,
                                     is_so.allowance), strict=True):  # fmt: skip
            sums[name] += part
    assert {name: book.sum_of(name, "CNY").minor for name in sums} == sums


def _is_used_up(loan: Loan, kept: Standing, day: date) -> bool:
    """Given up in the day's last step: what was set aside is gone, its row goes with the next run."""
    return loan.charged_off_on == day and (kept.exposure, kept.allowance) == (0, 0)


def _as_kept(kept: Standing) -> tuple[int, ...]:
    return kept.days_late, kept.bucket, kept.stage, kept.exposure, kept.allowance


def _as_reckoned(so: Reckoned) -> tuple[int, ...]:
    return so.days_late, so.bucket, so.stage, so.exposure, so.allowance


def _is_lost(agreed: Agreed, loan: Loan, day: date) -> bool:
    """Given up on the first night on which it was 120 days late."""
    events = [e for e in loan.events if e.kind in ("paid", "late_fee") and e.key != "paid"]
    happened = [(e.on, e.entry, e.kind, int(e.details.get("row", 0)), e.amount) for e in events]
    on = loan.charged_off_on
    return (
        on is not None
        and on <= day
        and reckon(agreed[loan.id], happened, "A", on).days_late == LOST
    )


def test_sellers_interest_is_what_each_day_bore(db: Any, dice: Random) -> None:
    today = date.today()
    for minor in (1_200_000, 999_900, 333_300):
        loan = yuan("1.00").currency
        take_term_loan(make_steady_seller().id, yuan(f"{minor // 100}.00"), 3, key=f"T-{loan}")
    for days in (1, 2, 9, 40, 41):
        on = today + timedelta(days)
        run_day(on)
        own = book.sum_of("advance_fee", "CNY").minor + book.sum_of("accrued_interest", "CNY").minor
        assert own == sum(_interest(loan, on) for loan in db.session.scalars(select(Advance)))


def _interest(loan: Advance, on: date) -> int:
    """What is owed of it: borne day by day, less what was paid of it."""
    repaid: dict[date, int] = {}
    for paid in loan.remittances:
        repaid[paid.on] = repaid.get(paid.on, 0) + paid.principal
    borne = interest_by_day(loan.principal, loan.rate_ppm, repaid, loan.began_on, on)
    return borne - loan.fee_paid


def test_a_chunk_that_does_not_add_up_is_refused(
    agreed: Agreed, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = min(due_on for rows in agreed.values() for due_on, *_ in rows)
    monkeypatch.setattr(book, "post_all", lambda journals: [])  # fees are earned, nothing is booked
    with pytest.raises(BookDiffers, match=r"fallen due, ids to .*: L-.* rows owe"):
        run_day(day + timedelta(20))
    done = select(DayChunk).where(DayChunk.step == "fallen due")
    assert database.session.scalars(done).all() == []
