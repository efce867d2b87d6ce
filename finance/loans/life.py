"""What every change of a loan shares: locking it, remembering events, and its rows' states."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db, one
from core.errors import Conflict
from core.money import Money
from finance.lending import as_if
from finance.loans import bookkeeping
from finance.loans.models import Installment, Loan, LoanEvent
from finance.loans.rules import LoanState, RowState
from ledger import book
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
    """Write an event once; False when it had happened before.

    facts   amount (minor units), ref, note, details
    """
    known = select(LoanEvent.id).where(LoanEvent.loan_id == loan.id, LoanEvent.key == key)
    if db.session.scalar(known) is not None:
        return False
    db.session.add(LoanEvent(loan_id=loan.id, key=key, kind=kind, on=on, **facts))
    db.session.flush()
    return True


def amount_of(loan: Loan, key: str) -> Money | None:
    """The amount of the event of this key, if it has happened."""
    known = select(LoanEvent.amount).where(LoanEvent.loan_id == loan.id, LoanEvent.key == key)
    amount = db.session.scalar(known)
    return None if amount is None else loan.money(amount)


def earn_fee(loan: Loan, row: Installment, on: date) -> None:
    """The row's fee is earned: on its due day, or now that it is paid in advance."""
    if row.accrued_on is not None:
        return
    row.accrued_on = on
    if row.fee:
        book.post(bookkeeping.due(loan.number, row.number, loan.money(row.fee), on))


def pause_disputed(loan: Loan) -> None:
    """Work out anew which part of each row is not due because of open returns."""
    disputed = loan.money(sum(order.paused for order in loan.orders))
    rows = [row.standing(loan.currency) for row in loan.rows]
    parts = as_if.disputed_parts(rows, disputed, loan.monthly_fee_ppm)
    for row, part in zip(loan.rows, parts, strict=True):
        row.paused = part.minor


def settle_states(loan: Loan, on: date) -> None:
    """Mark rows with nothing left as paid or void, and close a loan that is wholly so."""
    for row in loan.rows:
        if row.owed == 0 and row.state not in (RowState.PAID, RowState.VOID):
            row.state = RowState.PAID if row.payment or row.late_fee else RowState.VOID
            row.paid_on = on
        elif row.payment == 0 and row.late_fee == 0:
            row.state = RowState.VOID
    if loan.refunded == loan.principal:
        _close(loan, LoanState.VOID, on)
    elif all(row.owed == 0 for row in loan.rows):
        _close(loan, LoanState.PAID, on)
    _release_provision(loan, on)
    db.session.flush()


def _close(loan: Loan, state: LoanState, on: date) -> None:
    if loan.state != state and loan.state != LoanState.VOID:
        loan.move_to(state, on)
        remember(loan, state.value, state.value, on)


def _release_provision(loan: Loan, on: date) -> None:
    if loan.state == LoanState.CHARGED_OFF or loan.charged_off_on:
        return
    owed = loan.principal_owed + loan.interest_owed + loan.late_fee_owed
    cured_wholly = not any(row.state == RowState.LATE for row in loan.rows)
    if cured_wholly:
        loan.defaulted_on = None
    too_much = loan.provisioned - (0 if cured_wholly else owed.minor)
    if too_much > 0:
        loan.provisioned -= too_much
        key = f"{on.isoformat()}:{loan.provisioned}"
        cured = loan.money(too_much)
        book.post(bookkeeping.provision_released(loan.number, key, cured, on))
