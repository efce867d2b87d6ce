"""Releasing an order's money to its seller, and paying sellers out."""

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import account
from mall.orders.models import Order
from mall.payouts import bookkeeping, rules
from mall.payouts.models import Payout, SettlementLine
from mall.ports import deductions
from mall.ports.deductions import Deduction, Release
from mall.sellers.models import Seller, SellerState
from payments import services as payments


class TooSmall(InvalidInput):
    message = "A payout is at least {minimum}."


class NotEnough(Conflict):
    message = "Your balance is {available}; ask for that or less."


class NoPayoutNow(Conflict):
    message = "Payouts start when the shop is approved and has a bank account on file."


def lock_seller(seller_id: int) -> Seller:
    """Let one action at a time reckon with this seller's balance; rows may still refer to it."""
    query = select(Seller).where(Seller.id == seller_id).with_for_update(key_share=True)
    return one(query.execution_options(populate_existing=True))


def balance_of(seller_id: int, currency: str) -> Money:
    """What the seller may have now, less what is on its way out."""
    return book.available(account("seller_payable", seller_id), currency)


def release(order: Order) -> None:
    """Divide what escrow holds: refund due, commission, everybody's deductions, the balance.

    Called inside confirm_receipt, with the order locked. One journal; one line a step.
    """
    gross = Money(order.total - order.refunded, order.currency)
    if not gross:
        return
    lock_seller(order.seller_id)
    owed = book.balance(account("seller_receivable", order.seller_id), order.currency)
    split = rules.divide(gross, order.commission_ppm, owed)
    taken = _deductions(order, split)
    journal = bookkeeping.released(order.number, order.seller_id, split, taken, clock.today())
    book.post(journal)
    _write_lines(order, split, taken)


def _deductions(order: Order, split: rules.Division) -> list[Deduction]:
    if not split.net:
        return []
    ceiling = rules.ceiling(split.net, current_app.config["HOLDBACK_CEILING_PPM"])
    asked = Release(order.number, order.seller_id, split.gross, split.net, clock.today())
    return deductions.all_for(asked, ceiling)


def _write_lines(order: Order, split: rules.Division, taken: list[Deduction]) -> None:
    left = split.net
    _line(order, rules.SALE, "sale", split.gross)
    if split.due:
        _line(order, rules.REFUND_DUE, "refund_due", split.due)
    _line(order, rules.COMMISSION, "commission", split.commission)
    for cut in taken:
        _line(order, cut.step, cut.reason, cut.amount, contract=cut.contract, note=cut.note)
        left = left - cut.amount
    _line(order, rules.LEFT, "balance", left)


def _line(
    order: Order, step: int, reason: str, amount: Money, *, contract: str = "", note: str = ""
) -> None:
    line = SettlementLine(
        seller_id=order.seller_id,
        order_id=order.id,
        order_number=order.number,
        step=step,
        reason=reason,
        amount=amount.minor,
        currency=amount.currency,
        contract=contract,
        note=note,
        on=clock.today(),
    )
    db.session.add(line)


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

    def _locked(self, number: str) -> Payout:
        return one(select(Payout).where(Payout.number == number).with_for_update())
