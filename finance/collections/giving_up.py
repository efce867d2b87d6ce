"""Giving money on a plan up: proposed by one admin, decided by another."""

from sqlalchemy import select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.collections import steps
from finance.collections.care_models import (
    CHARGE_OFF,
    DONE,
    PROPOSED,
    REFUSED,
    WAIVE,
    LoanGiveUp,
)
from finance.lending.life import events as kinds
from finance.loans.applying import New, apply
from finance.loans.life import check_nothing_moves, locked
from finance.loans.models import Loan


class SamePerson(Conflict):
    message = "Who proposes to give money up cannot decide on it: ask another admin."


class ProposedAlready(Conflict):
    message = "Something is proposed for this plan already; decide on that first."


class DecidedBefore(Conflict):
    message = "This was decided before."


class NothingOwed(Conflict):
    message = "Nothing of the kind is owed on this plan."


def waivable(loan: Loan) -> Money:
    """Late fees and earned fees that are not paid."""
    return loan.late_fee_owed + loan.interest_owed


@use_case
def propose(number: str, kind: str, *, amount: Money | None, why: str, by: int) -> LoanGiveUp:
    """Propose to waive `amount` of the fees owed, or to charge the whole plan off.

    Raises ProposedAlready, NothingOwed, InvalidInput.
    """
    loan = locked(number)
    owed = waivable(loan) if kind == WAIVE else _all_of(loan)
    if not loan.is_running or not owed:
        raise NothingOwed()
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    if kind not in (WAIVE, CHARGE_OFF):
        raise InvalidInput("Choose what to give up.")
    wanted = owed if kind == CHARGE_OFF or amount is None else amount
    if not 0 < wanted.minor <= owed.minor:
        raise InvalidInput("Write an amount up to {owed}.", owed=owed.grouped())
    if open_of(loan.id) is not None:
        raise ProposedAlready()
    made = LoanGiveUp(
        loan_id=loan.id,
        kind=kind,
        amount=wanted.minor,
        why=why.strip()[:240],
        proposed_by=by,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _all_of(loan: Loan) -> Money:
    return loan.principal_owed + loan.interest_owed + loan.late_fee_owed


def open_of(loan_id: int) -> LoanGiveUp | None:
    """What is proposed for this plan and waits."""
    query = select(LoanGiveUp).where(LoanGiveUp.loan_id == loan_id, LoanGiveUp.state == PROPOSED)
    return db.session.scalars(query).one_or_none()


@use_case
def decide(give_up_id: int, *, yes: bool, by: int) -> LoanGiveUp:
    """Another admin agrees or not; raises SamePerson, DecidedBefore, NothingOwed."""
    loan = locked(get(LoanGiveUp, give_up_id).loan.number)
    proposed = get(LoanGiveUp, give_up_id, lock=True)
    if proposed.state != PROPOSED:
        raise DecidedBefore()
    if proposed.proposed_by == by:
        raise SamePerson()
    if yes:
        if not loan.is_running:
            raise NothingOwed()
        check_nothing_moves(loan)
        if proposed.kind == CHARGE_OFF:
            steps.give_up(loan, clock.today(), note=proposed.why)
        else:
            _waive(loan, proposed)
    proposed.state = DONE if yes else REFUSED
    proposed.decided_by, proposed.decided_at = by, clock.now()
    db.session.flush()
    return proposed


def _waive(loan: Loan, proposed: LoanGiveUp) -> None:
    """Late fees first, then earned fees, the oldest row first."""
    left = proposed.amount
    owed = [(r.number, "late_fee", r.late_fee - r.late_fee_paid) for r in loan.rows]
    owed += [(r.number, "fee", r.fee - r.fee_paid) for r in loan.rows if r.accrued_on]
    for number, part, there in owed:
        less = min(left, there)
        if less <= 0:
            continue
        left -= less
        key = f"forgiven:{proposed.id}:{part}:{number}"
        new = New(
            kinds.FORGIVEN,
            clock.today(),
            key,
            amount=less,
            row=number,
            note=proposed.why,
            details={"part": part},
        )
        apply(loan, new)
