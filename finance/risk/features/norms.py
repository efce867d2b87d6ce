"""What is usual among the shops of a category, as it is kept by day and read around a shop.

`habits.py` says how a night works it out; features of the days after read the newest that was
known by then.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    cast,
    func,
    literal,
    literal_column,
    select,
)

from finance.risk.features.building import Sums, named, sums
from finance.risk.features.known import Base
from finance.risk.features.models import CategoryNorm
from finance.risk.features.portable import (
    count,
    count_if,
    largest,
    total,
    total_over,
    within,
)
from mall.facts import published
from mall.facts.published.shaping import seconds, start_of

SUBJECT = "category"
EVERYBODY = 0  # the norm of all shops: for those without a category, or in one with few shops
SHOPS_MIN = 5
USUAL = 20  # so many usual orders are thought beside a shop's own
KINDS = ("hours", "weekdays", "near", "reviews")

kept = published.relation(
    "fact_category_norms",
    "What was usual among the `shops` of a category that sold in 90 days (0: of all shops), as the "
    "night of `known_day` found it; `happened_day` is the last day in it. `kind`: hours, weekdays "
    "(`part` of the `whole` paid orders of 90 days at the hour or weekday `bucket`), near (of "
    "those whose city is known, those to the shop's own), reviews (written in 365 days, for the "
    "orders settled).",
    "category_id bucket part whole shops",
    "kind",
)


def kept_norms() -> Select[Any]:
    """The table as it was written; `known_day` is its own column, so that its key finds a day."""
    norm = CategoryNorm
    said: dict[str, Any] = {name: getattr(norm, name) for name in _OWN}
    said |= {"known_day": norm.as_of, "happened_day": norm.as_of - 1}
    said |= {"known_s": _began(norm.as_of), "happened_s": _began(norm.as_of) - 1}
    return select(*(cast(said[c.name], c.type).label(c.name) for c in kept.columns))


_OWN = ("category_id", "bucket", "part", "whole", "shops", "kind")


def _began(day: Any) -> ColumnElement[int]:
    """The first second of a day number."""
    return seconds(start_of(literal_column("DATE '1970-01-01'") + cast(day, Integer)))


published.SOURCES[kept.name] = kept_norms


@sums("fact_orders", "seller")
def near(rows: CTE) -> Sums:
    """Orders of 90 days to the shop's own city, of those whose city is known."""
    late = within(rows, 90)
    return named(
        near_90=count_if(late, rows.c.near == 1),
        near_known_90=count_if(late, rows.c.near.is_not(None)),
    )


def shelf(base: Base) -> CTE:
    """The category in which each shop sold most of 90 days, by value; 0 where none is named."""

    def make() -> CTE:
        lines = base["fact_order_lines"]
        category = func.coalesce(lines.c.category_id, EVERYBODY, type_=BigInteger)
        by_shelf = (
            select(
                lines.c.subject, category.label("category_id"), total(lines.c.amount).label("value")
            )
            .where(within(lines, 90))
            .group_by(lines.c.subject, category)
            .subquery("by_shelf")
        )
        best = (by_shelf.c.value.desc(), by_shelf.c.category_id)
        nth = func.row_number().over(partition_by=by_shelf.c.subject, order_by=best)
        rows = select(*by_shelf.c, nth.label("nth")).subquery("shelves_ranked")
        return select(rows.c.subject, rows.c.category_id).where(rows.c.nth == 1).cte("shelf")

    return base.kept("shelf", make)


def orders_by(base: Base, kind: str, column: str) -> Select[Any]:
    """Orders of 90 days by `column`: subject, kind, bucket, part, whole."""
    orders = base["fact_orders"]
    at = orders.c[column]
    each = (
        select(orders.c.subject, at.label("bucket"), count().label("part"))
        .where(within(orders, 90), at.is_not(None))
        .group_by(orders.c.subject, at)
        .subquery(f"orders_by_{column}")
    )
    whole = total_over(each.c.part, each.c.subject)
    kept_as = literal(kind).label("kind")
    return select(each.c.subject, kept_as, each.c.bucket, each.c.part, whole.label("whole"))


def usual(base: Base) -> CTE:
    """What is usual around each shop, the newest: subject, kind, bucket, part, whole."""

    def make() -> CTE:
        rows, mine = base[kept.name], shelf(base)
        newest = select(largest(rows.c.known_day).label("day")).subquery("norms_newest")
        now = (
            select(*rows.c)
            .select_from(rows.join(newest, newest.c.day == rows.c.known_day))
            .where(rows.c.shops >= SHOPS_MIN)
            .cte("norms_now")
        )
        there = select(now.c.category_id).group_by(now.c.category_id).subquery("norms_there")
        has = mine.outerjoin(there, there.c.category_id == mine.c.category_id)
        category = func.coalesce(there.c.category_id, EVERYBODY, type_=BigInteger)
        at = (
            select(mine.c.subject, category.label("category_id"))
            .select_from(has)
            .subquery("norm_of")
        )
        both = at.join(now, now.c.category_id == at.c.category_id)
        found = (at.c.subject, now.c.kind, now.c.bucket, now.c.part, now.c.whole)
        return select(*found).select_from(both).cte("usual")

    return base.kept("usual", make)
