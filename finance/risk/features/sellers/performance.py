"""F and L: whether a shop keeps what it promises, and what becomes of its parcels."""

from typing import Any

from sqlalchemy import CTE, Select

from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    count_if,
    div,
    percentiles,
    rate,
    within,
)

HOUR, DAY = 3600, 86400


@sums("fact_order_events", "seller")
def steps(rows: CTE) -> Sums:
    """What became of the orders paid in the last 90 days."""
    e = rows.c
    lately = e.paid_day >= AS_OF - 90
    shipped, settled = e.kind == "shipped", (e.kind == "settled") & (e.imported == 0)
    canceled = (e.kind == "canceled") & lately
    return named(
        promised=count_if(shipped, lately, e.late.is_not(None)),
        on_time=count_if(shipped, lately, e.late == 0),
        promised_days=count_if(e.kind == "delivered", e.late.is_not(None), within(rows, 90)),
        came_in_time=count_if(e.kind == "delivered", e.late == 0, within(rows, 90)),
        canceled_by_seller=count_if(canceled, e.cause.in_(("seller", "no_stock"))),
        canceled_no_stock=count_if(canceled, e.cause == "no_stock"),
        confirmed=count_if(settled, lately),
        confirmed_by_timer=count_if(settled, lately, e.cause == "timer"),
    )


@sums("fact_order_events", "seller")
def parcels(rows: CTE) -> Sums:
    """Parcels sent in the last 90 days; those sent two days ago or earlier could be scanned."""
    e = rows.c
    sent, scanned = (e.kind == "shipped") & (e.imported == 0), e.kind == "scanned"
    return named(
        sent_90=count_if(sent, within(rows, 90)),
        sent_due=count_if(sent, within(rows, 90), e.known_day < AS_OF - 2),
        scanned_due=count_if(scanned, e.begun_day >= AS_OF - 90, e.begun_day < AS_OF - 2),
        scanned_48h=count_if(
            scanned, e.begun_day >= AS_OF - 90, e.begun_day < AS_OF - 2, e.since_s <= 2 * DAY
        ),
    )


@sums("fact_question_events", "seller")
def replies(rows: CTE) -> Sums:
    """Questions of the last 90 days that had a day to be answered."""
    q = rows.c
    due = (q.begun_day >= AS_OF - 90) & (q.begun_day < AS_OF - 1)
    return named(
        asked=count_if(q.kind == "asked", due),
        answered=count_if(q.kind == "answered", due),
        answered_24h=count_if(q.kind == "answered", due, q.lag_s <= DAY),
    )


@block("seller")
def reply_lags(base: Base) -> Select[Any]:
    rows = base["fact_question_events"]
    answered = (rows.c.kind == "answered") & within(rows, 90)
    return percentiles(rows, rows.c.lag_s, answered, reply_p50=50)


@block("seller")
def confirm_lags(base: Base) -> Select[Any]:
    rows = base["fact_order_events"]
    e = rows.c
    by_hand = (e.kind == "settled") & (e.cause == "shopper") & within(rows, 90)
    return percentiles(rows, e.since_s, by_hand, confirm_lag_p50=50)


@feature("seller", "F1", "ppm", "+", 90)
def on_time_ship_90_ppm(m: Measures) -> Any:
    """Of orders paid in 90 days and shipped, those shipped in the promised time."""
    return rate(m.on_time, m.promised)


@feature("seller", "F2", "ppm", "-", 90)
def seller_cancel_90_ppm(m: Measures) -> Any:
    """Of orders paid in 90 days, those the seller canceled."""
    return rate(m.canceled_by_seller, m.orders_90)


@feature("seller", "F3", "ppm", "-", 90)
def no_stock_cancel_90_ppm(m: Measures) -> Any:
    """Of orders paid in 90 days, those canceled because nothing was left."""
    return rate(m.canceled_no_stock, m.orders_90)


@feature("seller", "F4", "minutes", "-", 90)
def reply_minutes(m: Measures) -> Any:
    """Minutes until a question is answered, the middle one."""
    return div(m.reply_p50, 60)


@feature("seller", "F5", "ppm", "+", 90)
def reply_24h_ppm(m: Measures) -> Any:
    """Of questions at least a day old, those answered within 24 hours."""
    return rate(m.answered_24h, m.asked)


@feature("seller", "L1", "ppm", "+", 90)
def scan_48h_ppm(m: Measures) -> Any:
    """Of parcels sent more than two days ago, those scanned within 48 hours."""
    return rate(m.scanned_48h, m.sent_due)


@feature("seller", "L4", "hours", "-", 90)
def confirm_lag_hours(m: Measures) -> Any:
    """Hours from delivery until the shopper says it came, the middle order."""
    return div(m.confirm_lag_p50, HOUR)


@feature("seller", "L5", "ppm", "-", 90)
def timer_confirmed_90_ppm(m: Measures) -> Any:
    """Of orders paid in 90 days and settled, those closed by the timer."""
    return rate(m.confirmed_by_timer, m.confirmed)


@feature("seller", "L6", "ppm", "+", 90)
def tracked_90_ppm(m: Measures) -> Any:
    """Of parcels sent more than two days ago, those the carrier has scanned."""
    return rate(m.scanned_due, m.sent_due)


@feature("seller", "L2", "ppm", "+", 90)
def on_promise_90_ppm(m: Measures) -> Any:
    """Of parcels delivered in 90 days of which a day was promised, those that came by it."""
    return rate(m.came_in_time, m.promised_days)


cannot("seller", "The mall gives no violation points.", "F6 policy_points_365")
cannot("seller", "The mall does not record who looks at what.", "F8 conversion_rel")
