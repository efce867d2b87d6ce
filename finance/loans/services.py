"""What can be done with a loan; the one door for other rooms and pages."""

from datetime import date, datetime, timedelta

from core import clock
from core.errors import InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.contracts import mandates
from finance.loans import exposure
from finance.loans.exposure import OverLimit, release_expired
from finance.loans.life import locked, remember
from finance.loans.opening import FinancedOrder, Terms, open_loan
from finance.loans.paying import (
    LoanPayments,
    NothingOwed,
    pay_by_card,
    pay_from_wallet,
    payoff_of,
    take,
)
from finance.loans.queries import fee_earned_on, loan_of
from finance.loans.receiving import Returned, give_back, pause, received, shipped
from finance.loans.withdrawing import (
    CannotWithdraw,
    open_until,
    withdraw_by_card,
    withdraw_from_wallet,
    withdraw_until,
)
from payments import cards

__all__ = [
    "CannotWithdraw",
    "FinancedOrder",
    "LoanPayments",
    "NothingOwed",
    "OverLimit",
    "Returned",
    "Terms",
    "fee_earned_on",
    "give_back",
    "open_loan",
    "open_until",
    "pause",
    "pause_credit",
    "pay_by_card",
    "pay_from_wallet",
    "payoff_of",
    "received",
    "release_expired",
    "set_autopay",
    "set_ceiling",
    "shipped",
    "take",
    "withdraw_by_card",
    "withdraw_from_wallet",
    "withdraw_until",
]

PAUSE_DAYS_MAX = 365
RAISED_AFTER = timedelta(hours=24)


@use_case
def set_autopay(number: str, borrower_id: int, card_id: int | None) -> None:
    """Let this saved card pay each row on its day, or (None) stop that."""
    loan_of(borrower_id, number)
    loan = locked(number)
    if card_id is not None and card_id not in [card.id for card in cards.of(borrower_id)]:
        raise cards.NoSuchCard()
    if loan.autopay_card_id != card_id:
        loan.autopay_card_id = card_id
        kind = "autopay_on" if card_id else "autopay_off"
        remember(loan, f"{kind}:{clock.now().isoformat()}", kind, clock.today())
        mandates.keep(borrower_id, number, card_id is not None)


@use_case
def set_ceiling(person_id: int, ceiling: Money | None) -> datetime | None:
    """The most the person wants to owe, below the lender's limit; None takes it away.

    Lower binds at once; higher, or none at all, after a night to sleep on it: gives from when.
    """
    row, now = exposure.lock(person_id), clock.now()
    wanted, today = None if ceiling is None else ceiling.minor, row.ceiling_at(now)
    waits = row.raised_from is not None and row.raised_from > now
    if waits and wanted == row.raised_ceiling and wanted != today:
        return row.raised_from
    row.own_ceiling, row.raised_ceiling, row.raised_from = today, None, None
    if today is not None and (wanted is None or wanted > today):
        row.raised_ceiling, row.raised_from = wanted, now + RAISED_AFTER
    else:
        row.own_ceiling = wanted
    return row.raised_from


@use_case
def pause_credit(person_id: int, days: int) -> date | None:
    """No new credit for so many days; gives the day it opens again.

    0, or less than runs already, ends a pause tomorrow, not today.
    """
    if not 0 <= days <= PAUSE_DAYS_MAX:
        raise InvalidInput("Choose between 0 and 365 days.")
    row, today = exposure.lock(person_id), clock.today()
    wanted = today + timedelta(days)
    if row.paused_until and row.paused_until > wanted:
        wanted = max(wanted, min(row.paused_until, today + timedelta(1)))
    row.paused_until = wanted if wanted > today else None
    return row.paused_until
