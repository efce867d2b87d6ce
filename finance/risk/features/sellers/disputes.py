"""D: what shoppers want back, and why."""

from typing import Any

from sqlalchemy import CTE, Select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    count_if,
    div,
    percentiles,
    rate,
    share,
    total_if,
    within,
)


@sums("fact_refund_events", "seller")
def given_back(rows: CTE) -> Sums:
    r = rows.c
    granted = r.kind == "granted"
    return named(
        back_28=total_if(granted & within(rows, 28), r.amount),
        back_90=total_if(granted & within(rows, 90), r.amount),
        back_180=total_if(granted & within(rows, 180), r.amount),
        fault_90=total_if(granted & within(rows, 90) & (r.fault == "seller"), r.amount),
        refunds_asked=count_if(r.kind == "asked"),
        refunds_decided=count_if(r.kind.in_(("granted", "rejected")), r.imported == 0),
    )


@sums("fact_refund_events", "seller")
def lost_parcels(rows: CTE) -> Sums:
    gone = (rows.c.kind == "granted") & rows.c.cause.in_(("damaged", "not_received"))
    return named(lost_90=count_if(gone, within(rows, 90)))


@block("seller")
def refund_lags(base: Base) -> Select[Any]:
    rows = base["fact_refund_events"]
    granted = (rows.c.kind == "granted") & within(rows, 90)
    return percentiles(rows, rows.c.lag_s, granted, refund_p50=50)


@sums("fact_dispute_events", "seller")
def disputed(rows: CTE) -> Sums:
    d, year = rows.c, within(rows, 365)
    return named(
        disputes_90=count_if(d.kind == "opened", within(rows, 90)),
        disputes_365=count_if(d.kind == "opened", year),
        disputes_closed=count_if(d.kind != "opened", year),
        disputes_lost=count_if(d.kind == "lost", year),
    )


@block("seller")
def dispute_lags(base: Base) -> Select[Any]:
    rows = base["fact_dispute_events"]
    closed = (rows.c.kind != "opened") & within(rows, 365)
    return percentiles(rows, rows.c.lag_s, closed, dispute_p50=50)


@sums("fact_orders", "seller")
def by_card(rows: CTE) -> Sums:
    return named(card_orders_365=count_if(rows.c.on_card == 1, within(rows, 365)))


@feature("seller", "D1", "ppm", "-", 90)
def refund_rate_90_ppm(m: Measures) -> Any:
    """Value given back for the value paid."""
    return share(m.back_90, m.paid_90)


@feature("seller", "D2", "ppm", "-", 28, 180)
def refund_trend_ppm(m: Measures) -> Any:
    """Refund rate of 28 days less that of 180."""
    return share(m.back_28, m.paid_28) - share(m.back_180, m.paid_180)


@feature("seller", "D2b", "ppm", "-", 28, 90)
def refund_rise_ppm(m: Measures) -> Any:
    """Refund rate of 28 days less that of 90."""
    return share(m.back_28, m.paid_28) - share(m.back_90, m.paid_90)


@feature("seller", "D3", "ppm", "-", 90)
def fault_rate_90_ppm(m: Measures) -> Any:
    """Value given back by the seller's fault for the value paid."""
    return share(m.fault_90, m.paid_90)


@feature("seller", "D3b", "ppm", "-", 90)
def fault_refund_ppm(m: Measures) -> Any:
    """Of the value given back, what was the seller's fault."""
    return share(m.fault_90, m.back_90)


@feature("seller", "D4", "ppm", "-", 90)
def dispute_rate_90_ppm(m: Measures) -> Any:
    """Disputes at cards' banks for each paid order."""
    return rate(m.disputes_90, m.orders_90)


@feature("seller", "D5", "ppm", "-", 365)
def dispute_lost_ppm(m: Measures) -> Any:
    """Of disputes decided, those lost."""
    return rate(m.disputes_lost, m.disputes_closed)


@feature("seller", "D6", "days", "-", 365)
def dispute_days(m: Measures) -> Any:
    """Days until a dispute is decided, the middle one."""
    return div(m.dispute_p50, 86_400)


@feature("seller", "D7", "ppm", "-", 365)
def chargeback_rate_ppm(m: Measures) -> Any:
    """Disputes opened for each order paid by card."""
    return rate(m.disputes_365, m.card_orders_365)


@feature("seller", "D8", "hours", "-", 90)
def refund_hours(m: Measures) -> Any:
    """Hours until a refund is granted, the middle one."""
    return div(m.refund_p50, 3_600)


@feature("seller", "L3", "ppm", "-", 90)
def loss_damage_ppm(m: Measures) -> Any:
    """Refunds for what was damaged or never came, for each parcel sent."""
    return rate(m.lost_90, m.sent_90)


@feature("seller", "D9", "count", "-")
def open_refunds(m: Measures) -> Any:
    """Refunds asked and not decided."""
    return m.refunds_asked - m.refunds_decided
