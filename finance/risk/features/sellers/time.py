"""T: how long a shop sells, how steadily, and how quickly it sends."""

from typing import Any

from sqlalchemy import CTE, Select, func, select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    between,
    count_if,
    div,
    grouped,
    least_if,
    most_if,
    most_of,
    percentiles,
    times,
    total_if,
    within,
)

MONTH = 30  # days; twelve of them look back


@sums("fact_settlements", "seller")
def first_settled(rows: CTE) -> Sums:
    settled = rows
    return named(first_settled_day=least_if(settled.c.kind == "settled", settled.c.known_day))


@block("seller", "buyer")
def days_paid(base: Base) -> Select[Any]:
    """Days with a paid order, one row a day first; how long after each nothing was paid."""
    orders = base["fact_orders"]
    days = (
        select(orders.c.subject, orders.c.known_day)
        .group_by(orders.c.subject, orders.c.known_day)
        .subquery("paid_days")
    )
    ahead = func.lead(days.c.known_day).over(partition_by=days.c.subject, order_by=days.c.known_day)
    since = most_of(days.c.known_day + 1, AS_OF - 90)
    gaps = select(
        days.c.subject, days.c.known_day, (func.coalesce(ahead, AS_OF) - since).label("gap")
    ).subquery("gaps")
    return grouped(
        gaps,
        active_days_90=count_if(within(gaps, 90)),
        last_paid_day=most_if(gaps.c.known_day > 0, gaps.c.known_day),
        gap_90=most_if(gaps.c.gap >= 0, gaps.c.gap),
    )


@sums("fact_settlements", "seller")
def net_months(rows: CTE) -> Sums:
    """Net settled sales of twelve stretches of 30 days, the last one first."""
    return {
        f"net_month_{i}": total_if(between(rows, MONTH * i, MONTH * (i + 1)), rows.c.amount)
        for i in range(12)
    }


@block("seller")
def scan_lags(base: Base) -> Select[Any]:
    events = base["fact_order_events"]
    scanned = (events.c.kind == "scanned") & within(events, 90)
    return percentiles(events, events.c.lag_s, scanned, scan_lag_p50=50)


@feature("seller", "T1", "days", "+")
def shop_age_days(m: Measures) -> Any:
    """Days since the first order that settled."""
    return AS_OF - m.first_settled_day


@feature("seller", "T2", "days", "+", 90)
def active_days_90(m: Measures) -> Any:
    """Days with at least one paid order."""
    return m.active_days_90


@feature("seller", "T3", "count", "+", 360)
def active_months_12(m: Measures) -> Any:
    """Of twelve stretches of 30 days, those with net settled sales above zero."""
    return times(getattr(m, f"net_month_{i}") > 0 for i in range(12))


@feature("seller", "T4", "days", "-", 90)
def longest_gap_90(m: Measures) -> Any:
    """Longest run of days without a paid order, since the first one ever."""
    return m.gap_90


@feature("seller", "T7", "days", "-")
def recency_days(m: Measures) -> Any:
    """Days since the last paid order."""
    return AS_OF - m.last_paid_day


@feature("seller", "T8", "hours", "-", 90)
def ship_lag_hours(m: Measures) -> Any:
    """Hours from payment to the carrier's first scan, of the middle parcel."""
    return div(m.scan_lag_p50, 3600)
