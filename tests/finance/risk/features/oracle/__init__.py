"""Every feature in plain Python, from rows, knowing nothing of SQL."""

from tests.finance.risk.features.oracle import (
    amount,
    disputes,
    goods,
    opinions,
    partner,
    performance,
    pricing,
    repayment,
    shopper,
    standing,
    time,
    usual,
)
from tests.finance.risk.features.oracle.seeing import SHOP, SHOPPER, Seen, by_subject

__all__ = [
    "SHOP",
    "SHOPPER",
    "Seen",
    "amount",
    "by_subject",
    "disputes",
    "goods",
    "opinions",
    "partner",
    "performance",
    "pricing",
    "repayment",
    "shopper",
    "standing",
    "time",
    "usual",
]
