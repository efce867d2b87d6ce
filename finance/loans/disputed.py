"""A payment of a plan is disputed at the bank: lost, it counts as never made, and the plan owes again."""

from sqlalchemy import select

from core import clock
from core.db import db
from core.money import Money, total
from finance.lending.allocation import FEE, LATE_FEE, PRINCIPAL, Share
from finance.loans import bookkeeping, exposure
from finance.loans.life import locked, remember
from finance.loans.models import Installment, Loan, LoanPayment
from finance.loans.paying import NothingOwed, take
from finance.loans.rules import LoanState, RowState
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments.disputes_values import DisputeView

NEWEST_FIRST = (PRINCIPAL, FEE, LATE_FEE)  # the order of paying, backward


class LoanDisputes:
    """Disputes of payments for `loan:NUMBER:KIND:KEY`; called inside the notice's transaction."""

    def lock(self, purpose: str) -> None:
        locked(_number(purpose))

    def told(self, dispute: DisputeView) -> None:
        """The plan's history has it once the money is gone."""

    def opened(self, dispute: DisputeView) -> None:
        """The card is not asked by itself any more: its holder has objected to that."""
        loan, on = locked(_number(dispute.purpose)), clock.today()
        loan.autopay_card_id = None
        _remember(loan, dispute, "disputed", dispute.counted, "The bank decides.")
        remember(loan, f"autopay_off:{dispute.number}", "autopay_off", on)

    def won(self, dispute: DisputeView) -> None:
        loan = locked(_number(dispute.purpose))
        _remember(loan, dispute, "dispute_won", dispute.amount, "The payment stands.")

    def lost(self, dispute: DisputeView) -> Money:
        """What it had paid is owed again; what had gone to the balance is taken from there."""
        loan = locked(_number(dispute.purpose))
        shares = _unpay(loan, dispute)
        owed_again = total((share.amount for share in shares), loan.currency)
        wallet = account("wallet", loan.borrower_id)
        rest = dispute.counted - owed_again
        from_wallet = min(rest, book.available(wallet, loan.currency))
        if not owed_again + from_wallet:
            return owed_again
        book.post(
            bookkeeping.charged_back(
                loan.number, dispute.number, shares, (wallet, from_wallet), clock.today()
            )
        )
        _reopen(loan, shares)
        _remember(loan, dispute, "charged_back", owed_again, "It is owed again.")
        return owed_again + from_wallet

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """The bank paid after all: as if the shopper had paid again."""
        number, amount = _number(dispute.purpose), min(dispute.reinstated, dispute.borne)
        try:
            return take(number, amount, clearing, clock.today(), ref=f"dispute:{dispute.number}")
        except NothingOwed:
            return ()


def _number(purpose: str) -> str:
    return purpose.split(":")[1]


def _remember(loan: Loan, dispute: DisputeView, kind: str, amount: Money, note: str) -> None:
    key = f"{kind}:{dispute.number}"
    remember(loan, key, kind, clock.today(), amount=amount.minor, ref=dispute.number, note=note)


def _unpay(loan: Loan, dispute: DisputeView) -> list[Share]:
    """Take the payment off the rows, the newest first; nothing of a plan that is over for us."""
    query = select(LoanPayment).where(
        LoanPayment.loan_id == loan.id, LoanPayment.payment_id == dispute.payment_id
    )
    payment = db.session.scalars(query.with_for_update()).one_or_none()
    if payment is None or loan.state in (LoanState.VOID, LoanState.CHARGED_OFF):
        return []
    left = min(dispute.counted.minor, payment.amount - payment.returned)
    shares = []
    for row in reversed(loan.rows):
        for part in NEWEST_FIRST:
            taken = min(left, getattr(row, f"{part}_paid"))
            if taken:
                setattr(row, f"{part}_paid", getattr(row, f"{part}_paid") - taken)
                shares.append(Share(row.number, part, loan.money(taken)))
                left -= taken
    payment.returned += sum(share.amount.minor for share in shares)
    return shares


def _reopen(loan: Loan, shares: list[Share]) -> None:
    rows = {row.number: row for row in loan.rows}
    for share in shares:
        _due_again(rows[share.row])
    principal = total((s.amount for s in shares if s.part == PRINCIPAL), loan.currency)
    exposure.take_again(loan.checkout_number, principal)
    if shares and loan.state == LoanState.PAID:
        loan.move_to(LoanState.ACTIVE, clock.today())
        loan.closed_on = None
    db.session.flush()


def _due_again(row: Installment) -> None:
    row.paid_on = None
    if row.state in (RowState.PAID, RowState.VOID):
        row.state = RowState.DUE if row.due_on <= clock.today() else RowState.SCHEDULED
