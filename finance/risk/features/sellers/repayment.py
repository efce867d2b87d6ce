"""R: how a shop used and repaid what it got."""

from typing import Any

from sqlalchemy import CTE

from finance.risk.features import lending
from finance.risk.features.building import Measures, Sums, cannot, feature, named, sums
from finance.risk.features.portable import count_if, most_if, rate, share, total_if, within

CONTRACTS = lending.contracts.name


@sums(CONTRACTS, "seller")
def contracts(rows: CTE) -> Sums:
    c, year = rows.c, within(rows, 365)
    closed = c.kind == "closed"
    return named(
        closed_well=count_if(closed, c.good == 1, c.days_late <= 7),
        worst_closed=most_if(closed & year, c.days_late),
        minimums_missed=count_if(c.kind == "missed", year),
        lines_pledged=count_if(c.kind == "pledged", year),
        lines_recourse=count_if(c.kind == "recourse", year),
        cards_refused=count_if(c.kind == "refused", within(rows, 90)),
        asked_30=count_if(c.kind == "asked", within(rows, 30)),
        taken_28=total_if((c.kind == "taken") & within(rows, 28), c.amount),
    )


@feature("seller", "R1", "count", "+")
def good_closed(m: Measures) -> Any:
    """Contracts repaid that were never more than seven days late."""
    return m.closed_well


@feature("seller", "R2", "days", "-", 365)
def days_late_closed_365(m: Measures) -> Any:
    """The latest that anything was of contracts that ended; a decision adds those that run."""
    return m.worst_closed


@feature("seller", "R4", "count", "-", 365)
def minimums_missed_365(m: Measures) -> Any:
    """Minimums of sales shares that were missed."""
    return m.minimums_missed


@feature("seller", "R6", "ppm", "-", 365)
def recourse_rate_ppm(m: Measures) -> Any:
    """Times that the shop had to pay back itself, for each line that backed an advance."""
    return rate(m.lines_recourse, m.lines_pledged)


@feature("seller", "R7", "count", "-", 30)
def asked_shares_30(m: Measures) -> Any:
    """Sales shares asked for."""
    return m.asked_30


@feature("seller", "R8", "ppm", "-", 28)
def holdback_load_ppm(m: Measures) -> Any:
    """What advances took from releases, for the net settled sales."""
    return share(m.taken_28, m.net_28)


@feature("seller", "R10", "count", "-", 90)
def card_refusals_90(m: Measures) -> Any:
    """Times that a card refused what had fallen due of a term loan."""
    return m.cards_refused


cannot(
    "seller",
    "How a running contract stands must be current to the second: the decision reads the book.",
    "R3 ahead_behind",
)
cannot("seller", "Limits used are a lock, not a feature.", "R5 use_rate_90")
cannot(
    "seller",
    "What an early payment was of the principal follows from the contract's fold only.",
    "R9 early_share",
)
