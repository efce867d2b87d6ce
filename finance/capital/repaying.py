"""Paying an advance by one's own will: more than is due, all of it, or giving it back."""

from datetime import date

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, giving_up, queries, recording, remitting
from finance.capital.fold import apply as folding
from finance.capital.fold import sales
from finance.capital.fold.state import Effect, Event
from finance.capital.fold.term import SHORTER, SMALLER
from finance.capital.models import CHARGED_OFF, Advance
from finance.capital.terms import SALES_SHARE, TERM_LOAN
from ledger import book
from ledger.accounts import account
from ledger.entries import Transfer

CAN_CANCEL = (SALES_SHARE, TERM_LOAN)


class TooLateToCancel(Conflict):
    message = "An advance can be canceled for {days} days; you can pay it off early instead."


class BalanceTooSmall(Conflict):
    message = "Your balance is {balance}; this needs {needed}."


class NotRunning(Conflict):
    message = "This advance is {state}; nothing is left to pay."


class PaidByOrders(Conflict):
    message = "Orders repay this advance one by one; you can only pay all of it off."


@use_case
def pay_off(seller_id: int, number: str) -> Money:
    """Repay all of it from the balance now; raises NotRunning at a second press.

    S1, S2, S4: principal and the interest of the days used; S3: less the unearned fee.
    Returns what was paid.
    """
    exposure.lock(seller_id)
    advance = _running(seller_id, number)
    before = advance.repaid
    lines = end(advance, "early")
    paid = advance.repaid - before
    _check_balance(advance, paid)
    remitting.post(bookkeeping.settled(advance.number, lines, clock.today()))
    return paid


@use_case
def cancel(seller_id: int, number: str) -> Money:
    """Give an advance back within the days it costs nothing; returns what was paid back."""
    exposure.lock(seller_id)
    advance = _running(seller_id, number)
    if advance.product not in CAN_CANCEL:
        raise NotRunning(state=advance.state)
    days = _cancel_days(advance)
    if (clock.today() - advance.began_on).days > days:
        raise TooLateToCancel(days=days)
    before = advance.repaid
    lines = end(advance, "canceled")
    paid = advance.repaid - before
    _check_balance(advance, paid)
    remitting.post(bookkeeping.canceled(advance.number, lines, clock.today()))
    return paid


@use_case
def pay(seller_id: int, number: str, amount: Money, *, key: str, how: str = SHORTER) -> Money:
    """Pay `amount` from the balance: what is due first, the rest ahead of its time.

    how   S1: `shorter` (the last parts go first) or `smaller` (all to come shrink)

    The same key pays once. Returns what was used. Raises PaidByOrders, NotRunning,
    BalanceTooSmall, InvalidInput.
    """
    exposure.lock(seller_id)
    cause = f"pay:{key}"
    if (before := queries.event_of(seller_id, number, cause)) is not None:
        return Money(before.amount, amount.currency)
    advance = queries.advance_of(seller_id, number, lock=True)
    if advance.state == CHARGED_OFF:
        return _recover(advance, amount, cause)
    advance = _running(seller_id, number)
    if advance.product not in CAN_CANCEL:
        raise PaidByOrders()
    if amount.minor <= 0 or how not in (SHORTER, SMALLER):
        raise InvalidInput("Write an amount above zero.")
    amount = min(amount, quote_payoff(advance)[0])
    _check_balance(advance, amount)
    event = Event("paid", clock.today(), amount.minor, {"how": how, "cause": cause})
    effect = recording.record(advance, event, text=f"{amount.grouped()} from your balance")
    entry = recording.next_entry(advance)
    lines = remitting.paid_in(advance, effect, clock.today(), reason="ahead", entry=entry)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, clock.today()))
    return advance.money(effect.paid)


def _recover(advance: Advance, amount: Money, cause: str) -> Money:
    """What was written off is paid after all."""
    amount = min(amount, giving_up.recoverable(advance))
    if amount.minor <= 0:
        raise NotRunning(state=advance.state)
    _check_balance(advance, amount)
    entry = recording.next_entry(advance)
    data = {"cause": cause, "entry": entry}
    event = Event("recovered", clock.today(), amount.minor, data)
    recording.record(advance, event, text=f"{amount.grouped()} from the balance")
    lines = bookkeeping.recovered(advance.seller_id, amount)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, clock.today()))
    return amount


def _running(seller_id: int, number: str) -> Advance:
    advance = queries.advance_of(seller_id, number, lock=True)
    if not advance.is_running:
        raise NotRunning(state=advance.state)
    return advance


def _cancel_days(advance: Advance) -> int:
    return int(str(recording.settings_of(advance).get("cancel_days", -1)))


def _check_balance(advance: Advance, needed: Money) -> None:
    balance = book.available(account("seller_payable", advance.seller_id), advance.currency)
    if needed > balance:
        raise BalanceTooSmall(balance=balance, needed=needed)


def end(advance: Advance, kind: str) -> tuple[Transfer, ...]:
    """Transfers that end it today: `early`, `renewed`, or `canceled` as if never taken."""
    today = clock.today()
    effect = recording.record(advance, Event(kind, today), text=_given_back(advance, kind))
    lines = remitting.paid_in(advance, effect, today, reason=_REASONS[kind], order="")
    db.session.flush()
    return lines


_REASONS = {"early": "early", "renewed": "early", "canceled": "canceled"}


def _given_back(advance: Advance, kind: str) -> str:
    if advance.product != SALES_SHARE:
        return ""
    fee = advance.money(advance.fee)
    rebate = fee if kind == "canceled" else quote_payoff(advance)[1]
    return f"Fee given back: {rebate.grouped()} of {fee.grouped()}"


def book_renewal(old: Advance, lines: tuple[Transfer, ...]) -> None:
    """The old contract is paid off out of the new one's money, which is in the balance by now."""
    remitting.post(bookkeeping.renewed(old.number, lines, clock.today()))


def quote_payoff(advance: Advance, on: date | None = None) -> tuple[Money, Money]:
    """(what paying off costs on this day, the fee given back), before the press; no change."""
    day, state = on or clock.today(), recording.contract_of(advance)
    if advance.product == SALES_SHARE:
        return sales.payoff(state, day), sales.rebate_on(state, day)
    folding.to_day(state, day)
    return advance.money(state.owed), advance.money(0)


def can_cancel(advance: Advance) -> bool:
    """Whether the days are not over in which it costs nothing."""
    days = (clock.today() - advance.began_on).days
    return advance.is_running and advance.product in CAN_CANCEL and days <= _cancel_days(advance)


__all__ = ["Effect", "can_cancel", "cancel", "end", "pay", "pay_off", "quote_payoff"]
