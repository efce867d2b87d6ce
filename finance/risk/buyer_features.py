"""What is known of a shopper at the start of a day, as whole numbers for card and rules."""

from collections.abc import Mapping
from datetime import datetime

from core import clock
from finance.risk.engines import kept

FEATURES = (
    "account_age_days",
    "confirmed_orders_365",
    "active_months_12",
    "refund_rate_ppm",
    "no_receipt_claims_365",
    "addresses_365",
    "favorites_365",
    "reviews_365",
    "shared_address_people",
)
Row = Mapping[str, int | None]


def row_of(buyer_id: int, as_of: datetime) -> Row:
    """Every feature as of the start of the day of `as_of`; empty of whom nobody knew by then."""
    return kept.features_of("buyer", buyer_id, clock.day_number(as_of)) or {}


def features_of(row: Row) -> dict[str, int | None]:
    """Those that card and rules read; no name, place or word of the person."""
    return {name: row.get(name) for name in FEATURES}


def usual_month(row: Row) -> int:
    """What the shopper spends here in a month with orders, minor units; 0 without any."""
    return row.get("usual_month") or 0
