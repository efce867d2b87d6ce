"""P and K: where a shop sends its goods, and what was checked about it."""

from typing import Any

from sqlalchemy import CTE, Select, case, select

from finance.risk.features.building import Measures, Sums, block, cannot, feature, named, sums
from finance.risk.features.known import Base
from finance.risk.features.portable import (
    AS_OF,
    PPM,
    count_if,
    div,
    grouped,
    largest,
    rate,
    smallest,
    total,
    total_over,
    within,
)


@block("seller")
def regions(base: Base) -> Select[Any]:
    """Orders by region of delivery."""
    orders = base["fact_orders"]
    by_region = (
        select(
            orders.c.subject,
            orders.c.region,
            count_if(within(orders, 90)).label("orders"),
            smallest(orders.c.known_day).label("first_day"),
        )
        .where(orders.c.region != "")
        .group_by(orders.c.subject, orders.c.region)
        .subquery("by_region")
    )
    every = total_over(by_region.c.orders, by_region.c.subject)
    rows = select(*by_region.c, every.label("every")).subquery("region_shares")
    part = rate(rows.c.orders, rows.c.every)
    return grouped(
        rows,
        region_squares=total(part * part),
        region_orders=total(rows.c.orders),
        region_most=largest(rows.c.orders),
        regions_new=count_if(rows.c.first_day >= AS_OF - 90),
    )


@sums("fact_seller_events", "seller")
def checks(rows: CTE) -> Sums:
    return named(
        licenses=count_if(rows.c.kind == "license"),
        account_changes=count_if(rows.c.kind == "account", within(rows, 30)),
    )


@feature("seller", "P1", "ppm", "+", 90)
def region_spread_ppm(m: Measures) -> Any:
    """How widely orders spread over regions: one less the sum of squared shares."""
    return case((m.region_orders > 0, PPM - div(m.region_squares, PPM)))


@feature("seller", "P2", "ppm", "-", 90)
def top_region_share_ppm(m: Measures) -> Any:
    """Share of orders that go to one region."""
    return rate(m.region_most, m.region_orders)


@feature("seller", "P3", "count", "+", 90)
def new_regions_90(m: Measures) -> Any:
    """Regions reached for the first time."""
    return m.regions_new


@feature("seller", "K2", "0 or 1", "+")
def license_verified(m: Measures) -> Any:
    """Whether the shop's license was verified; until when it is valid is not known."""
    return case((m.licenses > 0, 1), else_=0)


@feature("seller", "K7", "0 or 1", "-", 30)
def recent_change(m: Measures) -> Any:
    """Whether the payout account was changed."""
    return case((m.account_changes > 0, 1), else_=0)


cannot("seller", "Places have no coordinates here.", "P5 distance_p50")
cannot(
    "seller",
    "Only the license is checked and dated; person and site are not.",
    "K1 id_level",
    "K3 account_match",
    "K5 address_verified",
)
cannot("seller", "Shops leave no deposit with the mall.", "K4 deposit_ratio")
cannot("seller", "What a profile looked like on a day is not kept.", "K6 profile_full")
cannot("seller", "Brands' authorizations are not registered.", "K8 brand_rights")
