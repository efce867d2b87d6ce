"""A payment of a line is disputed at the bank: lost, every purchase it had paid is owed again."""

from core import clock
from core.money import Money
from finance.credit_line import queries
from finance.credit_line.models import CreditLine
from finance.credit_line.opening import remember
from finance.credit_line.owing import owing
from finance.loans import bookkeeping, disputed
from finance.loans import services as loans
from finance.loans.posting import of
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments.disputes_values import DisputeView


class LineDisputes:
    """Disputes of payments for `line:NUMBER:KIND:KEY`; called inside the notice's transaction."""

    def lock(self, purpose: str) -> None:
        queries.locked(purpose.split(":")[1])

    def told(self, dispute: DisputeView) -> None:
        """The line's history has it once the money is gone."""

    def opened(self, dispute: DisputeView) -> None:
        """The card is not asked by itself any more: its holder has objected to that."""
        line = _line(dispute)
        line.autopay, line.autopay_card_id = "", None
        _remember(line, dispute, "disputed", dispute.counted, "The bank decides.")

    def won(self, dispute: DisputeView) -> None:
        _remember(_line(dispute), dispute, "dispute_won", dispute.amount, "The payment stands.")

    def lost(self, dispute: DisputeView) -> Money:
        """What it had paid is owed again, the newest purchase first; the rest is the wallet's."""
        line, on = _line(dispute), clock.today()
        left = dispute.counted
        for loan in reversed(queries.loans_of(line, lock=True)):
            again = min(left, disputed.still_here(loan, dispute))
            if again:
                moved = disputed.owe_again(loan, dispute, again, on)
                rest = (account("wallet", loan.borrower_id), line.money(0))
                journal = bookkeeping.charged_back(of(loan), dispute.number, moved, rest, on)
                book.post(journal)
                left -= again
        owed_again = dispute.counted - left
        _remember(line, dispute, "charged_back", owed_again, "It is owed again.")
        return owed_again

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """The bank paid after all: as if the shopper had paid again."""
        line, on = _line(dispute), clock.today()
        amount = min(dispute.reinstated, dispute.borne)
        ref = f"dispute:{dispute.number}"
        return tuple(
            transfer
            for bought, part in owing(line, on, lock=True).split(amount)
            if part
            for transfer in loans.take(bought.loan.number, part, clearing, on, ref=ref)
        )


def _line(dispute: DisputeView) -> CreditLine:
    return queries.locked(dispute.purpose.split(":")[1])


def _remember(line: CreditLine, dispute: DisputeView, kind: str, amount: Money, note: str) -> None:
    key = f"{kind}:{dispute.number}"
    remember(line, key, kind, clock.today(), amount=amount.minor, note=note)
