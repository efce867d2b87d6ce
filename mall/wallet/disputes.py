"""A top-up that the payer's bank takes back comes out of the balance, as far as it is still there."""

from sqlalchemy import select

from core import clock
from core.db import one
from core.money import Money
from ledger import book
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.wallet import bookkeeping, queries
from mall.wallet.models import TopUp
from payments import cases
from payments.disputes_values import DisputeView


class TopUpDisputes:
    """Disputes of payments for `wallet:NUMBER`. What has been spent is the mall's loss."""

    def lock(self, purpose: str) -> None:
        """The top-up's row comes before the payment's."""
        one(select(TopUp).where(TopUp.number == purpose.partition(":")[2]).with_for_update())

    def told(self, dispute: DisputeView) -> None:
        """Nothing moves before the money does."""

    def opened(self, dispute: DisputeView) -> None:
        """Hold what is left of it."""
        amount = _at_hand(dispute)
        if amount:
            book.hold(bookkeeping.disputed(dispute.number, dispute.payer_id, amount, clock.today()))

    def won(self, dispute: DisputeView) -> None:
        """It is hers to spend again."""
        _free(dispute)

    def lost(self, dispute: DisputeView) -> Money:
        """Take it out of the balance, with what has come in since; gives how much that was."""
        _free(dispute)
        amount = _at_hand(dispute)
        if amount:
            lost = bookkeeping.dispute_lost(dispute.number, dispute.payer_id, amount, clock.today())
            book.post(lost)
        _ask_the_person(dispute, dispute.counted - amount)
        return amount

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """What had been taken from her goes back first."""
        amount = min(dispute.reinstated, dispute.borne)
        return bookkeeping.recovered(clearing, dispute.payer_id, amount)


def _ask_the_person(dispute: DisputeView, spent: Money) -> None:
    if spent:
        cases.open_case(
            "dispute_uncovered",
            dispute.purpose,
            -spent,
            f"Person {dispute.payer_id} had spent this part of a top-up that the bank took back.",
            f"dispute:{dispute.number}:spent",
        )


def _at_hand(dispute: DisputeView) -> Money:
    available = queries.balance_of(dispute.payer_id, dispute.counted.currency)
    return min(available, dispute.counted)


def _free(dispute: DisputeView) -> None:
    try:
        book.void_hold(bookkeeping.disputed_key(dispute.number), on=clock.today())
    except book.UnknownJournal:
        return  # nothing was left to hold
