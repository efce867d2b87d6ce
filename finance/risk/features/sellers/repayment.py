"""R: how a shop used and repaid what it got."""

from typing import Any

from sqlalchemy import CTE, Select, select

from finance.risk.features import lending
from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    count_if,
    grouped,
    largest,
    most_if,
    rate,
    share,
    total,
    total_if,
    within,
)

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


@block("seller")
def steps_of_shares(base: Base) -> Select[Any]:
    """Of sales shares that run: what had to be repaid by now, and what was."""
    due, events = base[lending.minimums.name], base[CONTRACTS]
    planned = (
        select(due.c.subject, due.c.contract_id, largest(due.c.amount).label("planned"))
        .where(due.c.due_day < AS_OF)
        .group_by(due.c.subject, due.c.contract_id)
        .subquery("minimums_past")
    )
    stands = (
        select(
            events.c.subject,
            events.c.contract_id,
            total_if(events.c.kind == "repaid", events.c.amount).label("repaid"),
            count_if(events.c.kind == "closed").label("closed"),
        )
        .group_by(events.c.subject, events.c.contract_id)
        .subquery("contracts_stand")
    )
    here = stands.c.subject == planned.c.subject
    both = planned.join(stands, here & (stands.c.contract_id == planned.c.contract_id))
    named = (planned.c.subject, planned.c.planned, stands.c.repaid)
    rows = select(*named).select_from(both).where(stands.c.closed == 0).subquery("shares_run")
    return grouped(rows, share_planned=total(rows.c.planned), share_repaid=total(rows.c.repaid))


@feature("seller", "R3", "ppm", "+")
def ahead_behind_ppm(m: Measures) -> Any:
    """What was repaid of running sales shares above what their minimums asked for by then."""
    return share(m.share_repaid - m.share_planned, m.share_planned)


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


cannot("seller", "Limits used are a lock, not a feature.", "R5 use_rate_90")
cannot(
    "seller",
    "What an early payment was of the principal follows from the contract's fold only.",
    "R9 early_share",
)
