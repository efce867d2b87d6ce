"""A shopper who cannot pay asks for air: one form, four choices; the first time at once."""

from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.use_case import use_case
from finance.collections import easing
from finance.collections.care_models import ASKED, DECLINED, GRANTED, Relief
from finance.lending.calendar import add_months
from finance.lending.life import events as kinds
from finance.loans import exposure
from finance.loans.applying import New, apply
from finance.loans.life import check_nothing_moves, locked
from finance.loans.models import Loan
from finance.loans.queries import loan_of


class NoAirHere(Conflict):
    message = "This plan has no such choice now."


class DecidedBefore(Conflict):
    message = "This request was decided before."


def choices_of(loan: Loan) -> list[str]:
    """What may be asked for on this plan now."""
    if not loan.is_running or loan.starts_on is None:
        return []
    today = clock.today()
    most = limits()
    return [
        choice
        for choice in easing.CHOICES
        if easing.planned(loan.rows, choice, most.move_max, today, most)
    ]


def limits() -> easing.Limits:
    """The lender's limits in this mall's country."""
    return easing.limits_of(current_app.config["MALL_REGIME"])


@use_case
def ask(number: str, borrower_id: int, choice: str, *, why: str, key: str, days: int = 0) -> Relief:
    """Ask for it; the same key asks once. Late fees rest from now on.

    days    by how many the payments move, of `move` only

    Raises NoAirHere, InvalidInput, PayingAlready.
    """
    loan_of(borrower_id, number)
    exposure.lock(borrower_id)
    known = select(Relief).where(Relief.borrower_id == borrower_id, Relief.key == key)
    if before := db.session.scalars(known).one_or_none():
        return before
    loan, today = locked(number), clock.today()
    if len(why.strip()) < 3:
        raise InvalidInput("Say in a few words what happened.")
    if choice == easing.MOVE and not 1 <= days <= limits().move_max:
        raise InvalidInput(f"Move it by 1 to {limits().move_max} days.")
    if choice not in choices_of(loan) or _waits(loan):
        raise NoAirHere()
    made = Relief(
        loan_id=loan.id,
        borrower_id=borrower_id,
        key=key,
        choice=choice,
        days=days if choice == easing.MOVE else 0,
        why=why.strip()[:400],
        calm_until=easing.calm_until(choice, days, today, limits()),
    )
    if not _granted_lately(borrower_id, today):
        _grant(loan, made, "The first request is granted at once.", by=None)
    db.session.add(made)
    db.session.flush()
    return made


def _waits(loan: Loan) -> bool:
    query = select(func.count()).where(Relief.loan_id == loan.id, Relief.state == ASKED)
    return bool(db.session.scalar(query))


def _granted_lately(borrower_id: int, today: date) -> bool:
    since = clock.start_of(add_months(today, -limits().free_months))
    query = select(func.count()).where(
        Relief.borrower_id == borrower_id, Relief.state == GRANTED, Relief.decided_at >= since
    )
    return bool(db.session.scalar(query))


@use_case
def decide(relief_id: int, *, grant: bool, answer: str, by: int) -> Relief:
    """An admin says yes or no, with words for the shopper; raises DecidedBefore, NoAirHere."""
    loan = locked(get(Relief, relief_id).loan.number)
    asked = get(Relief, relief_id, lock=True)
    if asked.state != ASKED:
        raise DecidedBefore()
    if grant:
        _grant(loan, asked, answer, by=by)
    else:
        asked.state, asked.answer = DECLINED, answer.strip()[:240]
        asked.decided_by, asked.decided_at = by, clock.now()
    return asked


def _grant(loan: Loan, asked: Relief, answer: str, *, by: int | None) -> None:
    today = clock.today()
    rows = easing.planned(loan.rows, asked.choice, asked.days, today, limits())
    if not rows or not loan.is_running:
        raise NoAirHere()
    check_nothing_moves(loan)
    details: dict[str, Any] = {
        "rows": [[n, day.isoformat(), principal, fee] for n, day, principal, fee in rows],
        "calm_until": asked.calm_until.isoformat(),
    }
    new = New(
        kinds.RESCHEDULED,
        today,
        f"relief:{asked.key}",
        amount=sum(row.owed for row in loan.rows),
        note=f"{easing.names(limits())[asked.choice]}. {asked.why}"[:240],
        details=details,
    )
    apply(loan, new)
    asked.state, asked.answer = GRANTED, answer.strip()[:240]
    asked.decided_by, asked.decided_at = by, clock.now()
