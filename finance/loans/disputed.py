"""A payment of a plan is disputed at the bank: lost, it counts as never made, and the plan owes again."""

from datetime import date

from core import clock
from core.money import Money
from finance.lending.life.events import CHARGED_BACK
from finance.lending.life.state import Move
from finance.loans import bookkeeping
from finance.loans.applying import New, apply
from finance.loans.folding import payments_of, state_of
from finance.loans.life import locked, remember
from finance.loans.models import Loan, LoanPayment
from finance.loans.paying import NothingOwed, take
from finance.loans.posting import of
from finance.loans.rules import LoanState
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments.disputes_values import DisputeView


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
        loan, on = locked(_number(dispute.purpose)), clock.today()
        owed_again = still_here(loan, dispute)
        wallet = account("wallet", loan.borrower_id)
        rest = dispute.counted - owed_again
        from_wallet = min(rest, book.available(wallet, loan.currency))
        if not owed_again + from_wallet:
            return owed_again
        moved = owe_again(loan, dispute, owed_again, on) if owed_again else ()
        book.post(
            bookkeeping.charged_back(of(loan), dispute.number, moved, (wallet, from_wallet), on)
        )
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


def still_here(loan: Loan, dispute: DisputeView) -> Money:
    """What of the payment lies on the rows; nothing of a plan that is over for us."""
    payment, _ = _payment(loan, dispute)
    if payment is None or loan.state in (LoanState.VOID, LoanState.CHARGED_OFF):
        return loan.money(0)
    return loan.money(min(dispute.counted.minor, payment.amount - payment.returned))


def _payment(loan: Loan, dispute: DisputeView) -> tuple[LoanPayment | None, int]:
    """The disputed payment, and its event's place in the order of entry."""
    entries = sorted(payment.entry for payment in state_of(loan).payments)
    for entry, payment in zip(entries, payments_of(loan), strict=True):
        if payment.payment_id == dispute.payment_id:
            return payment, entry
    return None, 0


def owe_again(loan: Loan, dispute: DisputeView, amount: Money, on: date) -> tuple[Move, ...]:
    """Count so much of the disputed payment as never made; gives what moved."""
    new = New(
        CHARGED_BACK,
        on,
        f"charged_back:{dispute.number}",
        amount=amount.minor,
        ref=dispute.number,
        note="It is owed again.",
        details={"payment": _payment(loan, dispute)[1]},
    )
    applied = apply(loan, new)
    return applied.outside if applied is not None else ()
