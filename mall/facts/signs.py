"""Signs of trouble of many shops at once, as of an instant: one query each, whoever many they are."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from core.db import among, db
from core.money import MILLION
from mall.disputes.models import DisputeCase, DisputeShare
from mall.facts import relations as r
from mall.sellers.models import Seller
from mall.traces.models import Trace

WEEKS = 27
_NOW, _THEN = timedelta(28), timedelta(118)


def weekly_net(ids: Collection[int], as_of: datetime) -> dict[int, tuple[int, ...]]:
    """Settled less refunded of 27 weeks, the last first."""
    o, f = r.orders.c, r.refunds.c
    since = as_of - timedelta(7 * WEEKS)

    def week(at: Any) -> Any:
        return func.floor(func.extract("epoch", as_of - at) / (7 * 86_400)).label("week")

    came = select(o.seller_id, week(o.settled_at), func.sum(o.total)).where(
        among(o.seller_id, ids), o.settled_at < as_of, o.settled_at >= since
    )
    went = select(f.seller_id, week(f.known_at), -func.sum(f.amount)).where(
        among(f.seller_id, ids), f.known_at < as_of, f.known_at >= since
    )
    found: dict[int, list[int]] = defaultdict(lambda: [0] * WEEKS)
    for query, columns in ((came, o), (went, f)):
        grouped = query.group_by(columns.seller_id, query.selected_columns[1])
        for seller_id, number, amount in db.session.execute(grouped):
            if 0 <= int(number) < WEEKS:
                found[seller_id][int(number)] += int(amount)
    return {seller_id: tuple(weeks) for seller_id, weeks in found.items()}


def course(ids: Collection[int], as_of: datetime) -> dict[int, dict[str, int | None]]:
    """Orders, refunded share and share sent in time: of 28 days and of the 90 before them."""
    o, f = r.orders.c, r.refunds.c
    late = o.known_at >= as_of - _NOW
    promised = and_(o.ship_by.is_not(None), o.shipped_at < as_of)
    in_time = and_(promised, o.shipped_at <= o.ship_by)

    def both(column: str, what: Any) -> list[Any]:
        return [
            func.sum(case((and_(late, what), 1), else_=0)).label(f"{column}_28"),
            func.sum(case((and_(~late, what), 1), else_=0)).label(f"{column}_90"),
        ]

    query = select(
        o.seller_id,
        *both("orders", o.total > 0),
        *both("promised", promised),
        *both("in_time", in_time),
        func.sum(case((late, o.total), else_=0)).label("paid_28"),
        func.sum(case((late, 0), else_=o.total)).label("paid_90"),
    ).where(among(o.seller_id, ids), o.known_at < as_of, o.known_at >= as_of - _THEN)
    recent = f.known_at >= as_of - _NOW
    back = select(
        f.seller_id,
        func.sum(case((recent, f.amount), else_=0)),
        func.sum(case((recent, 0), else_=f.amount)),
    ).where(among(f.seller_id, ids), f.known_at < as_of, f.known_at >= as_of - _THEN)
    gone = {s: (a, b) for s, a, b in db.session.execute(back.group_by(f.seller_id))}
    return {
        row.seller_id: _course(row, gone.get(row.seller_id, (0, 0)))
        for row in db.session.execute(query.group_by(o.seller_id))
    }


def _course(row: Any, gone: tuple[int, int]) -> dict[str, int | None]:
    return {
        "orders_28": int(row.orders_28),
        "orders_90": int(row.orders_90),
        "refund_28": _share(gone[0], row.paid_28),
        "refund_90": _share(gone[1], row.paid_90),
        "on_time_28": _share(row.in_time_28, row.promised_28),
        "on_time_90": _share(row.in_time_90, row.promised_90),
    }


def _share(part: Any, whole: Any) -> int | None:
    return int(part) * MILLION // int(whole) if whole else None


def disputes(ids: Collection[int], as_of: datetime) -> dict[int, tuple[int, int]]:
    """Disputes of 28 days, and of the 90 before them."""
    recent = DisputeCase.created_at >= as_of - _NOW
    query = (
        select(
            DisputeShare.seller_id,
            func.sum(case((recent, 1), else_=0)),
            func.sum(case((recent, 0), else_=1)),
        )
        .join(DisputeCase, DisputeCase.id == DisputeShare.case_id)
        .where(among(DisputeShare.seller_id, ids), DisputeCase.created_at < as_of)
        .where(DisputeCase.created_at >= as_of - _THEN)
        .group_by(DisputeShare.seller_id)
    )
    return {seller_id: (int(a), int(b)) for seller_id, a, b in db.session.execute(query)}


def days_since_stock(ids: Collection[int], as_of: datetime) -> dict[int, int]:
    """Whole days since goods last came in; shops whose stock never moved are left out."""
    m = r.stock_movements.c
    query = (
        select(m.seller_id, func.max(m.known_at))
        .where(among(m.seller_id, ids), m.known_at < as_of, m.change > 0, m.cause == "received")
        .group_by(m.seller_id)
    )
    return {seller_id: (as_of - at).days for seller_id, at in db.session.execute(query)}


def days_absent(ids: Collection[int], as_of: datetime) -> dict[int, int]:
    """Whole days since the owner's last sign-in; who was never seen is left out."""
    query = (
        select(Seller.id, func.max(Trace.created_at))
        .join(Trace, Trace.person_id == Seller.owner_id)
        .where(among(Seller.id, ids), Trace.created_at < as_of, Trace.checkout_id.is_(None))
        .group_by(Seller.id)
    )
    return {seller_id: (as_of - at).days for seller_id, at in db.session.execute(query)}


def days_since_account(ids: Collection[int], as_of: datetime) -> dict[int, int]:
    """Whole days since the payout account was changed; who never did is left out."""
    query = select(Seller.id, Seller.payout_account_changed_at).where(
        among(Seller.id, ids), Seller.payout_account_changed_at < as_of
    )
    return {seller_id: (as_of - at).days for seller_id, at in db.session.execute(query) if at}


def lost_buyers(ids: Collection[int], as_of: datetime) -> dict[int, int]:
    """Share (ppm) of the largest buyer of days 29 to 118, where that one has not come back."""
    o = r.orders.c
    late = o.known_at >= as_of - _NOW
    query = select(
        o.seller_id,
        o.buyer_id,
        func.sum(case((late, 0), else_=o.total)).label("before"),
        func.sum(case((late, 1), else_=0)).label("since"),
    ).where(among(o.seller_id, ids), o.known_at < as_of, o.known_at >= as_of - _THEN)
    by_seller: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.group_by(o.seller_id, o.buyer_id)):
        by_seller[row.seller_id].append(row)
    found = {}
    for seller_id, rows in by_seller.items():
        whole = sum(int(row.before) for row in rows)
        top = max(rows, key=lambda row: (int(row.before), row.buyer_id or 0))
        if whole and top.buyer_id is not None and not top.since:
            found[seller_id] = int(top.before) * MILLION // whole
    return found
