"""The features of sellers and buyers: one definition, the same SQL text in every engine.

`text("seller")` is the SELECT for everyone, `text("seller", one=True)` for `:subject`; both as of
the start of day `:as_of`, over the relations of `mall.facts.published` (docs/features.md).
"""

from finance.risk.features import buyers, habits, lending, norms, sellers
from finance.risk.features.building import (
    Feature,
    Missing,
    assemble,
    build,
    features_of,
    missing_of,
    text,
)
from finance.risk.features.known import KEYS

__all__ = [
    "KEYS",
    "Feature",
    "Missing",
    "assemble",
    "build",
    "buyers",
    "features_of",
    "habits",
    "lending",
    "missing_of",
    "norms",
    "sellers",
    "text",
]
