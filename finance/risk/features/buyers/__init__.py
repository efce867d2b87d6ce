"""What is known of shoppers: buying, trust, paying in parts."""

from finance.risk.features.buyers import buying, paying, trust

__all__ = ["buying", "paying", "trust"]
