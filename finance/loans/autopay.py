"""A plan that pays by itself: from the balance first, by the saved card for the rest, never overdrawn."""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.db import db
from core.money import Money
from finance.loans import bookkeeping
from finance.loans.life import next_entry
from finance.loans.models import Installment, Loan
from finance.loans.paying import AUTO, AUTO_DAYS, take
from ledger import book
from ledger.accounts import account
from payments import cards, retries
from payments import services as payments
from payments.models import Card


def card_of(loan: Loan) -> Card | None:
    """The saved card that pays this plan; None when there is none, or it was removed."""
    return next((c for c in cards.of(loan.borrower_id) if c.id == loan.autopay_card_id), None)


def due_now(loan: Loan, day: date) -> list[Installment]:
    """Rows that are tried on a day: those that fell due at most a week ago."""
    return [r for r in loan.rows if 0 <= (day - r.due_on).days <= AUTO_DAYS and r.payable > 0]


def is_moving(loan: Loan) -> bool:
    """Whether she, or an earlier try, may be paying this plan at this moment."""
    return payments.is_moving(loan.borrower_id, f"loan:{loan.number}:")


def from_balance(loan: Loan, day: date) -> Money:
    """Pay what is due on a (locked) plan out of the balance, as far as that goes; what it paid."""
    owed = loan.money(sum(row.payable for row in loan.rows if row.due_on <= day))
    amount = min(owed, _balance(loan))
    if not amount:
        return amount
    try:
        with db.session.begin_nested():
            _pay(loan, amount, max(day, clock.today()))
    except book.Overdrawn:  # spent in another tab since we looked: the card is asked instead
        return loan.money(0)
    return amount


def _balance(loan: Loan) -> Money:
    there = book.available(account("wallet", loan.borrower_id), loan.currency)
    return max(there, loan.money(0))


def _pay(loan: Loan, amount: Money, on: date) -> None:
    key, wallet = f"{AUTO}:{next_entry(loan)}", account("wallet", loan.borrower_id)
    transfers = take(loan.number, amount, wallet, on, ref=key)
    book.post(bookkeeping.paid_from_wallet(loan.number, key, transfers, on))


def ask_card(loan: Loan, card: Card, row: Installment) -> int:
    """Write down that the card is to pay what is left of a row; gives the operation to drive."""
    return payments.intend_charge(
        purpose=_purpose(loan, row),
        payer_id=loan.borrower_id,
        amount=loan.money(row.payable),
        source=card.token,
        description=f"Plan {loan.number}, payment {row.number}",
        off_session=True,
    ).op_id


def may_ask(loan: Loan, card: Card, row: Installment, day: date) -> bool:
    """Whether the card may be asked for this row on a day."""
    return retries.may_collect(_purpose(loan, row), card.token, day)


def _purpose(loan: Loan, row: Installment) -> str:
    return f"loan:{loan.number}:{AUTO}:{row.number}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will pay a row on its day, as far as can be known.

    balance   what of it the balance has today
    by_card   whether the saved card is asked for the rest
    trouble   why the card will not do: `expired`, `refused` or `removed`; "" when nothing speaks
              against it
    """

    balance: Money
    by_card: bool
    trouble: str

    @property
    def is_short(self) -> bool:
        """Neither can pay: she is warned while there is time."""
        return self.by_card and bool(self.trouble)


def outlook(loan: Loan, row: Installment) -> Outlook | None:
    """What will pay this row; None for a plan that is paid by hand."""
    if loan.autopay_card_id is None:
        return None
    owed = loan.money(row.payable)
    part = min(owed, _balance(loan))
    by_card = part < owed
    return Outlook(part, by_card, _trouble(loan, row) if by_card else "")


def _trouble(loan: Loan, row: Installment) -> str:
    card = card_of(loan)
    if card is None:
        return "removed"
    if card.expires < f"{row.due_on:%Y-%m}":
        return "expired"
    return "refused" if retries.was_refused_last(loan.borrower_id, card.token) else ""
