"""What the API reads, in pages that begin after a cursor."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db, one
from mall.orders.models import Order
from mall.payouts.models import Payout


def orders(
    seller_id: int | None, *, state: str = "", before: int | None, limit: int
) -> Sequence[Order]:
    """Paid orders of a seller (None: of all), the newest first; one more than `limit` if there is."""
    query = select(Order).where(Order.paid_at.is_not(None)).options(selectinload(Order.lines))
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    if state:
        query = query.where(Order.state == state)
    if before is not None:
        query = query.where(Order.id < before)
    return db.session.scalars(query.order_by(Order.id.desc()).limit(limit + 1)).all()


def order(number: str, seller_id: int | None) -> Order:
    """One paid order; raises NotFound when it is not this seller's (None: anybody's)."""
    query = select(Order).where(Order.number == number, Order.paid_at.is_not(None))
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    found: Order = one(query)
    return found


def payouts(seller_id: int, *, before: int | None, limit: int) -> Sequence[Payout]:
    """A seller's payouts, the newest first; one more than `limit` if there is."""
    query = select(Payout).where(Payout.seller_id == seller_id)
    if before is not None:
        query = query.where(Payout.id < before)
    return db.session.scalars(query.order_by(Payout.id.desc()).limit(limit + 1)).all()
