"""How groups of people, and months, fare by one card: approvals, errors, calibration, stability.

Every figure is of rows the model had not seen. Columns compared are never part of the card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training import measures

Array = npt.NDArray[Any]
LEAST = 30  # a smaller group says nothing
FOUR_FIFTHS = 0.8
_WIDE = 1.959964  # 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Group:
    """How one group of people fares when the same share of all is approved.

    approved       its approval rate; `difference` less the highest group's
    impact_ratio   its approval rate over the highest group's (AIR; four fifths is the usual
                   line), with the ends of its 95 % interval
    good_approved  the share of its good ones approved (equal opportunity)
    bad_rate       what came, and `said` what the card expected: apart, the card is calibrated
                   for others
    """

    name: str
    count: int
    approved: Any
    difference: Any
    impact_ratio: Any
    impact_low: Any
    impact_high: Any
    good_approved: Any
    bad_rate: Any
    said: Any

    @property
    def passes(self) -> bool:
        """Whether the ratio reaches four fifths."""
        return bool(self.impact_ratio >= FOUR_FIFTHS)


def by_group(bad: Array, chance: Array, group: Array, approve_share: Any) -> list[Group]:
    """Each group of thirty or more, when the best `approve_share` of all are approved."""
    yes = chance <= np.quantile(chance, approve_share)
    names = [name for name in np.unique(group) if (group == name).sum() >= LEAST]
    if not names:
        return []
    best = max(names, key=lambda name: yes[group == name].mean())
    return [_group(str(name), bad, chance, yes, group == name, group == best) for name in names]


def _group(name: str, bad: Array, chance: Array, yes: Array, mine: Array, best: Array) -> Group:
    rate, top, good = yes[mine].mean(), yes[best].mean(), mine & (bad == 0)
    ratio = rate / top if top else 1.0
    low, high = _interval(rate, int(mine.sum()), top, int(best.sum()), ratio)
    return Group(
        name=name,
        count=int(mine.sum()),
        approved=rate,
        difference=rate - top,
        impact_ratio=ratio,
        impact_low=low,
        impact_high=high,
        good_approved=yes[good].mean() if good.any() else 0.0,
        bad_rate=bad[mine].mean(),
        said=chance[mine].mean(),
    )


def _interval(rate: Any, count: int, top: Any, most: int, ratio: Any) -> tuple[Any, Any]:
    """Of a ratio of two shares, by its logarithm (Katz, 1978); the ratio itself at 0 and 1."""
    if not rate > 0 or not top > 0 or (rate == 1 and top == 1):
        return ratio, ratio
    spread = _WIDE * np.sqrt((1 - rate) / (count * rate) + (1 - top) / (most * top))
    return ratio * np.exp(-spread), ratio * np.exp(spread)


@dataclass(frozen=True, slots=True)
class Month:
    """The rows of one month: how many, what came and what was said, how well ranked, how far moved.

    psi    of the score, against the first month; auc None where all ended alike
    """

    name: str
    count: int
    bad_rate: Any
    said: Any
    auc: Any
    psi: Any


def by_month(bad: Array, chance: Array, raw: Array, month: Sequence[str]) -> list[Month]:
    """In the order of their names (`2026-03`), those of thirty rows or more."""
    names = np.array(month)
    kept = [name for name in np.unique(names) if (names == name).sum() >= LEAST]
    if not kept:
        return []
    first = raw[names == kept[0]]
    return [_month(str(name), bad, chance, raw, names == name, first) for name in kept]


def _month(name: str, bad: Array, chance: Array, raw: Array, mine: Array, first: Array) -> Month:
    ended = bad[mine]
    mixed = 0 < ended.sum() < len(ended)
    return Month(
        name=name,
        count=len(ended),
        bad_rate=ended.mean(),
        said=chance[mine].mean(),
        auc=measures.auc(ended, -raw[mine]) if mixed else None,
        psi=measures.psi(first, raw[mine]),
    )


def month_names(column: Sequence[str]) -> list[str]:
    """`2026-03-14` and `2026-03` are `2026-03`; anything else stays as it is."""
    return [text[:7] if len(text) >= 7 and text[4:5] == "-" else text for text in column]
