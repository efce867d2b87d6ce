"""C: whom a shop sells to."""

from typing import Any

from sqlalchemy import CTE, Select, func, select

from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    count_if,
    div,
    grouped,
    rate,
    share,
    total,
    total_if,
    total_over,
    within,
)


def _by_buyer(base: Base, name: str) -> CTE:
    """One row for each buyer of the last year: value of 90 days, orders."""
    orders = base["fact_orders"]
    late = within(orders, 90)
    return (
        select(
            orders.c.subject,
            orders.c.buyer_id,
            total_if(late, orders.c.total).label("value"),
            count_if(late).label("orders_90"),
            count_if(within(orders, 365)).label("orders_365"),
        )
        .where(within(orders, 365), orders.c.buyer_id.is_not(None))
        .group_by(orders.c.subject, orders.c.buyer_id)
        .cte(name)
    )


@block("seller")
def partners(base: Base) -> Select[Any]:
    """How many buyers, how many came again, and how the value spreads over them."""
    rows = _by_buyer(base, "by_buyer")
    rank = func.row_number().over(
        partition_by=rows.c.subject, order_by=(rows.c.value.desc(), rows.c.buyer_id)
    )
    all_of_it = total_over(rows.c.value, rows.c.subject)
    ranked = select(*rows.c, rank.label("nth"), all_of_it.label("all_value")).subquery("ranked")
    here = ranked.c.orders_90 > 0
    part = share(ranked.c.value, ranked.c.all_value)
    return grouped(
        ranked,
        buyers_90=count_if(here),
        buyers_again=count_if(here, ranked.c.orders_365 > 1),
        buyers_value=total(ranked.c.value),
        top5_value=total_if(ranked.c.nth <= 5, ranked.c.value),
        buyer_squares=total(part * part),
    )


@sums("fact_orders", "seller")
def who_paid(rows: CTE) -> Sums:
    orders = rows
    late = within(orders, 90)
    return named(
        orders_90=count_if(late),
        paid_ever=total(orders.c.total),
        paid_90=total_if(late, orders.c.total),
        paid_28=total_if(within(orders, 28), orders.c.total),
        paid_180=total_if(within(orders, 180), orders.c.total),
        financed_90=total_if(late & (orders.c.on_credit == 1), orders.c.total),
        young_90=total_if(late & (orders.c.buyer_age_days < 14), orders.c.total),
        aged_90=total_if(late & orders.c.buyer_age_days.is_not(None), orders.c.total),
    )


@feature("seller", "C1", "count", "+", 90)
def buyers_90(m: Measures) -> Any:
    """Different buyers."""
    return m.buyers_90


@feature("seller", "C2", "ppm", "+", 90, 365)
def repeat_rate_ppm(m: Measures) -> Any:
    """Of the buyers of 90 days, those with two or more orders in 365 days."""
    return rate(m.buyers_again, m.buyers_90)


@feature("seller", "C3", "ppm", "-", 90)
def buyer_hhi_ppm(m: Measures) -> Any:
    """How much the value lies with few buyers: the sum of their squared shares."""
    return div(m.buyer_squares, 1_000_000)


@feature("seller", "C4", "ppm", "-", 90)
def top5_share_ppm(m: Measures) -> Any:
    """Share of the value that comes from the five largest buyers."""
    return share(m.top5_value, m.buyers_value)


@feature("seller", "C6", "ppm", "-", 90)
def young_buyer_share_ppm(m: Measures) -> Any:
    """Share of the value from accounts younger than 14 days at payment."""
    return share(m.young_90, m.aged_90)


@feature("seller", "C9", "ppm", "-", 90)
def financed_share_90_ppm(m: Measures) -> Any:
    """Share of the value paid with the mall's credit."""
    return share(m.financed_90, m.paid_90)


cannot(
    "seller",
    "Buyers' grades are worked out from their own facts; a shop's features read no other grade.",
    "C5 buyer_quality",
)
cannot(
    "seller",
    "Shops buy no goods from other shops as shops here: nobody is marked as a supplier.",
    "C7 supplier_tenure",
    "C8 reciprocal_share",
)
