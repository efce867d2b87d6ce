"""D: what shoppers want back, and why."""

from typing import Any

from sqlalchemy import Select

from finance.risk.features.building import Base, Measures, block, feature
from finance.risk.features.portable import count_if, grouped, share, total_if, within


@block("seller")
def given_back(base: Base) -> Select[Any]:
    rows = base["fact_refund_events"]
    r = rows.c
    granted = r.kind == "granted"
    return grouped(
        rows,
        back_28=total_if(granted & within(rows, 28), r.amount),
        back_90=total_if(granted & within(rows, 90), r.amount),
        back_180=total_if(granted & within(rows, 180), r.amount),
        fault_90=total_if(granted & within(rows, 90) & (r.fault == "seller"), r.amount),
        refunds_asked=count_if(r.kind == "asked"),
        refunds_decided=count_if(r.kind.in_(("granted", "rejected")), r.imported == 0),
    )


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


@feature("seller", "D9", "count", "-")
def open_refunds(m: Measures) -> Any:
    """Refunds asked and not decided."""
    return m.refunds_asked - m.refunds_decided
