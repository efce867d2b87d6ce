"""What is known of shops, family by family."""

from finance.risk.features.sellers import (
    amount,
    disputes,
    goods,
    opinions,
    partner,
    performance,
    pricing,
    repayment,
    rhythm,
    standing,
    time,
    usual,
)

__all__ = [
    "amount",
    "disputes",
    "goods",
    "opinions",
    "partner",
    "performance",
    "pricing",
    "repayment",
    "rhythm",
    "standing",
    "time",
    "usual",
]
