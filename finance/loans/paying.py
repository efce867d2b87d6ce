"""Money comes in: by card, from the wallet, for the next row or for all that is left."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.lending.early import Payoff, payoff
from finance.lending.life.events import NEXT, PAID, SETTLED, SHORTER, SMALLER, Event
from finance.lending.life.state import State
from finance.loans import bookkeeping, news, withdrawing
from finance.loans.applying import New, apply
from finance.loans.life import (
    PayingAlready,
    amount_of,
    check_nothing_moves,
    check_seen,
    locked,
    paid_before,
    remember,
)
from finance.loans.models import Installment, Loan
from finance.loans.queries import loan_of, payment_due
from finance.loans.rules import LoanState
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments import retries
from payments import services as payments
from payments.values import PaymentView

__all__ = ["PayingAlready", "check_nothing_moves"]  # others know them from here

PAY, SETTLE, AUTO, EXTRA = "pay", "settle", "auto", "extra-"
AUTO_DAYS = 7  # so long after its day a row is tried by itself; how often, payments knows


class PaidWithItsLine(Conflict):
    message = "This purchase is on your line of credit. Pay it on the page of the line."


class NothingOwed(Conflict):
    message = "Nothing is left to pay on this plan."


@dataclass(frozen=True, slots=True)
class More:
    """A payment of one's own choice: what is due first, the rest makes the plan

    extra   `shorter` (it ends earlier) or `smaller` (each payment to come shrinks)
    """

    amount: Money
    extra: str

    @property
    def seen(self) -> Money:
        """What a page shows before the amount is typed."""
        return Money.zero(self.amount.currency)


def _kind(settle: bool, more: More | None) -> str:
    return SETTLE if settle else f"{EXTRA}{more.extra}" if more else PAY


def _amount(loan: Loan, settle: bool, more: More | None) -> Money:
    payoff = payoff_of(loan).amount
    if more is None:
        return payoff if settle else payment_due(loan, clock.today())
    if not 0 < more.amount.minor <= payoff.minor or more.extra not in (SHORTER, SMALLER):
        raise InvalidInput(f"Pay between 0.01 and {payoff.grouped()}, which settles the plan.")
    return more.amount


def _check_own(borrower_id: int, number: str) -> None:
    if loan_of(borrower_id, number).is_by_day:
        raise PaidWithItsLine()


def payoff_of(loan: Loan) -> Payoff:
    """What settles the plan today, and the fees that are then never charged."""
    rows = [row.standing(loan.currency) for row in loan.rows]
    return payoff(rows, loan.late_fee_owed)


@use_case
def pay_by_card(
    number: str,
    borrower_id: int,
    *,
    source: str,
    key: str,
    settle: bool = False,
    more: More | None = None,
    seen: str = "",
) -> PaymentView:
    """Ask the card for what is due (else the next row), for the whole payoff, or for `more`.

    source   token of a saved card, "" for the gateway's own page
    key      from the form: a double click pays once
    seen     what the page showed (`life.mark_of`): a second tab does not pay the next row

    Gives the payment; `payments.refresh` then asks the gateway. Raises NothingOwed, PayingAlready,
    Changed.
    """
    _check_own(borrower_id, number)
    loan = locked(number)
    purpose = f"loan:{number}:{_kind(settle, more)}:{key}"
    if before := paid_before(purpose):
        return before
    check_nothing_moves(loan, but=purpose)
    amount = _amount(loan, settle, more)
    check_seen(loan, more.seen if more else amount, seen)
    if loan.state not in (LoanState.ACTIVE, LoanState.CHARGED_OFF) or not amount:
        raise NothingOwed()
    payment = payments.intend_charge(
        purpose=purpose,
        payer_id=borrower_id,
        amount=amount,
        source=source,
        description=f"Plan {number}",
        return_path=f"/account/credit/{number}",
    )
    return payments.view(payment.id)


@use_case
def pay_from_wallet(
    number: str,
    borrower_id: int,
    *,
    key: str,
    settle: bool = False,
    more: More | None = None,
    seen: str = "",
) -> Money:
    """The same from the person's balance with us; raises InvalidInput when it is too small."""
    _check_own(borrower_id, number)
    loan = locked(number)  # two clicks come one after the other, and the second sees the first
    kind = _kind(settle, more)
    if before := amount_of(loan, f"paid:{kind}:{key}"):
        return before
    check_nothing_moves(loan)
    amount = _amount(loan, settle, more)
    check_seen(loan, more.seen if more else amount, seen)
    if not amount or loan.state != LoanState.ACTIVE:
        raise NothingOwed()
    wallet, on = account("wallet", borrower_id), clock.today()
    if book.available(wallet, loan.currency) < amount:
        raise InvalidInput("Your balance is smaller than this payment. Choose a card.")
    extra = more.extra if more else NEXT
    transfers = take(number, amount, wallet, on, settle=settle, extra=extra, ref=f"{kind}:{key}")
    book.post(bookkeeping.paid_from_wallet(number, f"{kind}:{key}", transfers, on))
    return amount


