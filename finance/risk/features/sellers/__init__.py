"""What is known of shops, family by family."""

from finance.risk.features.sellers import amount, disputes, partner, performance, time

__all__ = ["amount", "disputes", "partner", "performance", "time"]
