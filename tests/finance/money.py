"""Short words for money in these tests."""

from core.money import Money


def yuan(text: str) -> Money:
    """`yuan("318.00")`."""
    return Money.parse(text, "CNY")