class LoanPayments:
    """What the payments room tells about purposes `loan:NUMBER:KIND:KEY`."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """The money goes to what is owed; anything over it to the payer's wallet."""
        _, number, kind, _ = payment.purpose.split(":", 3)
        amount, on = payment.amount, clock.today()
        ref = f"payment:{payment.id}"
        if kind == withdrawing.WITHDRAW:
            undone = withdrawing.paid_back(
                number, amount, clearing, on, ref=ref, payment_id=payment.id
            )
            if undone:
                return undone
        return take(
            number,
            amount,
            clearing,
            on,
            settle=kind == SETTLE,
            extra=kind.removeprefix(EXTRA) if kind.startswith(EXTRA) else NEXT,
            ref=ref,
            payment_id=payment.id,
        )

    def still_wanted(self, payment: PaymentView) -> bool:
        """Whether the row that a card was asked for by itself is still owed as it was."""
        _, number, kind, row_number = payment.purpose.split(":", 3)
        rows = db.session.scalars(
            select(Installment).join(Loan).where(Loan.number == number, Loan.state == "active")
        )
        owed = {str(row.number): row.payable for row in rows}
        return kind == AUTO and owed.get(row_number, 0) >= payment.amount.minor

    def refused(self, payment: PaymentView) -> None:
        _, number, kind, row = payment.purpose.split(":", 3)
        loan = locked(number)
        event = f"refused:{payment.op_id}"
        note = f"{payment.message or 'The card was refused.'}"
        remember(loan, event, "refused", clock.today(), amount=payment.amount.minor, note=note)
        if kind == AUTO:
            again_on = _again_on(loan, row, payment)
            news.refused(loan, row, payment, again_on=again_on)


def _again_on(loan: Loan, row: str, payment: PaymentView) -> date | None:
    """The day of the next try by itself, in the week in which there are any."""
    day = retries.asks_again_on(payment.id)
    last = next((r.due_on + timedelta(AUTO_DAYS) for r in loan.rows if str(r.number) == row), None)
    return day if day and last and day <= last else None


@use_case
def take(
    number: str,
    amount: Money,
    source: Account,
    on: date,
    *,
    settle: bool = False,
    extra: str = NEXT,
    ref: str = "",
    payment_id: int | None = None,
) -> tuple[Transfer, ...]:
    """Book a payment on the loan's rows; gives its transfers, of at most `amount`.

    on      the day it counts for; when that has passed, what followed is folded anew
    settle  fees not yet earned are waived, if the amount pays all the principal
    extra   what happens to money beyond what is due: it pays the next rows, or makes the plan
            `shorter` or the payments `smaller`

    Raises NothingOwed.
    """
    loan = locked(number)
    if not any(row.owed for row in loan.rows):
        raise NothingOwed()
    new = New(
        SETTLED if settle and _saves(loan, amount) else PAID,
        on,
        f"paid:{ref}",
        amount=amount.minor,
        ref=ref,
        details={"extra": extra} if extra != NEXT else {},
        payment_id=payment_id,
        complete=_with_saving,
    )
    applied = apply(loan, new)
    if applied is None:
        raise NothingOwed("This payment has been counted before.")
    return bookkeeping.paid(applied.whose, applied.outside, source)


def _saves(loan: Loan, amount: Money) -> bool:
    """Whether a payment that is to settle the plan does, and spares fees."""
    to_come = any(row.fee for row in loan.rows if row.accrued_on is None and row.payment)
    return to_come and amount >= loan.principal_owed


def _with_saving(after: State, event: Event) -> dict[str, int]:
    saved = after.saved.get(event.entry, 0)
    return {"saving": saved} if saved else {}
