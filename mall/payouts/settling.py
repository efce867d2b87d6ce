"""Releasing an order's money to its seller: one journal, one line for each part of it."""

from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db, one
from core.money import Money
from ledger import book
from ledger.accounts import account
from mall.orders.models import Order
from mall.payouts import bookkeeping, fees, rules, terms
from mall.payouts.models import SettlementLine
from mall.payouts.words import RELEASED_BY
from mall.ports import deductions
from mall.ports.deductions import Release, Taken
from mall.sellers.models import Seller


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
    fee = fees.due(order)
    split = rules.divide(gross, fee.commission, fee.tax, owed)
    taken = _deductions(order, split)
    book.post(
        bookkeeping.released(
            order.number,
            order.seller_id,
            split,
            taken.deductions,
            clock.today(),
            order.tax_jurisdiction,
        )
    )
    _write_lines(order, split, taken)


def _deductions(order: Order, split: rules.Division) -> Taken:
    if not split.net:
        return Taken((), split.net)
    asked = Release(order.number, order.seller_id, split.gross, split.net, clock.today())
    return deductions.all_for(asked, terms.holdback_ppm(order.seller_id))


def _write_lines(order: Order, split: rules.Division, taken: Taken) -> None:
    left = split.net
    _line(order, rules.SALE, "sale", split.gross, ceiling=taken.ceiling.minor)
    if split.due:
        _line(order, rules.REFUND_DUE, "refund_due", split.due)
    _line(order, rules.COMMISSION, "commission", split.commission, note=fees.in_words(order)[:240])
    if split.tax:
        note = f"{fees.percent(order.tax_ppm)} on the commission, for {order.tax_jurisdiction}"
        _line(order, rules.COMMISSION, "tax", split.tax, note=note)
    for cut in taken.deductions:
        _line(
            order,
            cut.step,
            cut.reason,
            cut.amount,
            contract=cut.contract,
            note=cut.note[:240],
            tied=cut.step == deductions.ORDER and cut.tied,
            releases_on=cut.releases_on,
            released_by=cut.released_by[:240],
        )
        left = left - cut.amount
    _line(order, rules.LEFT, "balance", left)


def _line(order: Order, step: int, reason: str, amount: Money, **more: Any) -> None:
    more.setdefault("released_by", RELEASED_BY.get(reason, ""))
    line = SettlementLine(
        seller_id=order.seller_id,
        order_id=order.id,
        order_number=order.number,
        step=step,
        reason=reason,
        amount=amount.minor,
        currency=amount.currency,
        on=clock.today(),
        **more,
    )
    db.session.add(line)
