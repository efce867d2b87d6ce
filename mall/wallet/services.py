"""Paying into a balance and taking it out; the one door for other rooms and pages."""

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.accounts.models import Person
from mall.wallet import bookkeeping, news, rules
from mall.wallet.models import TopUp, Withdrawal
from mall.wallet.queries import balance_of, statement, used_today
from payments import services as payments
from payments.values import PaymentView

__all__ = ["TopUpPayments", "WithdrawalNews", "balance_of", "statement", "top_up", "withdraw"]


class TooSmall(InvalidInput):
    message = "That is less than the smallest amount, {minimum}."


class OverDailyLimit(Conflict):
    message = "Up to {limit} a day: {left} is left today. The rest can follow tomorrow."


class NotEnough(Conflict):
    message = "Your balance is {available}; ask for that or less."


class NoSuchAccount(InvalidInput):
    message = "Write the account number as your bank does: 8 to 34 digits and letters."


def limits(direction: str, currency: str) -> tuple[Money, Money]:
    """The smallest amount and the most a day, of `top_up` or `withdraw`."""
    settings = current_app.config
    minimum, daily = (f"WALLET_{direction.upper()}_{word}_MINOR" for word in ("MINIMUM", "DAILY"))
    return Money(settings[minimum], currency), Money(settings[daily], currency)


@use_case
def top_up(person_id: int, amount: Money, key: str, source: str) -> PaymentView:
    """Write down that `amount` is to be paid in; `payments.refresh` then asks the gateway.

    key      from the form: a double click pays once
    source   token of a saved card, "" for the gateway's own page

    Raises TooSmall, OverDailyLimit.
    """
    _one_at_a_time(person_id)
    before = select(TopUp).where(TopUp.person_id == person_id, TopUp.key == key)
    if known := db.session.scalars(before).one_or_none():
        return payments.view(known.payment_id)
    _within_limits(TopUp, "top_up", person_id, amount)
    number = ids.code("T")
    payment = payments.intend_charge(
        purpose=f"wallet:{number}",
        payer_id=person_id,
        amount=amount,
        source=source,
        description=f"Top-up {number}",
        return_path=f"/account/wallet/top-up/{number}",
    )
    asked = TopUp(
        number=number,
        person_id=person_id,
        key=key,
        amount=amount.minor,
        currency=amount.currency,
        payment_id=payment.id,
    )
    db.session.add(asked)
    db.session.flush()
    return payments.view(payment.id)


@use_case
def withdraw(person_id: int, amount: Money, key: str, destination: str) -> Withdrawal:
    """Send `amount` of the balance to a bank account; the same key asks once.

    It is held until it has left; what the bank sends back is balance again.
    Raises TooSmall, OverDailyLimit, NotEnough, NoSuchAccount.
    """
    person = _one_at_a_time(person_id)
    before = select(Withdrawal).where(Withdrawal.person_id == person_id, Withdrawal.key == key)
    if known := db.session.scalars(before).one_or_none():
        return known
    account = rules.account_number(destination)
    if not account:
        raise NoSuchAccount()
    _within_limits(Withdrawal, "withdraw", person_id, amount)
    asked = Withdrawal(
        number=ids.code("W"),
        person_id=person_id,
        key=key,
        amount=amount.minor,
        currency=amount.currency,
        destination=account,
    )
    db.session.add(asked)
    db.session.flush()
    _hold(asked)
    payments.intend_payout(
        payout_number=asked.number,
        destination=account,
        amount=amount,
        holder=person.name,
    )
    return asked


def _one_at_a_time(person_id: int) -> Person:
    """Let one top-up or withdrawal of a person reckon with the day's limit at a time."""
    return one(select(Person).where(Person.id == person_id).with_for_update(key_share=True))


def _within_limits(
    table: type[TopUp] | type[Withdrawal], direction: str, person_id: int, amount: Money
) -> None:
    minimum, daily = limits(direction, amount.currency)
    if amount < minimum:
        raise TooSmall(minimum=minimum)
    left = rules.left_today(daily, used_today(table, person_id, amount.currency))
    if amount > left:
        raise OverDailyLimit(limit=daily, left=left)


def _hold(asked: Withdrawal) -> None:
    """Set it aside; a checkout at the same moment may be faster."""
    held = bookkeeping.withdrawal_asked(asked.number, asked.person_id, asked.money, clock.today())
    try:
        book.hold(held)
    except book.Overdrawn:
        available = balance_of(asked.person_id, asked.currency)
        raise NotEnough(available=available) from None


class TopUpPayments:
    """What payments tells about purposes `wallet:NUMBER`; inside its transaction."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        asked = _top_up(payment)
        asked.state, asked.paid_at = "paid", clock.now()
        return bookkeeping.topped_up(clearing, asked.person_id, payment.amount)

    def refused(self, payment: PaymentView) -> None:
        asked = _top_up(payment)
        if asked.state == "asked":
            asked.state = "refused"


def _top_up(payment: PaymentView) -> TopUp:
    query = select(TopUp).where(TopUp.number == payment.purpose.partition(":")[2])
    return one(query.with_for_update().execution_options(populate_existing=True))


class WithdrawalNews:
    """What payments tells about a withdrawal's payout; inside its transaction, at any time."""

    def sent(self, number: str) -> None:
        asked = _withdrawal(number)
        if asked.state == "requested":
            asked.state = "sent"

    def paid(self, number: str) -> None:
        asked = _withdrawal(number)
        if asked.state != "failed":
            asked.state, asked.paid_at = "paid", asked.paid_at or clock.now()
            news.paid(asked)

    def failed(self, number: str, why: str) -> None:
        asked = _withdrawal(number)
        asked.state, asked.why, asked.paid_at = "failed", why[:240], None
        news.failed(asked)


def _withdrawal(number: str) -> Withdrawal:
    query = select(Withdrawal).where(Withdrawal.number == number)
    return one(query.with_for_update().execution_options(populate_existing=True))
