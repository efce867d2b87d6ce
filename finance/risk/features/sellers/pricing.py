"""M and F: what a shop does with its prices and its shelf."""

from typing import Any

from sqlalchemy import CTE, Select, and_, select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    count,
    count_if,
    grouped,
    largest,
    most_of,
    rate,
    share,
    smallest,
    total,
    total_if,
    within,
)


@block("seller")
def prices(base: Base) -> Select[Any]:
    """Variants by the day they got their first price, and how often it changed in 90 days."""
    rows = base["fact_goods_events"]
    changed = count_if(rows.c.before.is_not(None), within(rows, 90))
    by_variant = (
        select(
            rows.c.subject,
            rows.c.variant_id,
            smallest(rows.c.known_day).label("first_day"),
            changed.label("changes"),
        )
        .where(rows.c.kind == "priced")
        .group_by(rows.c.subject, rows.c.variant_id)
        .subquery("by_variant")
    )
    stood = AS_OF - most_of(by_variant.c.first_day, AS_OF - 90)
    return grouped(by_variant, price_days=total(stood), price_changes=total(by_variant.c.changes))


@block("seller")
def shelved(base: Base) -> Select[Any]:
    """Products that were on the shelf at any time, and those taken off it in 90 days."""
    rows = base["fact_goods_events"]
    off = count_if(rows.c.kind == "unlisted", within(rows, 90))
    by_product = (
        select(rows.c.subject, rows.c.product, off.label("gone"))
        .where(rows.c.kind != "priced")
        .group_by(rows.c.subject, rows.c.product)
        .subquery("shelf_products")
    )
    return grouped(by_product, goods_shelved=count(), goods_off=count_if(by_product.c.gone > 0))


@sums("fact_order_lines", "seller")
def sold_by_variant(rows: CTE) -> Sums:
    """Value of 90 days of goods whose prices are known."""
    known = within(rows, 90) & rows.c.variant_id.is_not(None)
    return named(priced_value=total_if(known, rows.c.amount))


@block("seller")
def given_away(base: Base) -> Select[Any]:
    """Of lines sold within 90 days of a change of their price: the highest of those prices less
    what was paid."""
    lines, events = base["fact_order_lines"], base["fact_goods_events"]
    of_it = and_(
        events.c.subject == lines.c.subject,
        events.c.variant_id == lines.c.variant_id,
        events.c.before.is_not(None),
        events.c.known_day <= lines.c.known_day,
        events.c.known_day >= lines.c.known_day - 90,
    )
    each = (
        select(
            lines.c.subject,
            lines.c.line_id,
            lines.c.quantity,
            lines.c.price,
            largest(most_of(events.c.price, events.c.before)).label("high"),
        )
        .select_from(lines.join(events, of_it))
        .where(within(lines, 90))
        .group_by(lines.c.subject, lines.c.line_id, lines.c.quantity, lines.c.price)
        .subquery("repriced_lines")
    )
    less = (most_of(each.c.high, each.c.price) - each.c.price) * each.c.quantity
    return grouped(each, given_away=total(less))


@feature("seller", "M13", "ppm", "-", 90)
def discount_depth_90_ppm(m: Measures) -> Any:
    """What was given away of the list price: the highest that a variant had in the 90 days before
    it was sold."""
    return share(m.given_away, m.priced_value + m.given_away)


@feature("seller", "M20", "ppm", "-", 90)
def price_changes_90_ppm(m: Measures) -> Any:
    """Changes of prices for each day of each variant."""
    return rate(m.price_changes, m.price_days)


@feature("seller", "F7", "ppm", "-", 90)
def takedown_rate_90_ppm(m: Measures) -> Any:
    """Of products that were ever on the shelf, those taken off it."""
    return rate(m.goods_off, m.goods_shelved)
