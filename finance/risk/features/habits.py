"""How a night finds what is usual in each category: the same measures, added over its shops.

`text("category")` is run as the features are, by every engine; `finance.risk.engines.norms` keeps
its answer.
"""

from sqlalchemy import CTE, BigInteger, case, func, literal, select, union_all

from finance.risk.features.building import Built, assembled
from finance.risk.features.known import Base
from finance.risk.features.norms import EVERYBODY, KINDS, SUBJECT, near, orders_by, shelf
from finance.risk.features.portable import bigint, count, grouped, total
from finance.risk.features.sellers import opinions


def _habits(base: Base) -> CTE:
    """Each shop's own, of every kind."""
    orders, said, events = (
        base[f"fact_{name}"] for name in ("orders", "review_events", "order_events")
    )
    here = grouped(orders, **near(orders)).subquery("own_near")
    told = grouped(said, part=opinions.reviews(said)["reviews_365"]).subquery("own_reviews")
    due = grouped(events, whole=opinions.settled_lately(events)["settled_365"]).subquery("own_due")
    both = due.outerjoin(told, told.c.subject == due.c.subject)
    written = func.coalesce(told.c.part, 0, type_=BigInteger)
    none = bigint(0).label("bucket")
    return union_all(
        orders_by(base, "hours", "hour"),
        orders_by(base, "weekdays", "weekday"),
        select(
            here.c.subject, literal("near").label("kind"), none, here.c.near_90.label("part"),
            here.c.near_known_90.label("whole"),
        ),
        select(
            due.c.subject, literal("reviews").label("kind"), none, written.label("part"), due.c.whole
        ).select_from(both),
    ).cte("habits")  # fmt: skip


@assembled(SUBJECT)
def statement() -> Built:
    """Of each category: kind (its place among KINDS), bucket, part, whole, shops."""
    base = Base("seller", False)
    own, mine = _habits(base), shelf(base)
    places = union_all(
        select(mine.c.subject, mine.c.category_id).where(mine.c.category_id != EVERYBODY),
        select(mine.c.subject, bigint(EVERYBODY).label("category_id")),
    ).cte("places")
    many = select(places.c.category_id, count().label("shops")).group_by(places.c.category_id)
    shops = many.subquery("shops")
    by = (places.c.category_id, own.c.kind, own.c.bucket)
    added = (
        select(*by, total(own.c.part).label("part"), total(own.c.whole).label("whole"))
        .select_from(own.join(places, places.c.subject == own.c.subject))
        .group_by(*by)
        .subquery("added")
    )
    a = added.c
    every = bigint(func.sum(a.part).over(partition_by=(a.category_id, a.kind)))
    kind = case(*((a.kind == name, place) for place, name in enumerate(KINDS)))
    found = select(
        a.category_id.label("subject"),
        bigint(kind).label("kind"),
        a.bucket,
        a.part,
        case((a.kind.in_(KINDS[:2]), every), else_=a.whole).label("whole"),
        shops.c.shops,
    ).select_from(added.join(shops, shops.c.category_id == a.category_id))
    return Built(found, tuple(sorted(base.read)), {})
