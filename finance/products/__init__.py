"""What the lender sells to shoppers and at which terms, by the country's rules; data, never code."""

from finance.products.installments import Installments, LateRule
from finance.products.line import Line
from finance.products.shelf import CN, REGIMES, installments, line, product, shelf

__all__ = [
    "CN",
    "REGIMES",
    "Installments",
    "LateRule",
    "Line",
    "installments",
    "line",
    "product",
    "shelf",
]
