"""What every change of a loan shares: locking it, remembering notes, and what a page was shown."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.db import db, one
from core.errors import Conflict
from core.money import Money
from finance.loans.models import Loan, LoanEvent
from payments import services as payments
from payments.values import PaymentView


def locked(number: str) -> Loan:
    """The loan, fresh from the database with its rows, held until this transaction ends."""
    query = (
        select(Loan)
        .where(Loan.number == number)
        .options(selectinload(Loan.rows), selectinload(Loan.orders))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    loan: Loan = one(query)
    return loan


class Changed(Conflict):
    message = "What is to pay has changed since you opened this page. Look at it again, then pay."


class PayingAlready(Conflict):
    message = "A payment of this plan is under way. Wait for the bank's answer, then look again."


def check_nothing_moves(loan: Loan, *, but: str = "") -> None:
    """Raise PayingAlready while a card may be paying this (locked) loan: it would be paid twice."""
    if payments.is_moving(loan.borrower_id, f"loan:{loan.number}:", but=but):
        raise PayingAlready()


def paid_before(purpose: str) -> PaymentView | None:
    """The payment a key has begun, if it was not refused: a repeat of the form gives it again."""
    known = payments.payment_for(purpose)
    return known if known is not None and known.state != "refused" else None


def mark_of(loan: Loan, amount: Money) -> str:
    """What a page shows of a plan before it is paid: `amount` of all that is owed."""
    return f"{amount.minor}/{sum(row.owed for row in loan.rows)}"


def check_seen(loan: Loan, amount: Money, seen: str) -> None:
    """Raise Changed when the (locked) loan is not what the payer saw: another tab has paid.

    seen  `mark_of` when the page was made; "" where nobody looked at one
    """
    if seen and seen != mark_of(loan, amount):
        raise Changed()


def remember(loan: Loan, key: str, kind: str, on: date, **facts: Any) -> bool:
    """Write a note that changes nothing owed, once; False when it had been written before.

    facts   amount (minor units), ref, note, details. What changes a loan goes through `applying`.
    """
    if is_known(loan, key):
        return False
    entry = next_entry(loan)
    db.session.add(LoanEvent(loan_id=loan.id, entry=entry, key=key, kind=kind, on=on, **facts))
    db.session.flush()
    return True


def is_known(loan: Loan, key: str) -> bool:
    """Whether the event of this key has happened."""
    known = select(LoanEvent.id).where(LoanEvent.loan_id == loan.id, LoanEvent.key == key)
    return db.session.scalar(known) is not None


def next_entry(loan: Loan) -> int:
    """The number of the next event of a (locked) loan."""
    last = select(func.max(LoanEvent.entry)).where(LoanEvent.loan_id == loan.id)
    return (db.session.scalar(last) or 0) + 1


def amount_of(loan: Loan, key: str) -> Money | None:
    """The amount of the event of this key, if it has happened."""
    known = select(LoanEvent.amount).where(LoanEvent.loan_id == loan.id, LoanEvent.key == key)
    amount = db.session.scalar(known)
    return None if amount is None else loan.money(amount)
