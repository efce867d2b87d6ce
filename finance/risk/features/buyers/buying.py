"""B: what a shopper buys here, how steadily, and where it is sent."""

from typing import Any

from sqlalchemy import CTE, Select, case, select

from finance.risk.features.building import Measures, Sums, block, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    between,
    count,
    count_if,
    distances,
    div,
    grouped,
    largest,
    percentiles,
    rate,
    share,
    smallest,
    swing,
    times,
    total,
    total_if,
    within,
)

MONTH = 30
NIGHT = 6  # o'clock


def _bought(base: Base) -> CTE:
    """Orders of a year that were not canceled."""
    orders, events = base["fact_orders"], base["fact_order_events"]

    def make() -> CTE:
        gone = (
            select(events.c.order_id)
            .where(events.c.kind == "canceled")
            .group_by(events.c.order_id)
            .subquery("canceled")
        )
        rows = orders.outerjoin(gone, gone.c.order_id == orders.c.order_id)
        here = (gone.c.order_id.is_(None), within(orders, 365))
        return select(*orders.c).select_from(rows).where(*here).cte("bought")

    return base.kept("bought", make)


@block("buyer")
def purchases(base: Base) -> Select[Any]:
    rows = _bought(base)
    b = rows.c
    months = {f"spent_{i}": count_if(between(rows, MONTH * i, MONTH * (i + 1))) for i in range(12)}
    return grouped(
        rows,
        bought_365=count(),
        spend_365=total(b.total),
        bought_90=count_if(within(rows, 90)),
        spend_91=total_if(within(rows, 91), b.total),
        spend_91_before=total_if(between(rows, 91, 182), b.total),
        credit_365=total_if(b.on_credit == 1, b.total),
        night_365=count_if(b.hour < NIGHT),
        **months,
    )


@block("buyer")
def basket_middle(base: Base) -> Select[Any]:
    rows = _bought(base)
    return percentiles(rows, rows.c.total, basket_p50=50)


@block("buyer")
def basket_spread(base: Base) -> Select[Any]:
    rows = _bought(base)
    return distances(rows, rows.c.total, "basket")


@block("buyer")
def places(base: Base) -> Select[Any]:
    """Places a shopper's parcels of a year went to."""
    rows = base["fact_orders"]
    by_place = (
        select(rows.c.subject, rows.c.place, count().label("orders"))
        .where(rows.c.place.is_not(None), within(rows, 365))
        .group_by(rows.c.subject, rows.c.place)
        .subquery("by_place")
    )
    return grouped(
        by_place,
        places_365=count(),
        place_orders=total(by_place.c.orders),
        place_most=largest(by_place.c.orders),
    )


@block("buyer")
def neighbors(base: Base) -> Select[Any]:
    """Other people at the same places; each once."""
    rows = base["fact_shared_places"]
    others = (
        select(rows.c.subject, rows.c.other_id)
        .group_by(rows.c.subject, rows.c.other_id)
        .subquery("others")
    )
    return grouped(others, people_there=count())


@sums("fact_buyers", "buyer")
def account(rows: CTE) -> Sums:
    return named(born_day=smallest(rows.c.known_day), level=largest(rows.c.verified_level))


@sums("fact_order_events", "buyer")
def received(rows: CTE) -> Sums:
    settled = (rows.c.kind == "settled") & (rows.c.paid_day >= AS_OF - 365)
    return named(received_365=count_if(settled))


@feature("buyer", "B1", "days", "+")
def account_age_days(m: Measures) -> Any:
    """Days since the account was opened, or since the first imported order."""
    return AS_OF - m.born_day


@feature("buyer", "B2", "level", "+")
def verified_level(m: Measures) -> Any:
    """What is verified: 0 e-mail, 1 phone, 2 identity."""
    return m.level


@feature("buyer", "B3", "count", "+", 365)
def confirmed_orders_365(m: Measures) -> Any:
    """Orders paid in 365 days and received."""
    return m.received_365


@feature("buyer", "B4", "count", "+", 360)
def active_months_12(m: Measures) -> Any:
    """Of twelve stretches of 30 days, those with an order that was not canceled."""
    return times(getattr(m, f"spent_{i}") > 0 for i in range(12))


@feature("buyer", "B5", "money", "0", 365)
def basket_median(m: Measures) -> Any:
    """The middle order."""
    return m.basket_p50


@feature("buyer", "B6", "ppm", "-", 365)
def basket_swing_ppm(m: Measures) -> Any:
    """Mean distance of an order from the mean order, against that; of three at least."""
    return swing(m.basket_n, m.basket_sum, m.basket_away, 3)


@feature("buyer", "B7", "ppm", "+", 91, 182)
def spend_trend_ppm(m: Measures) -> Any:
    """Spending of the last 91 days against the 91 before."""
    before = m.spend_91_before
    return case((before > 0, share(m.spend_91 - before, before)))


@feature("buyer", "B8", "ppm", "0", 365)
def night_share_ppm(m: Measures) -> Any:
    """Orders paid from midnight to six; watched for fairness, never scored."""
    return rate(m.night_365, m.bought_365)


@feature("buyer", "B9", "count", "-", 365)
def addresses_365(m: Measures) -> Any:
    """Different places parcels went to."""
    return m.places_365


@feature("buyer", "B10", "ppm", "+", 365)
def address_stability_ppm(m: Measures) -> Any:
    """Share of orders that went to the place used most."""
    return rate(m.place_most, m.place_orders)


@feature("buyer", "B11", "count", "-")
def shared_address_people(m: Measures) -> Any:
    """Other people who had parcels sent to one of these places."""
    return m.people_there


@feature("buyer", "B20", "ppm", "+", 365)
def pay_now_share_ppm(m: Measures) -> Any:
    """Share of the spending that was paid at once, not with the mall's credit."""
    return share(m.spend_365 - m.credit_365, m.spend_365)


@feature("buyer", "B4b", "money", "+", 365)
def usual_month(m: Measures) -> Any:
    """Spending of a month with orders, the mean."""
    months = times(getattr(m, f"spent_{i}") > 0 for i in range(12))
    return div(m.spend_365, months)


@feature("buyer", "B28", "days", "-")
def recency_days(m: Measures) -> Any:
    """Days since the last paid order."""
    return AS_OF - m.last_paid_day


@feature("buyer", "B29", "count", "+", 90)
def orders_90(m: Measures) -> Any:
    """Orders that were not canceled."""
    return m.bought_90


@feature("buyer", "B30", "money", "+", 365)
def spend_365(m: Measures) -> Any:
    """What was paid for orders that were not canceled."""
    return m.spend_365
