"""What must be known of a shop to the second; all else is a feature of the day."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from core.db import db
from mall.facts.published.orders import settlements
from mall.payouts import reserves
from mall.payouts.fees import percent
from mall.sellers.models import Seller


def payout_account_changed(seller_id: int) -> datetime | None:
    """When the account a shop is paid to was last changed; None when it never was."""
    return db.session.scalar(select(Seller.payout_account_changed_at).where(Seller.id == seller_id))


def reserve_in_force(seller_id: int) -> str:
    """The share of releases that is kept against risk now, and why; "" when none is."""
    rule = reserves.rule_of(seller_id)
    return f"{percent(rule.ppm)} of each release in reserve: {rule.why}" if rule else ""


def settled_by_day(orders: Collection[int], before: int) -> list[tuple[int, int]]:
    """(day number, net settled in minor units) of these orders, known before day number `before`."""
    if not orders:
        return []
    rows = settlements().subquery("fact_settlements").c
    query = select(rows.known_day, func.sum(rows.amount)).where(
        rows.order_id.in_(orders), rows.known_day < before
    )
    found = db.session.execute(query.group_by(rows.known_day).order_by(rows.known_day))
    return [(int(day), int(net)) for day, net in found]
