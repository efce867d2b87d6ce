"""Paying sellers out, on demand and every night."""

from datetime import date

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from mall.payouts import bookkeeping, charges, debts, news, schedules, taking_back
from mall.payouts.models import Payout, SellerTerms
from mall.payouts.settling import balance_of, lock_seller, release
from mall.ports import payout_stops
from mall.sellers.models import Seller, SellerState
from payments import accounts
from payments import services as payments

__all__ = [
    "NoPayoutNow",
    "NotEnough",
    "PayoutNews",
    "TooSmall",
    "balance_of",
    "lock_seller",
    "pay_out_all",
    "release",
    "request_payout",
]


class TooSmall(InvalidInput):
    message = "A payout is at least {minimum}."


class NotEnough(Conflict):
    message = "Your balance is {available}; ask for that or less."


class NoPayoutNow(Conflict):
    message = "Payouts start when the shop is approved and has a bank account on file."


@use_case
def request_payout(seller_id: int, amount: Money, *, key: str) -> Payout:
    """Send `amount` of the balance to the seller's bank; the same key asks once.

    What the seller owes is paid out of the balance first.
    """
    destination = get(Seller, seller_id).payout_account
    young = charges.young_of(seller_id, destination, amount.currency)  # payments come first
    seller = lock_seller(seller_id)
    asked = select(Payout).where(Payout.seller_id == seller_id, Payout.key == key)
    if before := db.session.scalars(asked).one_or_none():
        return before
    debts.offset(seller_id, amount.currency)
    _check_payout(seller, amount)
    out_of = next((one.payment_id for one in young if one.left >= amount), None)
    return _send(seller, amount, key, out_of)


def _send(seller: Seller, amount: Money, key: str, payment_id: int | None) -> Payout:
    payout = Payout(
        number=ids.code("P"),
        seller_id=seller.id,
        key=key,
        amount=amount.minor,
        currency=amount.currency,
        destination=seller.payout_account,
        payment_id=payment_id,
    )
    db.session.add(payout)
    book.hold(bookkeeping.payout_asked(payout.number, seller.id, amount, clock.today()))
    payments.intend_payout(
        payout_number=payout.number,
        destination=seller.payout_account,
        amount=amount,
        payment_id=payment_id,
        holder=seller.name,
    )
    return payout


def _check_payout(seller: Seller, amount: Money) -> None:
    if seller.state != SellerState.APPROVED or not seller.payout_account:
        raise NoPayoutNow()
    if not accounts.reachable(seller.payout_account):
        raise NoPayoutNow("Open your account for payouts first: it is under Shop profile.")
    if why := payout_stops.why_not(seller.id, amount.currency):
        raise NoPayoutNow(why)
    minimum = Money(current_app.config["PAYOUT_MINIMUM_MINOR"], amount.currency)
    if amount < minimum:
        raise TooSmall(minimum=minimum)
    available = balance_of(seller.id, amount.currency)
    if amount > available:
        raise NotEnough(available=available)


def pay_out_all() -> int:
    """Tonight's payouts: the whole balance of each approved seller whose scheduled day it is.

    A day that was missed is caught up on the next night; run twice it pays once.
    """
    currency, today = current_app.config["MALL_CURRENCY"], clock.today()
    query = (
        select(Seller.id, SellerTerms)
        .outerjoin(SellerTerms, SellerTerms.seller_id == Seller.id)
        .where(Seller.state == SellerState.APPROVED, Seller.payout_account != "")
    )
    due = []
    for seller_id, terms in db.session.execute(query.order_by(Seller.id)).all():
        day = schedules.day_due(terms or SellerTerms.of_the_mall(seller_id), today)
        if day and (day < today or balance_of(seller_id, currency)):
            due.append((seller_id, day))
    return sum(_tonight(seller_id, day, currency) for seller_id, day in due)


@use_case
def _tonight(seller_id: int, day: date, currency: str) -> bool:
    """Whether a payout was asked; a balance below the minimum waits for the next scheduled day.

    What came from a young charge is paid out of it, each by a payout of its own.
    """
    young = charges.young_of(seller_id, get(Seller, seller_id).payout_account, currency)
    seller = lock_seller(seller_id)
    if payout_stops.why_not(seller_id, currency):
        return False  # not looked at: paid on the first night on which nothing stops it
    terms = schedules.looked_at(seller_id, day)
    key = f"night:{day}"
    asked = select(Payout.id).where(Payout.seller_id == seller_id, Payout.key == key)
    if terms is None or db.session.scalar(asked) is not None:
        return False
    debts.offset(seller_id, currency)
    available = balance_of(seller_id, currency)
    minimum = current_app.config["PAYOUT_MINIMUM_MINOR"]
    if available.minor < max(minimum, terms.payout_minimum or 0):
        return False
    for place, (part, payment_id) in enumerate(charges.parts(available, young)):
        _send(seller, part, f"{key}:{place}" if place else key, payment_id)
    return True


class PayoutNews:
    """What payments tells about a payout; called inside its transaction, any number of times."""

    def sent(self, number: str) -> None:
        payout = self._locked(number)
        if payout.state == "requested":
            payout.state = "sent"

    def paid(self, number: str) -> None:
        payout = self._locked(number)
        if payout.state != "failed":
            payout.state, payout.paid_at = "paid", payout.paid_at or clock.now()
            news.paid(payout)

    def failed(self, number: str, why: str) -> None:
        payout = self._locked(number)
        payout.state, payout.why = "failed", why[:240]
        news.failed(payout)

    def pulled_back(
        self, payout_number: str, ref: str, amount: Money, clearing: Account
    ) -> tuple[Transfer, ...]:
        """What came back pays what the seller owes; more than that is hers again."""
        payout = self._locked(payout_number)
        seller_id = payout.seller_id
        lock_seller(seller_id)
        taking_back.done(payout, ref)
        owed = book.balance(account("seller_receivable", seller_id), amount.currency)
        return bookkeeping.pulled_back(seller_id, clearing, amount, owed)

    def not_pulled_back(self, payout_number: str, ref: str, why: str) -> None:
        """She owes what she owed before."""
        taking_back.refused(self._locked(payout_number), ref, why)

    def _locked(self, number: str) -> Payout:
        return one(select(Payout).where(Payout.number == number).with_for_update())
