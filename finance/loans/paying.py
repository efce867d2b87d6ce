"""Money comes in: by card, from the wallet, for the next row or for all that is left."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money, total
from core.use_case import use_case
from finance.lending.allocation import FEE, LATE_FEE, PRINCIPAL, Owed, Share, allocate
from finance.lending.early import Payoff, payoff
from finance.loans import bookkeeping, exposure, news, withdrawing
from finance.loans.life import (
    PayingAlready,
    amount_of,
    check_nothing_moves,
    check_seen,
    earn_fee,
    locked,
    paid_before,
    remember,
    settle_states,
)
from finance.loans.models import Installment, Loan, LoanPayment
from finance.loans.queries import loan_of, payment_due
from finance.loans.rules import LoanState
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments import retries
from payments import services as payments
from payments.values import PaymentView

__all__ = ["PayingAlready", "check_nothing_moves"]  # others know them from here

PAY, SETTLE, AUTO = "pay", "settle", "auto"
_NO_DAY = date.max  # what is paused is paid last of all


class NothingOwed(Conflict):
    message = "Nothing is left to pay on this plan."


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
    seen: str = "",
) -> PaymentView:
    """Ask the card for what is due (else the next row), or for the whole payoff.

    source   token of a saved card, "" for the gateway's own page
    key      from the form: a double click pays once
    seen     what the page showed (`life.mark_of`): a second tab does not pay the next row

    Gives the payment; `payments.refresh` then asks the gateway. Raises NothingOwed, PayingAlready,
    Changed.
    """
    loan_of(borrower_id, number)
    loan = locked(number)
    purpose = f"loan:{number}:{SETTLE if settle else PAY}:{key}"
    if before := paid_before(purpose):
        return before
    check_nothing_moves(loan, but=purpose)
    amount = payoff_of(loan).amount if settle else payment_due(loan, clock.today())
    check_seen(loan, amount, seen)
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
    number: str, borrower_id: int, *, key: str, settle: bool = False, seen: str = ""
) -> Money:
    """The same from the person's balance with us; raises InvalidInput when it is too small."""
    loan_of(borrower_id, number)
    loan = locked(number)  # two clicks come one after the other, and the second sees the first
    kind = SETTLE if settle else PAY
    if before := amount_of(loan, f"paid:{kind}:{key}"):
        return before
    check_nothing_moves(loan)
    amount = payoff_of(loan).amount if settle else payment_due(loan, clock.today())
    check_seen(loan, amount, seen)
    if not amount or loan.state != LoanState.ACTIVE:
        raise NothingOwed()
    wallet, on = account("wallet", borrower_id), clock.today()
    if book.available(wallet, loan.currency) < amount:
        raise InvalidInput("Your balance is smaller than this payment. Choose a card.")
    transfers = take(number, amount, wallet, on, settle=settle, ref=f"{kind}:{key}")
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
        settle = kind == SETTLE
        return take(number, amount, clearing, on, settle=settle, ref=ref, payment_id=payment.id)

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
            news.refused(loan, row, payment, again=retries.asks_again(payment.id))


@use_case
def take(
    number: str,
    amount: Money,
    source: Account,
    on: date,
    *,
    settle: bool = False,
    ref: str = "",
    payment_id: int | None = None,
) -> tuple[Transfer, ...]:
    """Book a payment on the loan's rows; gives its transfers, of at most `amount`.

    Oldest row first, its late fee, its fee, its principal. `settle` waives the fees not yet
    earned, if the amount pays all the principal.
    """
    loan = locked(number)
    # a row may have fallen due since the quote: the saving stands, that row's fee stays owed
    saving = _waive_future_fees(loan, on) if settle and amount >= loan.principal_owed else 0
    if loan.charged_off_on:
        return _recover(loan, amount, source, on, ref, payment_id, saving)
    shares, _ = allocate(amount, _owed(loan))
    if not shares:
        raise NothingOwed()
    _earn_and_mark(loan, shares, on)
    used = total((share.amount for share in shares), loan.currency)
    _note(loan, used, on, ref, payment_id, saving)
    principal = total((s.amount for s in shares if s.part == PRINCIPAL), loan.currency)
    exposure.give(loan.checkout_number, principal)
    settle_states(loan, on)
    return bookkeeping.paid(number, source, shares)


def _owed(loan: Loan) -> list[Owed]:
    """Every unpaid part of every row; what is paused comes last."""
    parts = []
    for row in loan.rows:
        late, fee = row.late_fee - row.late_fee_paid, row.fee - row.fee_paid
        principal = row.principal - row.principal_paid
        paused = min(row.paused, principal)
        parts += [
            Owed(row.number, row.due_on, LATE_FEE, loan.money(late)),
            Owed(row.number, row.due_on, FEE, loan.money(fee)),
            Owed(row.number, row.due_on, PRINCIPAL, loan.money(principal - paused)),
            Owed(row.number, _NO_DAY, PRINCIPAL, loan.money(paused)),
        ]
    return parts


def _earn_and_mark(loan: Loan, shares: Sequence[Share], on: date) -> None:
    rows = {row.number: row for row in loan.rows}
    for share in shares:
        row = rows[share.row]
        earn_fee(loan, row, on)
        name = f"{share.part}_paid"
        setattr(row, name, getattr(row, name) + share.amount.minor)
        row.paused = min(row.paused, row.owed)


def _waive_future_fees(loan: Loan, on: date) -> int:
    """Fees of months that have not fallen due are never charged; gives what that saves."""
    saving = 0
    for row in loan.rows:
        if row.accrued_on is None and row.payment:
            saving += row.fee
            row.fee, row.fee_free, row.accrued_on = 0, True, on
    return saving


def _note(loan: Loan, used: Money, on: date, ref: str, payment_id: int | None, saving: int) -> None:
    db.session.add(LoanPayment(loan_id=loan.id, payment_id=payment_id, on=on, amount=used.minor))
    details = {"saving": saving} if saving else {}
    kind = "settled" if saving else "paid"
    remember(loan, f"paid:{ref}", kind, on, amount=used.minor, ref=ref, details=details)


def _recover(
    loan: Loan,
    amount: Money,
    source: Account,
    on: date,
    ref: str,
    payment_id: int | None,
    saving: int,
) -> tuple[Transfer, ...]:
    lost = sum(row.owed for row in loan.rows)
    shares, _ = allocate(amount, _owed(loan))
    used = total((share.amount for share in shares), loan.currency)
    if not used:
        raise NothingOwed()
    rows: dict[int, Installment] = {row.number: row for row in loan.rows}
    for share in shares:
        row, name = rows[share.row], f"{share.part}_paid"
        setattr(row, name, getattr(row, name) + share.amount.minor)
        if share.part == FEE and row.accrued_on is None:
            row.accrued_on = on  # earned now that it is paid; the book has it as a recovery
    loan.recovered += used.minor
    _note(loan, used, on, ref, payment_id, saving)
    if used.minor == lost:
        settle_states(loan, on)
    return bookkeeping.recovered(source, used)
