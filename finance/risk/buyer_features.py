"""A shopper's features: what the mall's record says, as whole numbers for the card."""

from dataclasses import fields
from typing import Any

from mall.facts import BuyerRecord

_READ = (
    "account_age_days",
    "verified_level",
    "confirmed_orders_365",
    "active_months_12",
    "refund_rate_ppm",
    "no_receipt_claims_365",
    "addresses_365",
    "favorites_365",
    "reviews_365",
    "shared_address_people",
)
FEATURES = tuple(field.name for field in fields(BuyerRecord) if field.name in _READ)


def features_of(record: BuyerRecord) -> dict[str, int | None]:
    """The record's counts and shares by name; no name, place or word of the person."""
    found: dict[str, Any] = {name: getattr(record, name) for name in FEATURES}
    return found


def usual_month(record: BuyerRecord) -> int:
    """What the shopper spends here in a usual month, minor units.

    The median of twelve months counts months without orders as nothing, so for a young
    account the mean of the months with orders is the better measure; the larger one counts.
    """
    mean = record.spend_365.minor // max(1, record.active_months_12)
    return max(record.median_month_spend.minor, mean)
