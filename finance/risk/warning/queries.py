"""Warnings in force, and how much of what is not drawn they leave open."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db import db
from core.money import Money, Rounding
from finance.risk.warning import rules
from finance.risk.warning.models import EarlyWarning


def in_force(seller_id: int) -> Sequence[EarlyWarning]:
    """A shop's open warnings, the oldest first."""
    query = select(EarlyWarning).where(
        EarlyWarning.seller_id == seller_id, EarlyWarning.ended_on.is_(None)
    )
    return db.session.scalars(query.order_by(EarlyWarning.began_on, EarlyWarning.id)).all()


def kept_ppm(seller_id: int) -> int:
    """The share of what is not drawn that stays open, in millionths."""
    query = select(EarlyWarning.code).where(
        EarlyWarning.seller_id == seller_id, EarlyWarning.ended_on.is_(None)
    )
    return rules.kept_ppm(list(db.session.scalars(query)))


def left_of(amount: Money, kept: int) -> Money:
    """What `kept` millionths leave of an amount that is not drawn, rounded down."""
    return amount.ppm(kept, Rounding.DOWN)
