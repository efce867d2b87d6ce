"""The features of sellers and buyers: one definition, the same SQL text in every engine.

`text("seller")` is the SELECT for everyone, `text("seller", one=True)` for `:subject`; both as of
the start of day `:as_of`, over the relations of `mall.facts.published` (docs/features.md).
"""

from finance.risk.features import buyers, lending, sellers
from finance.risk.features.building import (
    KEYS,
    Feature,
    Missing,
    assemble,
    build,
    features_of,
    missing_of,
    text,
)

__all__ = [
    "KEYS",
    "Feature",
    "Missing",
    "assemble",
    "build",
    "buyers",
    "features_of",
    "lending",
    "missing_of",
    "sellers",
    "text",
]
