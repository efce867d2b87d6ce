"""Orders that are suspected as of an instant: they leave every base."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from core.db import db
from finance.risk.fraud.models import SuspectOrder


def _as_of(as_of: datetime) -> tuple[Any, ...]:
    return (
        SuspectOrder.created_at <= as_of,
        or_(SuspectOrder.cleared_at.is_(None), SuspectOrder.cleared_at > as_of),
    )


def of_seller(seller_id: int, as_of: datetime) -> list[SuspectOrder]:
    """A shop's suspected orders, in the order of their ids."""
    query = select(SuspectOrder).where(SuspectOrder.seller_id == seller_id, *_as_of(as_of))
    return list(db.session.scalars(query.order_by(SuspectOrder.order_id)))


def order_ids(seller_id: int, as_of: datetime) -> frozenset[int]:
    """Their ids: what the sums of a shop leave out."""
    return frozenset(order.order_id for order in of_seller(seller_id, as_of))


def numbers(seller_id: int, as_of: datetime) -> frozenset[str]:
    """Their numbers: what order advances leave out."""
    return frozenset(order.order_number for order in of_seller(seller_id, as_of))
