"""What the mall tells the lender: records of one subject, and relations for scoring."""

from mall.facts import relations
from mall.facts.buyers import buyers_known
from mall.facts.names import (
    SellerFacts,
    approved_sellers,
    category_names,
    commission_ppm,
    person_names,
    products_of,
    seller,
    seller_names,
    seller_of,
    verified_level,
)
from mall.facts.orders import (
    OpenLine,
    OrderFacts,
    category_refund_ppm,
    has_more_orders,
    open_lines,
    order_facts,
)
from mall.facts.sellers import payout_account_changed, reserve_in_force, settled_by_day

__all__ = [
    "OpenLine",
    "OrderFacts",
    "SellerFacts",
    "approved_sellers",
    "buyers_known",
    "category_names",
    "category_refund_ppm",
    "commission_ppm",
    "has_more_orders",
    "open_lines",
    "order_facts",
    "payout_account_changed",
    "person_names",
    "products_of",
    "relations",
    "reserve_in_force",
    "seller",
    "seller_names",
    "seller_of",
    "settled_by_day",
    "verified_level",
]
