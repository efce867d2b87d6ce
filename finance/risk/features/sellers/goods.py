"""M: what a shop has on its shelves, and what of it sells."""

from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    bigint,
    count,
    count_if,
    distances,
    grouped,
    largest,
    most_of,
    percentiles,
    rate,
    share,
    stretches,
    swing,
    total,
    total_if,
    within,
)


@block("seller")
def products(base: Base) -> Select[Any]:
    """What sold in 90 days, by product."""
    lines = base["fact_order_lines"]
    by_product = (
        select(
            lines.c.subject,
            lines.c.product,
            total(lines.c.amount).label("value"),
            count().label("times"),
        )
        .where(within(lines, 90))
        .group_by(lines.c.subject, lines.c.product)
        .subquery("by_product")
    )
    return grouped(
        by_product,
        products_sold=count_if(by_product.c.times >= 3),
        products_value=total(by_product.c.value),
        product_most=largest(by_product.c.value),
    )


@sums("fact_stock_movements", "seller")
def units(rows: CTE) -> Sums:
    """Units on hand at both ends of 90 days, and sold between."""
    moves = rows
    late, change = within(moves, 90), moves.c.change
    return named(
        units_sold=total_if(late & (moves.c.cause == "sold"), -change),
        units_now=total(change),
        units_before=total_if(~late, change),
    )


@block("seller")
def shelves(base: Base) -> Select[Any]:
    """Days of 90 on which a variant that the shop had got could be sold, or not."""
    moves = base["fact_stock_movements"]
    daily = (
        select(
            moves.c.subject,
            moves.c.variant_id,
            moves.c.known_day,
            total(moves.c.change).label("change"),
        )
        .group_by(moves.c.subject, moves.c.variant_id, moves.c.known_day)
        .subquery("stock_daily")
    )
    one: dict[str, Any] = {
        "partition_by": (daily.c.subject, daily.c.variant_id),
        "order_by": daily.c.known_day,
    }
    ahead = func.coalesce(func.lead(daily.c.known_day).over(**one), AS_OF)
    on_hand = bigint(func.sum(daily.c.change).over(**one, rows=(None, 0)))
    stood = ahead - most_of(daily.c.known_day, AS_OF - 90)
    held = select(daily.c.subject, on_hand.label("on_hand"), stood.label("days"))
    rows = held.subquery("stock_held")
    lasting = rows.c.days > 0
    return grouped(
        rows,
        shelf_days=total_if(lasting, rows.c.days),
        empty_days=total_if(lasting & (rows.c.on_hand <= 0), rows.c.days),
    )


@block("seller")
def weekly_units(base: Base) -> Select[Any]:
    """Units sold in each of twelve weeks, and how far one lies from the middle one."""
    lines = base["fact_order_lines"]
    weeks = stretches(lines, lines.c.quantity, 7, 12, "unit_weeks")
    usual = percentiles(weeks, weeks.c.value, usual=50).subquery("unit_usual")
    away = func.abs(weeks.c.value - usual.c.usual)
    both = weeks.join(usual, usual.c.subject == weeks.c.subject)
    rows = select(weeks.c.subject, usual.c.usual, away.label("away")).select_from(both)
    found = rows.subquery("unit_away")
    return grouped(
        found,
        unit_weeks=count(),
        unit_usual=largest(found.c.usual),
        unit_shock=largest(found.c.away),
    )


@block("seller")
def restocks(base: Base) -> Select[Any]:
    """Days between two on which goods came in."""
    moves = base["fact_stock_movements"]
    came = (moves.c.change > 0) & (moves.c.cause == "received") & within(moves, 365)
    days = (
        select(moves.c.subject, moves.c.known_day)
        .where(came)
        .group_by(moves.c.subject, moves.c.known_day)
        .subquery("restock_days")
    )
    ahead = func.lead(days.c.known_day).over(partition_by=days.c.subject, order_by=days.c.known_day)
    rows = select(days.c.subject, (ahead - days.c.known_day).label("gap")).subquery("restock_all")
    gaps = select(rows.c.subject, rows.c.gap).where(rows.c.gap.is_not(None))
    found = gaps.subquery("restock_gaps")
    return distances(found, found.c.gap, "restock")


@feature("seller", "M14", "ppm", "+", 90)
def stock_turn_90_ppm(m: Measures) -> Any:
    """Units sold against the units on hand, the mean of both ends of the window."""
    return rate(m.units_sold * 2, m.units_now + m.units_before)


@feature("seller", "M15", "ppm", "-", 90)
def stockout_90_ppm(m: Measures) -> Any:
    """Of the days of each variant that was ever stocked, those with none left."""
    return rate(m.empty_days, m.shelf_days)


@feature("seller", "M16", "count", "+", 90)
def product_breadth_90(m: Measures) -> Any:
    """Products that sold three times or more."""
    return m.products_sold


@feature("seller", "M17", "ppm", "-", 90)
def top_product_share_ppm(m: Measures) -> Any:
    """Share of the value that comes from one product."""
    return share(m.product_most, m.products_value)


@feature("seller", "M18", "ppm", "-", 84)
def quantity_shock_ppm(m: Measures) -> Any:
    """How far a week's units lay from the middle week, against that; of eight weeks at least."""
    return case((m.unit_weeks >= 8, rate(m.unit_shock, m.unit_usual)))


@feature("seller", "M19", "ppm", "-", 365)
def restock_swing_ppm(m: Measures) -> Any:
    """Mean distance of the days between two deliveries of goods from their mean, against that."""
    return swing(m.restock_n, m.restock_sum, m.restock_away, 3)
