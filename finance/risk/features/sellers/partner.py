"""C: whom a shop sells to."""

from typing import Any

from sqlalchemy import CTE, Select, func, select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    count_if,
    div,
    grouped,
    largest,
    percentiles,
    rate,
    share,
    smallest,
    total,
    total_if,
    total_over,
    within,
)

TRUSTED = 3  # orders received from other shops


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
        trusted_90=total_if(late & (orders.c.buyer_received >= TRUSTED), orders.c.total),
        traced_90=total_if(late & orders.c.buyer_received.is_not(None), orders.c.total),
        aged_90=total_if(late & orders.c.buyer_age_days.is_not(None), orders.c.total),
    )


def _suppliers(base: Base) -> CTE:
    """Shops at which the owner bought in a year, and since when."""
    rows = base["fact_supplies"]

    def make() -> CTE:
        first, last = smallest(rows.c.known_day), largest(rows.c.known_day)
        return (
            select(rows.c.subject, rows.c.partner_id, first.label("first_day"))
            .group_by(rows.c.subject, rows.c.partner_id)
            .having(last >= AS_OF - 365)
            .cte("suppliers")
        )

    return base.kept("suppliers", make)


@block("seller")
def suppliers(base: Base) -> Select[Any]:
    rows = _suppliers(base)
    return percentiles(rows, AS_OF - rows.c.first_day, supplier_p50=50)


@block("seller")
def mutual(base: Base) -> Select[Any]:
    """What was sold in 90 days to owners of those shops."""
    orders, theirs = base["fact_orders"], _suppliers(base)
    both = orders.join(
        theirs,
        (theirs.c.subject == orders.c.subject) & (theirs.c.partner_id == orders.c.buyer_id),
    )
    rows = select(orders.c.subject, orders.c.total).select_from(both).where(within(orders, 90))
    sold = rows.subquery("sold_back")
    return grouped(sold, value_back=total(sold.c.total))


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


@feature("seller", "C5", "ppm", "+", 90)
def trusted_buyer_share_ppm(m: Measures) -> Any:
    """Share of the value from buyers who had received three orders or more from other shops."""
    return share(m.trusted_90, m.traced_90)


@feature("seller", "C7", "days", "+", 365)
def supplier_days(m: Measures) -> Any:
    """Days since the first order at a shop of which the owner bought in the window, the middle
    one."""
    return m.supplier_p50


@feature("seller", "C8", "ppm", "-", 90, 365)
def reciprocal_share_ppm(m: Measures) -> Any:
    """Share of the value of 90 days from owners of shops at which this owner bought in 365."""
    return share(m.value_back, m.paid_90)
