"""What the mall knows of one shop, as of an instant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, distinct, func, select

from core.db import db
from core.errors import NotFound
from core.money import MILLION, Money
from mall.facts import relations as r
from mall.orders.models import Refund
from mall.orders.rules import RefundState
from mall.payouts import reserves
from mall.payouts.fees import percent
from mall.sellers.models import Seller


@dataclass(frozen=True, slots=True)
class SalesRecord:
    """Counts, sums and shares over events known before `as_of`.

    months        net settled sales (settled − refunded) of twelve stretches of 30 days, the last first
    weeks         the same of 26 weeks, the last first
    *_ppm         shares in millionths; None where there is nothing to divide by
    review_*      mean stars in thousandths
    """

    seller_id: int
    as_of: datetime
    approved: bool
    license_verified: bool
    shop_age_days: int
    payout_account_age_days: int | None
    months: tuple[Money, ...]
    weeks: tuple[Money, ...]
    net_28: Money
    net_28_last_year: Money | None
    net_90: Money
    net_365: Money
    active_days_90: int
    active_months_6: int
    active_months_12: int
    orders_90: int
    buyers_90: int
    repeat_rate_ppm: int | None
    top5_share_ppm: int | None
    top_product_share_ppm: int | None
    refund_rate_90_ppm: int | None
    refund_rate_28_ppm: int | None
    fault_refund_90_ppm: int | None
    on_time_ship_90_ppm: int | None
    seller_cancel_90_ppm: int | None
    no_stock_cancel_90_ppm: int | None
    tracked_90_ppm: int | None
    timer_confirmed_90_ppm: int | None
    financed_share_90_ppm: int | None
    young_buyer_90_ppm: int | None
    review_count_365: int
    review_mean_365: int | None
    review_mean_90: int | None
    negative_share_90_ppm: int | None
    favorites_90: int
    open_refunds: int
    imported: bool


def sales_record(
    seller_id: int, as_of: datetime, currency: str = "CNY", *, without: Collection[int] = ()
) -> SalesRecord:
    """The record of one shop, as if the orders `without` had never been; raises NotFound for none."""
    seller = db.session.get(Seller, seller_id)
    if seller is None:
        raise NotFound()
    settled = _net_by_day(seller_id, as_of, without)
    months = [_sum(settled, 30 * i, 30 * (i + 1)) for i in range(12)]
    weeks = [_sum(settled, 7 * i, 7 * (i + 1)) for i in range(26)]
    changed = seller.payout_account_changed_at
    quarter = _quarter(seller_id, as_of, without)
    age = max((days for days, _ in settled), default=0)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    return SalesRecord(
        seller_id=seller_id,
        as_of=as_of,
        approved=seller.state == "approved",
        license_verified=seller.license_verified_at is not None,
        shop_age_days=age,
        payout_account_age_days=(as_of - changed).days if changed else None,
        months=tuple(map(money, months)),
        weeks=tuple(map(money, weeks)),
        net_28=money(_sum(settled, 0, 28)),
        net_28_last_year=money(_sum(settled, 365, 393)) if age >= 393 else None,
        net_90=money(_sum(settled, 0, 90)),
        net_365=money(_sum(settled, 0, 365)),
        active_months_6=sum(1 for net in months[:6] if net > 0),
        active_months_12=sum(1 for net in months if net > 0),
        **quarter,
        **_partners(seller_id, as_of, without),
        **_given_back(seller_id, as_of, without),
        **_opinions(seller_id, as_of),
    )


def payout_account_changed(seller_id: int) -> datetime | None:
    """When the account a shop is paid to was last changed; None when it never was."""
    return db.session.scalar(select(Seller.payout_account_changed_at).where(Seller.id == seller_id))


def reserve_in_force(seller_id: int) -> str:
    """The share of releases that is kept against risk now, and why; "" when none is."""
    rule = reserves.rule_of(seller_id)
    return f"{percent(rule.ppm)} of each release in reserve: {rule.why}" if rule else ""


def _net_by_day(seller_id: int, as_of: datetime, without: Collection[int]) -> list[tuple[int, int]]:
    """(days before `as_of`, net) of each day on which something settled or was refunded."""
    o, f = r.orders.c, r.refunds.c
    came = select(_days(o.settled_at, as_of), func.sum(o.total)).where(
        o.seller_id == seller_id, o.settled_at < as_of, *_but(o, without)
    )
    went = select(_days(f.known_at, as_of), -func.sum(f.amount)).where(
        f.seller_id == seller_id, f.known_at < as_of, *_but(f, without)
    )
    went = went.where(
        f.order_id.in_(select(o.order_id).where(o.seller_id == seller_id, o.settled_at < as_of))
    )
    both = [db.session.execute(query.group_by(query.selected_columns[0])) for query in (came, went)]
    return [(int(days), int(net)) for rows in both for days, net in rows]


def _days(column: Any, as_of: datetime) -> Any:
    return func.floor(func.extract("epoch", as_of - column) / 86400)


def _sum(by_day: list[tuple[int, int]], since: int, until: int) -> int:
    return sum(net for days, net in by_day if since <= days < until)


def _share(part: int | None, whole: int | None) -> int | None:
    return int(part or 0) * MILLION // int(whole) if whole else None


def _count_if(*conditions: Any) -> Any:
    return func.count(case((and_(*conditions), 1)))


def _quarter(seller_id: int, as_of: datetime, without: Collection[int]) -> dict[str, Any]:
    """What became of the orders paid in the last 90 days."""
    o = r.orders.c
    shipped = o.shipped_at < as_of
    query = select(
        func.count().label("orders"),
        func.sum(o.total).label("value"),
        func.count(distinct(func.date_trunc("day", o.happened_at))).label("days"),
        _count_if(shipped, o.ship_by.is_not(None)).label("promised"),
        _count_if(shipped, o.shipped_at <= o.ship_by).label("on_time"),
        _count_if(o.canceled_at < as_of, o.canceled_by == "seller").label("canceled"),
        _count_if(o.canceled_at < as_of, o.no_stock).label("no_stock"),
        _count_if(o.settled_at < as_of, ~o.imported).label("confirmed"),
        _count_if(o.settled_at < as_of, o.by_timer).label("by_timer"),
        func.sum(case((o.on_credit, o.total), else_=0)).label("on_credit"),
        func.coalesce(func.bool_and(o.imported), False).label("imported"),
    ).where(o.seller_id == seller_id, *_within(o, as_of, 90), *_but(o, without))
    q = db.session.execute(query).one()
    return {
        "orders_90": q.orders,
        "active_days_90": q.days,
        "on_time_ship_90_ppm": _share(q.on_time, q.promised),
        "seller_cancel_90_ppm": _share(q.canceled, q.orders),
        "no_stock_cancel_90_ppm": _share(q.no_stock, q.orders),
        "timer_confirmed_90_ppm": _share(q.by_timer, q.confirmed),
        "financed_share_90_ppm": _share(q.on_credit, q.value),
        "imported": q.imported,
        "tracked_90_ppm": _tracked(seller_id, as_of),
    }


def _within(columns: Any, as_of: datetime, days: int) -> tuple[Any, Any]:
    return columns.known_at < as_of, columns.known_at >= as_of - timedelta(days)


def _but(columns: Any, without: Collection[int]) -> tuple[Any, ...]:
    return (columns.order_id.not_in(without),) if without else ()


def _tracked(seller_id: int, as_of: datetime) -> int | None:
    s = r.shipments.c
    query = select(func.count(), _count_if(s.first_scan_at < as_of)).where(
        s.seller_id == seller_id, *_within(s, as_of, 90), s.known_at < as_of - timedelta(2)
    )
    sent, scanned = db.session.execute(query).one()
    return _share(scanned, sent)


def _partners(seller_id: int, as_of: datetime, without: Collection[int]) -> dict[str, Any]:
    """Whom the shop sells to and what, by value over 90 days."""
    o, n = r.orders.c, r.order_lines.c
    per_buyer = (
        select(
            o.buyer_id,
            func.sum(case((o.known_at >= as_of - timedelta(90), o.total), else_=0)).label("value"),
            func.count().label("orders"),
            func.min(o.known_at).label("first_at"),
        )
        .where(o.seller_id == seller_id, o.buyer_id.is_not(None), *_within(o, as_of, 365))
        .where(*_but(o, without))
        .group_by(o.buyer_id)
    )
    recent = [row for row in db.session.execute(per_buyer) if row.value]
    value = sum(row.value for row in recent)
    top5 = sum(sorted((row.value for row in recent), reverse=True)[:5])
    per_product = select(func.sum(n.amount)).where(
        n.seller_id == seller_id, *_within(n, as_of, 90), *_but(n, without)
    )
    products = [int(s) for s in db.session.scalars(per_product.group_by(n.product))]
    young = sum(row.value for row in recent if row.first_at >= as_of - timedelta(14))
    return {
        "buyers_90": len(recent),
        "repeat_rate_ppm": _share(sum(1 for row in recent if row.orders > 1), len(recent)),
        "top5_share_ppm": _share(top5, value),
        "young_buyer_90_ppm": _share(young, value),
        "top_product_share_ppm": _share(max(products, default=0), sum(products)),
    }


def _given_back(seller_id: int, as_of: datetime, without: Collection[int]) -> dict[str, Any]:
    o, f = r.orders.c, r.refunds.c

    def paid(days: int) -> int:
        query = select(func.sum(o.total)).where(o.seller_id == seller_id, *_within(o, as_of, days))
        query = query.where(*_but(o, without))
        return int(db.session.scalar(query) or 0)

    def back(days: int, *more: Any) -> int:
        query = select(func.sum(f.amount)).where(
            f.seller_id == seller_id, *_within(f, as_of, days), *more, *_but(f, without)
        )
        return int(db.session.scalar(query) or 0)

    waiting = select(func.count()).where(
        Refund.seller_id == seller_id, Refund.state == RefundState.OPENED
    )
    paid_90 = paid(90)
    return {
        "refund_rate_90_ppm": _share(back(90), paid_90),
        "refund_rate_28_ppm": _share(back(28), paid(28)),
        "fault_refund_90_ppm": _share(back(90, f.fault == "seller"), paid_90),
        "open_refunds": int(db.session.scalar(waiting) or 0),
    }


def _opinions(seller_id: int, as_of: datetime) -> dict[str, Any]:
    v, l = r.reviews.c, r.favorites.c
    late = v.known_at >= as_of - timedelta(90)
    query = select(
        func.count().label("reviews"),
        func.sum(v.stars).label("stars"),
        _count_if(late).label("count_90"),
        func.sum(case((late, v.stars), else_=0)).label("stars_90"),
        _count_if(late, v.stars <= 2).label("negative_90"),
    ).where(v.seller_id == seller_id, *_within(v, as_of, 365))
    q = db.session.execute(query).one()
    liked = select(func.count()).where(l.seller_id == seller_id, *_within(l, as_of, 90))
    return {
        "review_count_365": q.reviews,
        "review_mean_365": int(q.stars) * 1000 // q.reviews if q.reviews else None,
        "review_mean_90": int(q.stars_90) * 1000 // q.count_90 if q.count_90 else None,
        "negative_share_90_ppm": _share(q.negative_90, q.count_90),
        "favorites_90": int(db.session.scalar(liked) or 0),
    }
