"""What the lender sells to shoppers and at which terms, by the country's rules; data, never code."""

from finance.products.installments import Installments, LateRule
from finance.products.shelf import CN, REGIMES, installments, product, shelf

__all__ = [
    "CN",
    "REGIMES",
    "Installments",
    "LateRule",
    "installments",
    "product",
    "shelf",
]
