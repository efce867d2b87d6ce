"""M: what a shop sells, and whether it grows, swings or falls."""

from typing import Any

from sqlalchemy import Select, case

from finance.risk.features.building import Base, Measures, block, feature
from finance.risk.features.portable import (
    between,
    grouped,
    least_of,
    most_of,
    share,
    total_if,
    within,
)

LIMIT = 2_000_000  # growth beyond threefold, or what is as far below, says no more


@block("seller")
def net(base: Base) -> Select[Any]:
    """Net settled sales over windows."""
    rows = base["fact_settlements"]
    amount = rows.c.amount
    return grouped(
        rows,
        net_28=total_if(within(rows, 28), amount),
        net_28_before=total_if(between(rows, 28, 56), amount),
        net_28_year_ago=total_if(between(rows, 365, 393), amount),
        net_90=total_if(within(rows, 90), amount),
        net_91=total_if(within(rows, 91), amount),
        net_91_before=total_if(between(rows, 91, 182), amount),
        net_365=total_if(within(rows, 365), amount),
    )


def rise(now: Any, before: Any) -> Any:
    """How much more than before, in millionths of that; NULL when there was nothing before."""
    return case((before > 0, share(now - before, before)))


@feature("seller", "M1", "money", "+", 90)
def net_90(m: Measures) -> Any:
    """Settled sales less what was given back."""
    return m.net_90


@feature("seller", "M2", "money", "+", 365)
def net_365(m: Measures) -> Any:
    """Settled sales less what was given back."""
    return m.net_365


@feature("seller", "M3", "ppm", "~", 28, 56)
def growth_28_ppm(m: Measures) -> Any:
    """Net of the last 28 days against the 28 before, held between -2 and 2."""
    return least_of(most_of(rise(m.net_28, m.net_28_before), -LIMIT), LIMIT)


@feature("seller", "M3b", "ppm", "+", 91, 182)
def growth_ppm(m: Measures) -> Any:
    """Net of the last 91 days against the 91 before."""
    return rise(m.net_91, m.net_91_before)


@feature("seller", "M4", "ppm", "+", 28, 393)
def yoy_ppm(m: Measures) -> Any:
    """Net of the last 28 days against the same days a year ago."""
    return rise(m.net_28, m.net_28_year_ago)
