"""What a seller owes the mall: shown, taken first, paid in by card, or written off by an admin."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from mall.payouts import bookkeeping
from mall.payouts.debt_models import DebtOffset
from mall.payouts.models import DebtWriteOff
from mall.payouts.settling import balance_of, lock_seller
from payments import services as payments
from payments.values import PaymentView

PREFIX = "seller"


class NothingOwed(Conflict):
    message = "This shop owes nothing."


class TooEarly(Conflict):
    message = "It can be written off from {day} on: until then it is taken from releases first."


class PayingAlready(Conflict):
    message = "A card payment is under way. Wait for the bank's answer, then look again."


@dataclass(frozen=True, slots=True)
class Debt:
    """What a seller owes for refunds and disputes that the balance could not bear.

    since          when it last began to owe; None when it owes nothing
    may_write_off  the day from which an admin may give it up
    """

    owed: Money
    since: date | None
    may_write_off: date | None


def owed_by(seller_id: int, currency: str) -> Money:
    return book.balance(account("seller_receivable", seller_id), currency)


def debt_of(seller_id: int, currency: str, known: Money | None = None) -> Debt:
    """What is owed (`known` already, or asked), and since when there was no day without owing."""
    owed = owed_by(seller_id, currency) if known is None else known
    if not owed:
        return Debt(owed, None, None)
    since = clock.today()
    for line in reversed(book.statement(account("seller_receivable", seller_id), currency)):
        since = line.on
        if line.balance == line.change:  # it owed nothing before this line
            break
    days = current_app.config["WRITE_OFF_DEBT_DAYS"]
    return Debt(owed, since, since + timedelta(days))


def offset(seller_id: int, currency: str) -> Money:
    """Pay what is owed out of the balance, as far as it goes; the seller is locked by the caller.

    Releases do so by themselves; this is for money that reached the balance in other ways.
    """
    owed = owed_by(seller_id, currency)
    amount = min(owed, balance_of(seller_id, currency))
    if amount:
        row = DebtOffset(
            number=ids.code("N"),
            seller_id=seller_id,
            amount=amount.minor,
            currency=currency,
            owed=owed.minor,
            on=clock.today(),
        )
        db.session.add(row)
        book.post(bookkeeping.offset(row.number, seller_id, amount, row.on))
    return amount


@use_case
def pay_in(seller_id: int, owner_id: int, amount: Money, *, source: str, key: str) -> PaymentView:
    """Take `amount` of what is owed from the owner's card; the same key asks once.

    source   token of a saved card, "" for the gateway's own page

    Gives the payment; `payments.refresh` then asks the gateway. Raises NothingOwed, InvalidInput.
    """
    lock_seller(seller_id)
    purpose = f"{PREFIX}:{seller_id}:{key}"
    if (known := payments.payment_for(purpose)) and known.state != "refused":
        return known
    if payments.is_moving(owner_id, f"{PREFIX}:{seller_id}:", but=purpose):
        raise PayingAlready()
    owed = owed_by(seller_id, amount.currency)
    if not owed:
        raise NothingOwed()
    if amount > owed:
        raise InvalidInput("You owe {owed}; pay that or less.", owed=owed.grouped())
    payment = payments.intend_charge(
        purpose=purpose,
        payer_id=owner_id,
        amount=amount,
        source=source,
        description="Negative balance of a shop",
        return_path="/seller/money",
    )
    return payments.view(payment.id)


class DebtPayments:
    """What payments tells about a seller's card payment; inside the transaction of the answer."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """Off what is owed; what is not owed any more by now is the seller's balance."""
        seller_id = int(payment.purpose.split(":")[1])
        lock_seller(seller_id)
        owed = owed_by(seller_id, payment.amount.currency)
        return bookkeeping.paid_in(seller_id, clearing, payment.amount, owed)

    def refused(self, payment: PaymentView) -> None:
        """Still owed; the page says why the card was refused."""


@use_case
def write_off(seller_id: int, currency: str, *, why: str, by: int, key: str) -> DebtWriteOff:
    """Give up what a seller owes after the days of the setting; the same key does it once."""
    lock_seller(seller_id)
    known = select(DebtWriteOff).where(DebtWriteOff.key == key)
    if before := db.session.scalars(known).one_or_none():
        return before
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    debt = debt_of(seller_id, currency)
    if debt.may_write_off is None:
        raise NothingOwed()
    if clock.today() < debt.may_write_off:
        raise TooEarly(day=debt.may_write_off.isoformat())
    row = DebtWriteOff(
        seller_id=seller_id,
        key=key,
        amount=debt.owed.minor,
        currency=currency,
        why=why.strip()[:240],
        written_off_by=by,
        on=clock.today(),
    )
    db.session.add(row)
    db.session.flush()
    book.post(bookkeeping.written_off(row.id, seller_id, debt.owed, clock.today()))
    return row
