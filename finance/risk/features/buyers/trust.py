"""B: what a shopper says and wants back, and from where."""

from typing import Any

from sqlalchemy import CTE, Select, select

from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    count,
    count_if,
    grouped,
    largest,
    percentiles,
    rate,
    share,
    smallest,
    total,
    total_if,
    within,
)


@sums("fact_refund_events", "buyer")
def wanted_back(rows: CTE) -> Sums:
    r, granted = rows.c, (rows.c.kind == "granted") & within(rows, 365)
    return named(
        back_365=total_if(granted, r.amount),
        back_own_365=total_if(granted & (r.fault == "buyer"), r.amount),
        backs_365=count_if(granted),
        never_came_365=count_if(granted, r.cause == "not_received"),
    )


@sums("fact_orders", "buyer")
def paid(rows: CTE) -> Sums:
    return named(paid_365=total_if(within(rows, 365), rows.c.total))


@sums("fact_dispute_events", "buyer")
def disputed(rows: CTE) -> Sums:
    return named(disputes_lost=count_if(rows.c.kind == "won", within(rows, 365)))


@sums("fact_review_events", "buyer")
def reviewed(rows: CTE) -> Sums:
    return named(reviews_365=count_if(rows.c.kind == "written", within(rows, 365)))


@sums("fact_favorites", "buyer")
def liked(rows: CTE) -> Sums:
    return named(favorites_365=count_if(within(rows, 365)))


@block("buyer")
def favorite_lags(base: Base) -> Select[Any]:
    """Days from a favorite of a year to the first order of that product."""
    marks, lines = base["fact_favorites"], base["fact_order_lines"]
    both = marks.join(
        lines,
        (lines.c.subject == marks.c.subject)
        & (lines.c.product == marks.c.product)
        & (lines.c.known_day >= marks.c.known_day),
    )
    first = (
        select(
            marks.c.subject,
            marks.c.product,
            marks.c.known_day,
            (smallest(lines.c.known_day) - marks.c.known_day).label("days"),
        )
        .select_from(both)
        .where(within(marks, 365))
        .group_by(marks.c.subject, marks.c.product, marks.c.known_day)
        .subquery("marks_first")
    )
    return percentiles(first, first.c.days, mark_p50=50)


@block("buyer")
def devices(base: Base) -> Select[Any]:
    """Devices a shopper was seen with."""
    rows = base["fact_traces"]
    by_device = (
        select(rows.c.subject, rows.c.device, count().label("times"))
        .where(rows.c.device != "", within(rows, 90))
        .group_by(rows.c.subject, rows.c.device)
        .subquery("by_device")
    )
    return grouped(by_device, seen=total(by_device.c.times), seen_most=largest(by_device.c.times))


@sums("fact_payment_tries", "buyer")
def tried(rows: CTE) -> Sums:
    return named(charges_refused=count_if(rows.c.kind == "refused", within(rows, 90)))


@feature("buyer", "B18", "count", "-", 90)
def refused_charges_90(m: Measures) -> Any:
    """Charges that a card or another way to pay refused."""
    return m.charges_refused


@feature("buyer", "B12", "ppm", "+", 90)
def device_stability_ppm(m: Measures) -> Any:
    """Share of checkouts and sign-ins from the device used most."""
    return rate(m.seen_most, m.seen)


@feature("buyer", "B13", "ppm", "-", 365)
def refund_rate_ppm(m: Measures) -> Any:
    """Value given back for the value paid."""
    return share(m.back_365, m.paid_365)


@feature("buyer", "B13b", "ppm", "-", 365)
def refund_own_ppm(m: Measures) -> Any:
    """Value given back for causes of their own, for the value paid."""
    return share(m.back_own_365, m.paid_365)


@feature("buyer", "B13c", "count", "-", 365)
def refunds_365(m: Measures) -> Any:
    """Refunds granted."""
    return m.backs_365


@feature("buyer", "B14", "count", "-", 365)
def no_receipt_claims_365(m: Measures) -> Any:
    """Refunds granted because something never came."""
    return m.never_came_365


@feature("buyer", "B15", "count", "-", 365)
def disputes_lost_365(m: Measures) -> Any:
    """Disputes at the card's bank that the shop won."""
    return m.disputes_lost


@block("buyer")
def honesty(base: Base) -> Select[Any]:
    """Reviews of a year of orders of which money came back by the shop's fault."""
    said, back = base["fact_review_events"], base["fact_refund_events"]
    at_fault = (
        select(back.c.subject, back.c.order_id)
        .where(back.c.kind == "granted", back.c.fault == "seller")
        .group_by(back.c.subject, back.c.order_id)
        .subquery("shops_fault")
    )
    here = (at_fault.c.subject == said.c.subject) & (at_fault.c.order_id == said.c.order_id)
    rows = (
        select(said.c.subject, said.c.stars)
        .select_from(said.join(at_fault, here))
        .where(said.c.kind == "written", within(said, 365))
        .subquery("reviews_of_faults")
    )
    return grouped(rows, faults_said=count(), faults_blamed=count_if(rows.c.stars <= 3))


@feature("buyer", "B16", "ppm", "+", 365)
def review_honesty_ppm(m: Measures) -> Any:
    """Of reviews of orders of which money came back by the shop's fault, those that do not praise
    it: three stars or fewer."""
    return rate(m.faults_blamed, m.faults_said)


@feature("buyer", "B16b", "count", "+", 365)
def reviews_365(m: Measures) -> Any:
    """Reviews written."""
    return m.reviews_365


@feature("buyer", "B17", "days", "0", 365)
def favorite_to_buy_days(m: Measures) -> Any:
    """Days from a favorite to its order, the middle one of those that came."""
    return m.mark_p50


@feature("buyer", "B17b", "count", "+", 365)
def favorites_365(m: Measures) -> Any:
    """Favorites that are still marked."""
    return m.favorites_365


cannot("buyer", "What lies on a balance is the ledger's and not published.", "B19 wallet_median")
cannot("buyer", "Limits used are a lock, not a feature.", "B24 utilization")
cannot(
    "buyer",
    "Shops' grades are worked out from their own facts; a shopper's features read no other grade.",
    "B27 sellers_risk",
)
