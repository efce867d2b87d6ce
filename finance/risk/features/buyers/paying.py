"""B: how a shopper paid what was bought in parts."""

from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from finance.risk.features import lending
from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    count_if,
    grouped,
    largest,
    least_if,
    most_of,
    percentiles,
    share,
    smallest,
    times,
    total_if,
    within,
)

PLANS, ROWS = lending.plans.name, lending.plan_rows.name


@sums(PLANS, "buyer")
def plans(rows: CTE) -> Sums:
    p = rows.c
    return named(
        plans_opened=count_if(p.kind == "opened"),
        plans_closed=count_if(p.kind == "closed"),
        plans_good=count_if(p.kind == "closed", p.good == 1),
        fees_waived=count_if(p.kind == "waived", within(rows, 365)),
    )


def _payments(base: Base) -> CTE:
    """One row for each payment of a plan: due, amount, and when it was paid."""
    rows = base[ROWS]

    def make() -> CTE:
        return (
            select(
                rows.c.subject,
                rows.c.row_id,
                smallest(rows.c.due_day).label("due_day"),
                largest(rows.c.amount).label("amount"),
                least_if(rows.c.kind == "paid", rows.c.known_day).label("paid_day"),
            )
            .group_by(rows.c.subject, rows.c.row_id)
            .cte("payments")
        )

    return base.kept("payments", make)


@block("buyer")
def lateness(base: Base) -> Select[Any]:
    """How late payments of a year were, and what falls due in the next 30 days."""
    rows = _payments(base)
    p = rows.c
    fell_due = (p.due_day < AS_OF) & (p.due_day >= AS_OF - 365)
    late = most_of(func.coalesce(p.paid_day, AS_OF) - p.due_day, 0)
    soon = p.paid_day.is_(None) & (p.due_day >= AS_OF) & (p.due_day < AS_OF + 30)
    return grouped(
        rows,
        late_most=largest(case((fell_due, late))),
        due_soon=total_if(soon, p.amount),
    )


@block("buyer")
def earliness(base: Base) -> Select[Any]:
    rows = _payments(base)
    p = rows.c
    past = (p.due_day < AS_OF) & (p.due_day >= AS_OF - 365)
    return percentiles(rows, p.due_day - p.paid_day, past, early_p50=50)


@feature("buyer", "B21", "days", "+", 365)
def days_early(m: Measures) -> Any:
    """Days that payments came before they were due, the middle one; below zero when late."""
    return m.early_p50


@feature("buyer", "B22", "days", "-", 365)
def days_late_max_365(m: Measures) -> Any:
    """The latest that a payment was; null when none fell due."""
    return m.late_most


@feature("buyer", "B23", "count", "-", 365)
def late_fees_waived_365(m: Measures) -> Any:
    """Late fees that were waived."""
    return m.fees_waived


@feature("buyer", "B25", "count", "-")
def plans_open(m: Measures) -> Any:
    """Plans that ran at the start of the day."""
    return m.plans_opened - m.plans_closed


@feature("buyer", "B25b", "count", "+")
def plans_paid(m: Measures) -> Any:
    """Plans that were paid to the end."""
    return m.plans_good


@feature("buyer", "B26", "ppm", "-", 365)
def plan_to_spend_ppm(m: Measures) -> Any:
    """What falls due in 30 days against the spending of a month with orders."""
    months = times(getattr(m, f"spent_{i}") > 0 for i in range(12))
    return share(m.due_soon * months, m.spend_365)
