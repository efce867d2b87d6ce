"""Who the shoppers are that anything is known of."""

from datetime import datetime

from sqlalchemy import select

from core.db import db
from mall.facts import relations as r


def buyers_known(as_of: datetime) -> list[int]:
    """Ids of all shoppers with a paid order before `as_of`, live or imported."""
    o = r.orders.c
    query = select(o.buyer_id).where(o.buyer_id.is_not(None), o.known_at < as_of).distinct()
    return sorted(db.session.scalars(query))
