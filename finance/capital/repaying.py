"""Ending an advance before its time: pay it off, or give it back."""

from core import clock
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, life, queries
from finance.capital.models import CANCELED, REPAID, Advance
from finance.capital.terms import SALES_SHARE
from finance.risk.seller import terms
from ledger import book
from ledger.accounts import account
from ledger.entries import Transfer


class TooLateToCancel(Conflict):
    message = "An advance can be canceled for {days} days; you can pay it off early instead."


class BalanceTooSmall(Conflict):
    message = "Your balance is {balance}; this needs {needed}."


class NotRunning(Conflict):
    message = "This advance is {state}; nothing is left to pay."


@use_case
def pay_off(seller_id: int, number: str) -> Money:
    """Repay all of it from the balance now; a second press changes nothing. Returns what was paid.

    S2: principal and the interest of the days used; S3: what is owed less the unearned fee.
    """
    exposure.lock(seller_id)
    advance = queries.advance_of(seller_id, number, lock=True)
    if not advance.is_running:
        raise NotRunning(state=advance.state)
    before = advance.repaid
    share = advance.product == SALES_SHARE
    lines = end_share(advance, fully=False) if share else _end_orders(advance)
    paid = advance.repaid - before
    _check_balance(advance, paid)
    life.take_from_balance(bookkeeping.settled(advance.number, lines, clock.today()))
    return paid


@use_case
def cancel(seller_id: int, number: str) -> Money:
    """Give a sales share back within the days it costs nothing; returns what was paid back."""
    exposure.lock(seller_id)
    advance = queries.advance_of(seller_id, number, lock=True)
    if not advance.is_running or advance.product != SALES_SHARE:
        raise NotRunning(state=advance.state)
    days = terms().sales_share.cancel_days
    if (clock.today() - advance.began_on).days > days:
        raise TooLateToCancel(days=days)
    before = advance.repaid
    lines = end_share(advance, fully=True)
    paid = advance.repaid - before
    _check_balance(advance, paid)
    life.take_from_balance(bookkeeping.canceled(advance.number, lines, clock.today()))
    return paid


def _check_balance(advance: Advance, needed: Money) -> None:
    balance = book.available(account("seller_payable", advance.seller_id), advance.currency)
    if needed > balance:
        raise BalanceTooSmall(balance=balance, needed=needed)


def end_share(advance: Advance, *, fully: bool) -> tuple[Transfer, ...]:
    """Transfers that end a sales share today. fully: no fee at all, as if never taken."""
    today = clock.today()
    fee = advance.money(advance.fee)
    rebate = fee if fully else life.rebate_on(advance, today, terms().sales_share)
    given_back = life.give_back_fee(advance, rebate)
    principal, part = life.pay_pro_rata(advance, advance.owed)
    text = f"Fee given back: {rebate.grouped()} of {fee.grouped()}"
    reason = "canceled" if fully else "early"
    life.remember(advance, principal, part, today, reason=reason, text=text)
    life.close_if_paid(advance, today, state=CANCELED if fully else REPAID)
    db.session.flush()
    repaid = bookkeeping.repaid(advance.number, advance.seller_id, principal, part, "early_repaid")
    return (*given_back, *repaid, *bookkeeping.earned(advance.number, part))


def _end_orders(advance: Advance) -> tuple[Transfer, ...]:
    """Transfers that end an advance on orders today; its lines may back another one at once."""
    today = clock.today()
    pledges = [pledge for pledge in advance.pledges if pledge.closed_on is None]
    life.reckon(advance, pledges, today)
    principal, fee = life.pay_pledges(advance, pledges, advance.owed, today, only_recourse=False)
    life.remember(advance, principal, fee, today, reason="early")
    life.close_if_paid(advance, today)
    return bookkeeping.repaid(advance.number, advance.seller_id, principal, fee, "early_repaid")


def quote_payoff(advance: Advance) -> tuple[Money, Money]:
    """(what paying off today costs, the fee given back), before the press; changes nothing."""
    today = clock.today()
    if advance.product == SALES_SHARE:
        rebate = life.rebate_on(advance, today, terms().sales_share)
        return max(advance.owed - rebate, advance.money(0)), rebate
    return advance.owed + life.interest_to(advance, today), advance.money(0)


def can_cancel(advance: Advance) -> bool:
    """Whether the days are not over in which it costs nothing."""
    days = (clock.today() - advance.began_on).days
    return (
        advance.is_running
        and advance.product == SALES_SHARE
        and days <= terms().sales_share.cancel_days
    )
