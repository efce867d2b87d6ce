"""Paying sellers out, on demand and every night."""

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from mall.payouts import bookkeeping
from mall.payouts.models import Payout
from mall.payouts.settling import balance_of, lock_seller, release
from mall.sellers.models import Seller, SellerState
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
    """Send `amount` of the balance to the seller's bank; the same key asks once."""
    seller = lock_seller(seller_id)
    asked = select(Payout).where(Payout.seller_id == seller_id, Payout.key == key)
    if before := db.session.scalars(asked).one_or_none():
        return before
    _check_payout(seller, amount)
    payout = Payout(
        number=ids.code("P"),
        seller_id=seller_id,
        key=key,
        amount=amount.minor,
        currency=amount.currency,
        destination=seller.payout_account,
    )
    db.session.add(payout)
    book.hold(bookkeeping.payout_asked(payout.number, seller_id, amount, clock.today()))
    payments.intend_payout(
        payout_number=payout.number, destination=seller.payout_account, amount=amount
    )
    return payout


def _check_payout(seller: Seller, amount: Money) -> None:
    if seller.state != SellerState.APPROVED or not seller.payout_account:
        raise NoPayoutNow()
    minimum = Money(current_app.config["PAYOUT_MINIMUM_MINOR"], amount.currency)
    if amount < minimum:
        raise TooSmall(minimum=minimum)
    available = balance_of(seller.id, amount.currency)
    if amount > available:
        raise NotEnough(available=available)


def pay_out_all() -> int:
    """Tonight's payouts: each approved seller's whole balance, once a business day."""
    currency = current_app.config["MALL_CURRENCY"]
    minimum = Money(current_app.config["PAYOUT_MINIMUM_MINOR"], currency)
    sellers = select(Seller.id).where(
        Seller.state == SellerState.APPROVED, Seller.payout_account != ""
    )
    sent = 0
    for seller_id in db.session.scalars(sellers.order_by(Seller.id)).all():
        available = balance_of(seller_id, currency)
        if available >= minimum:
            sent += _tonight(seller_id, available)
    return sent


def _tonight(seller_id: int, available: Money) -> bool:
    """Whether the payout was asked; a balance that shrank meanwhile waits for the next night."""
    try:
        request_payout(seller_id, available, key=f"night:{clock.today()}")
    except Conflict:
        return False
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

    def failed(self, number: str, why: str) -> None:
        payout = self._locked(number)
        payout.state, payout.why = "failed", why[:240]

    def pulled_back(
        self, payout_number: str, ref: str, amount: Money, clearing: Account
    ) -> tuple[Transfer, ...]:
        """What came back pays what the seller owes; more than that is hers again."""
        seller_id = self._locked(payout_number).seller_id
        lock_seller(seller_id)
        owed = book.balance(account("seller_receivable", seller_id), amount.currency)
        return bookkeeping.pulled_back(seller_id, clearing, amount, owed)

    def not_pulled_back(self, payout_number: str, ref: str, why: str) -> None:
        """She owes what she owed before."""

    def _locked(self, number: str) -> Payout:
        return one(select(Payout).where(Payout.number == number).with_for_update())
