"""The shopper withdraws within the first days: the money goes back, and there is no fee at all."""

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.db import get
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.lending.early import Withdrawal, withdrawal
from finance.lending.life.events import WITHDRAWN
from finance.loans import bookkeeping
from finance.loans.applying import New, apply
from finance.loans.life import (
    amount_of,
    check_nothing_moves,
    locked,
    paid_before,
)
from finance.loans.models import Loan
from finance.loans.queries import loan_of
from finance.products import Installments
from finance.risk.models import Decision
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments import services as payments
from payments.values import PaymentView

WITHDRAW = "withdraw"
BANK_DAYS = 3  # a payment asked for in time may arrive this much later and still counts


class CannotWithdraw(Conflict):
    message = "The days to withdraw from this plan are over. You can settle it early instead."


@dataclass(frozen=True, slots=True)
class Open:
    """The right to withdraw while it lasts, and what it costs."""

    last_day: date
    quote: Withdrawal


def withdraw_until(loan: Loan) -> date | None:
    """The last day, by the terms the plan was decided with; None when there is no such right."""
    kept = get(Decision, loan.decision_id).inputs["terms"]
    return Installments.from_data(kept).withdraw_until(loan.began_on)


def open_until(loan: Loan, on: date) -> Open | None:
    """The right to withdraw from a running plan; None when it is over, or nothing is to pay."""
    last_day = withdraw_until(loan) if loan.is_running else None
    if last_day is None or on > last_day:
        return None
    quote = _quote(loan)
    return Open(last_day, quote) if quote.amount.minor > 0 else None


def _quote(loan: Loan) -> Withdrawal:
    return withdrawal([row.standing(loan.currency) for row in loan.rows])


def _amount_to_pay(loan: Loan) -> Money:
    right = open_until(loan, clock.today())
    if right is None:
        raise CannotWithdraw()
    return right.quote.amount


@use_case
def withdraw_by_card(number: str, borrower_id: int, *, source: str, key: str) -> PaymentView:
    """Ask the card for what was lent; as `pay_by_card`. Raises CannotWithdraw, PayingAlready."""
    loan_of(borrower_id, number)
    loan, purpose = locked(number), f"loan:{number}:{WITHDRAW}:{key}"
    if before := paid_before(purpose):
        return before
    check_nothing_moves(loan, but=purpose)
    payment = payments.intend_charge(
        purpose=purpose,
        payer_id=borrower_id,
        amount=_amount_to_pay(loan),
        source=source,
        description=f"Withdrawal from plan {number}",
        return_path=f"/account/credit/{number}",
    )
    return payments.view(payment.id)


@use_case
def withdraw_from_wallet(number: str, borrower_id: int, *, key: str) -> Money:
    """The same from the person's balance with us; raises InvalidInput when it is too small."""
    loan_of(borrower_id, number)
    loan, ref, on = locked(number), f"{WITHDRAW}:{key}", clock.today()
    if before := amount_of(loan, f"paid:{ref}"):
        return before
    check_nothing_moves(loan)
    amount, wallet = _amount_to_pay(loan), account("wallet", borrower_id)
    if book.available(wallet, loan.currency) < amount:
        raise InvalidInput("Your balance is smaller than this payment. Choose a card.")
    transfers = _undo(loan, amount, wallet, on, ref, None)
    book.post(bookkeeping.paid_from_wallet(number, ref, transfers, on))
    return amount


@use_case
def paid_back(
    number: str, amount: Money, source: Account, on: date, *, ref: str, payment_id: int | None
) -> tuple[Transfer, ...]:
    """The money of a withdrawal has arrived; gives its transfers, of at most `amount`.

    None of them when it came too late or no longer suffices: it is an ordinary payment then.
    """
    loan = locked(number)
    right = open_until(loan, on - timedelta(BANK_DAYS))
    if right is None or amount < right.quote.amount:
        return ()
    return _undo(loan, right.quote.amount, source, on, ref, payment_id)


def _undo(
    loan: Loan, amount: Money, source: Account, on: date, ref: str, payment_id: int | None
) -> tuple[Transfer, ...]:
    quote = _quote(loan)
    details = {"fee_back": quote.fee_back.minor, "saving": quote.saving.minor}
    new = New(
        WITHDRAWN,
        on,
        f"paid:{ref}",
        amount=amount.minor,
        ref=ref,
        details=details,
        payment_id=payment_id,
    )
    applied = apply(loan, new)
    return () if applied is None else bookkeeping.paid(applied.whose, applied.outside, source)
