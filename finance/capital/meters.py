"""Reasons with meters, as the page's component wants them."""

from typing import Any

from finance.risk.outcome import Outcome


def reasons_of(outcome: Outcome) -> list[dict[str, Any]]:
    """Each reason with its text, what would change it, and its meter."""
    return [_reason(why) for why in outcome.reasons]


def _reason(why: Any) -> dict[str, Any]:
    said = {"text": why.text, "change": why.change, "code": why.code}
    if why.value is None or not why.target:
        return said
    top = max(why.value, why.target, 1)
    meter = {"value": max(0, why.value), "target": why.target, "limit": top * 5 // 4}
    return said | meter | {"value_text": "the mark is where it must be"}
