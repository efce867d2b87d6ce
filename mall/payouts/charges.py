"""Which young charges a seller's balance came from, and how much of it is still there."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.db import db
from core.money import Money
from mall.checkout.models import Checkout
from mall.orders.models import Order
from mall.payouts.models import Payout, SettlementLine
from mall.payouts.rules import LEFT
from payments import sources


@dataclass(frozen=True, slots=True)
class Charge:
    """So much of the seller's balance can be paid out of the charge of this payment."""

    payment_id: int
    left: Money


def young_of(seller_id: int, destination: str, currency: str) -> list[Charge]:
    """The seller's part of young charges, released and not paid out of them, the oldest first.

    Locks the payments: called before the seller is locked. Nothing where payouts name no charge.
    """
    if not sources.serve(destination):
        return []
    released = _released(seller_id, currency)
    found = []
    for source in sources.young(sorted(released)):
        mine = released[source.purpose] - _paid_out_of(seller_id, source.payment_id)
        left = min(Money(mine, currency), source.left)
        if left.minor > 0:
            found.append(Charge(source.payment_id, left))
    return found


def _released(seller_id: int, currency: str) -> dict[str, int]:
    """What releases left in the balance, by the purpose of the checkout's payment."""
    query = (
        select(Checkout.number, func.sum(SettlementLine.amount))
        .join(Order, Order.id == SettlementLine.order_id)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(
            SettlementLine.seller_id == seller_id,
            SettlementLine.step == LEFT,
            SettlementLine.currency == currency,
            Order.paid_at > sources.since(),
        )
        .group_by(Checkout.number)
    )
    return {f"checkout:{number}": int(left) for number, left in db.session.execute(query)}


def _paid_out_of(seller_id: int, payment_id: int) -> int:
    query = select(func.coalesce(func.sum(Payout.amount), 0)).where(
        Payout.seller_id == seller_id, Payout.payment_id == payment_id, Payout.state != "failed"
    )
    return int(db.session.scalar(query) or 0)


def parts(amount: Money, charges: list[Charge]) -> list[tuple[Money, int | None]]:
    """`amount` out of these charges as far as they go, the rest out of the mall's balance."""
    found: list[tuple[Money, int | None]] = []
    for charge in charges:
        part = min(amount, charge.left)
        if part:
            found.append((part, charge.payment_id))
            amount = amount - part
    return [*found, (amount, None)] if amount else found
