"""Rules that say how much to advance to whom, out of one budget."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import InvalidInput
from finance.risk.capacity import features
from finance.risk.capacity.model import Forecast
from finance.risk.capacity.panel import Array, Panel


@dataclass(frozen=True, slots=True)
class Question:
    """What a policy is asked at the start of `day`; `panel` holds nothing later.

    term         days until everything should be repaid
    remittance   share of each sale that is remitted
    sellers      places of the active sellers in the panel
    budget       what may be lent together
    memo         kept for the next question about the same day, so that what was learned for
                 one budget serves the others
    """

    panel: Panel
    day: int
    term: int
    remittance: Any
    sellers: Array
    budget: Any
    memo: dict[str, Any]


Policy = Callable[[Question], Array]
"""Advances in the order of `question.sellers`; above the budget they are scaled down."""


def naive(question: Question) -> Array:
    """The last thirty days of sales, from three months of trading on."""
    known = features.known(question.panel, question.day, question.term)
    return np.where(known.age >= 90, known.month, 0.0)


def shipped(question: Question) -> Array:
    """Each seller at the same quantile of what it will remit, the whole budget lent.

    Then the last yuan lent to each seller is lost with the same chance, which is the least loss
    one budget can have (the newsvendor's condition with a common budget).
    """
    asked = (question.panel, question.day, question.term)
    if "distribution" not in question.memo:
        known = features.known(*asked)
        question.memo["distribution"] = Forecast.learn(*asked).distribution(known)
    return share_out(question.memo["distribution"], question.remittance, question.budget)


def share_out(distribution: Any, remittance: Any, budget: Any) -> Array:
    """The advances whose sum is the budget at one common quantile (found by halving)."""
    low, high = 0.0, 1.0
    for _ in range(50):
        level = (low + high) / 2
        if remittance * distribution.quantile(level).sum() < budget:
            low = level
        else:
            high = level
    return remittance * distribution.quantile(low)


def named(name: str) -> Policy:
    """`naive`, `shipped`, or your own as `package.module:function`; raises InvalidInput."""
    ours = {"naive": naive, "shipped": shipped}
    if name in ours:
        return ours[name]
    place, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(place), function)
    except (ImportError, AttributeError, ValueError) as wrong:
        text = f"There is no policy {name}. Say naive, shipped or package.module:function."
        raise InvalidInput(text) from wrong
    if not callable(found):
        raise InvalidInput(f"{name} is no function.")
    policy: Policy = found
    return policy
