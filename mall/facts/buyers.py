"""What the mall knows of one shopper, as of an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, distinct, func, select

from core.db import db
from core.errors import NotFound
from core.money import MILLION, Money
from mall.accounts.models import Person
from mall.facts import relations as r
from mall.orders.models import Order


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """Counts and sums over events known before `as_of`; money is of goods and shipping paid.

    confirmed_orders_365   orders received and not wholly refunded, last 365 days
    refund_rate_ppm        refunded / paid, 365 days, in millionths; None without orders
    median_month_spend     middle of the last 12 months' spending, months without orders count 0
    shared_address_people  other people who had parcels sent to one of this shopper's addresses
    """

    buyer_id: int
    as_of: datetime
    account_age_days: int
    verified_level: int
    confirmed_orders_365: int
    active_months_12: int
    spend_90: Money
    spend_365: Money
    median_month_spend: Money
    basket_median: Money
    refund_rate_ppm: int | None
    no_receipt_claims_365: int
    addresses_365: int
    favorites_365: int
    reviews_365: int
    shared_address_people: int
    sellers_365: int
    imported: bool


def buyer_record(buyer_id: int, as_of: datetime, currency: str = "CNY") -> BuyerRecord:
    """The record of one shopper; raises NotFound for nobody."""
    person = db.session.get(Person, buyer_id)
    if person is None:
        raise NotFound()
    baskets = _baskets(buyer_id, as_of)
    months = _by_month(baskets, as_of)
    refunded, claims = _refunds(buyer_id, as_of)
    paid = sum(total for _, total, *_ in baskets)
    first = min((at for at, *_ in baskets), default=person.created_at)
    live = [b for b in baskets if not b[4]]
    return BuyerRecord(
        buyer_id=buyer_id,
        as_of=as_of,
        account_age_days=max(0, (as_of - min(first, person.created_at)).days),
        verified_level=person.verified_level,
        confirmed_orders_365=sum(1 for b in live if b[2] and b[2] <= as_of),
        active_months_12=sum(1 for spent in months if spent),
        spend_90=Money(sum(b[1] for b in live if b[0] >= as_of - timedelta(90)), currency),
        spend_365=Money(sum(b[1] for b in live), currency),
        median_month_spend=Money(_middle(months), currency),
        basket_median=Money(_middle([b[1] for b in live]), currency),
        refund_rate_ppm=refunded * MILLION // paid if paid else None,
        no_receipt_claims_365=claims,
        addresses_365=_addresses(buyer_id, as_of),
        favorites_365=_count(r.favorites, buyer_id, as_of),
        reviews_365=_count(r.reviews, buyer_id, as_of),
        shared_address_people=_sharing(buyer_id, as_of),
        sellers_365=len({b[3] for b in live}),
        imported=bool(baskets) and all(b[5] for b in baskets),
    )


def _baskets(
    buyer_id: int, as_of: datetime
) -> list[tuple[datetime, int, datetime | None, int, bool, bool]]:
    """(paid at, total, settled at, seller, canceled, imported) of the last 365 days."""
    o = r.orders.c
    canceled = case((and_(o.canceled_at.is_not(None), o.canceled_at < as_of), True), else_=False)
    query = select(o.happened_at, o.total, o.settled_at, o.seller_id, canceled, o.imported).where(
        o.buyer_id == buyer_id, o.known_at < as_of, o.known_at >= as_of - timedelta(365)
    )
    return [tuple(row) for row in db.session.execute(query)]


def _by_month(
    baskets: list[tuple[datetime, int, datetime | None, int, bool, bool]], as_of: datetime
) -> list[int]:
    """Spending in each of twelve stretches of 30 days before `as_of`, the last one first."""
    months = [0] * 12
    for at, total, _, _, canceled, _ in baskets:
        place = (as_of - at).days // 30
        if place < 12 and not canceled:
            months[place] += total
    return months


def _middle(values: list[int]) -> int:
    """The median; of an even number of values the mean of the middle two, rounded down."""
    ordered = sorted(values)
    if not ordered:
        return 0
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _refunds(buyer_id: int, as_of: datetime) -> tuple[int, int]:
    f = r.refunds.c
    claims = func.count().filter(f.cause == "not_received")
    query = select(func.coalesce(func.sum(f.amount), 0), claims).where(
        f.buyer_id == buyer_id, f.known_at < as_of, f.known_at >= as_of - timedelta(365)
    )
    refunded, claimed = db.session.execute(query).one()
    return int(refunded), int(claimed)


def _count(relation: Any, buyer_id: int, as_of: datetime) -> int:
    c = relation.c
    query = (
        select(func.count())
        .select_from(relation)
        .where(c.buyer_id == buyer_id, c.known_at < as_of, c.known_at >= as_of - timedelta(365))
    )
    return int(db.session.scalar(query) or 0)


def _place(order: type[Order]) -> Any:
    return func.concat(
        order.address["line"].as_string(), "|", order.address["postcode"].as_string()
    )


def _addresses(buyer_id: int, as_of: datetime) -> int:
    query = select(func.count(distinct(_place(Order)))).where(
        Order.buyer_id == buyer_id, Order.paid_at < as_of, Order.paid_at >= as_of - timedelta(365)
    )
    return int(db.session.scalar(query) or 0)


def _sharing(buyer_id: int, as_of: datetime) -> int:
    mine = select(_place(Order)).where(Order.buyer_id == buyer_id, Order.paid_at < as_of)
    query = select(func.count(distinct(Order.buyer_id))).where(
        Order.buyer_id != buyer_id, Order.paid_at < as_of, _place(Order).in_(mine)
    )
    return int(db.session.scalar(query) or 0)


def buyers_known(as_of: datetime) -> list[int]:
    """Ids of all shoppers with a paid order before `as_of`, live or imported."""
    o = r.orders.c
    query = select(o.buyer_id).where(o.buyer_id.is_not(None), o.known_at < as_of).distinct()
    return sorted(db.session.scalars(query))
