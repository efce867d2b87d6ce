"""Limits of the watch with a few of them changed."""

from dataclasses import replace
from typing import Any

from finance.risk.watch import rules
from finance.risk.watch.rules import Limits


def limits(**changes: Any) -> Limits:
    """Those of the settings otherwise."""
    return replace(rules.limits(), **changes)
