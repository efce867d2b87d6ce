"""What a policy would have lost on real months it did not know."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.errors import InvalidInput
from finance.risk.capacity import features
from finance.risk.capacity.panel import Array, Panel, date_of
from finance.risk.capacity.policies import Policy, Question

_TOP = 0.01  # concentration: the share of the largest hundredth of sellers


@dataclass(frozen=True, slots=True)
class Lent:
    """One policy at one budget share over all cut-offs; money in the file's own currency."""

    advanced: Any
    lost: Any
    budget: Any
    funded: int
    active: int
    top_share: Any

    @property
    def loss(self) -> Any:
        """Unpaid at the end of the term, in per cent of what was advanced."""
        return 100 * self.lost / self.advanced if self.advanced else 0.0


def cutoffs_of(panel: Panel, term: int, most: int = 4) -> list[int]:
    """The last days on which a term was still to come whole, a term apart, latest last.

    At least two terms are known before each.
    """
    last = int(panel.stop.max()) - term
    ends = np.unique(panel.stop)
    found: list[int] = []
    while len(found) < most and last - int(panel.start.min()) >= 2 * term:
        fitting = ends[ends <= last + 3]  # quarters are a little longer than ninety days
        if not len(fitting) or fitting[-1] - panel.start.min() < 2 * term - 3:
            break
        found.append(int(fitting[-1]))
        last = found[-1] - term
    if not found:
        raise InvalidInput("The sales are too short: two terms before and one after are needed.")
    sold = [day for day in found if panel.total(panel.sales, day - term, day).max() > 0]
    if not sold:
        raise InvalidInput("Nobody sold anything in the terms before the cut-offs.")
    return sold[::-1]


def snapped(panel: Panel, day: int) -> int:
    """The cut-off that a date means: the start of that day, or of the next when a period ends on it."""
    starts = set(panel.start.tolist())
    return day + 1 if day not in starts and day + 1 in starts | set(panel.stop.tolist()) else day


@dataclass(frozen=True, slots=True)
class Trial:
    """One policy on one file: the same cut-offs, term and remittance for every budget."""

    panel: Panel
    policy: Policy
    term: int
    remittance: Any
    cutoffs: tuple[int, ...]
    memos: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: dict[int, tuple[features.Known, Panel]] = field(default_factory=dict)

    def lent(self, share: Any) -> Lent:
        """What comes of lending this share of all sellers' capacity, over all cut-offs."""
        sums = [self._one(share, day) for day in self.cutoffs]
        lent = Lent(*(sum(values) for values in zip(*sums, strict=True)))
        return replace(lent, top_share=lent.top_share / len(self.cutoffs))

    def capital_at(self, loss: Any) -> Any:
        """The largest share at which at most `loss` per cent is lost; 0 when there is none."""
        low, high = 0.0, 1.0
        for _ in range(10):
            middle = (low + high) / 2
            lent = self.lent(middle)
            fits = lent.loss <= loss and lent.advanced > 0
            low, high = (middle, high) if fits else (low, middle)
        return low

    def _one(self, share: Any, day: int) -> tuple[Any, ...]:
        if day not in self.asked:
            self.asked[day] = (features.known(self.panel, day, self.term), self.panel.known(day))
        known, past = self.asked[day]
        budget = share * self.remittance * known.base.sum()
        memo = self.memos.setdefault(day, {})
        question = Question(past, day, self.term, self.remittance, known.seller, budget, memo)
        advances = self._answer(question)
        if advances.sum() > budget:
            advances = advances * (budget / advances.sum())
        sold = self.panel.total(self.panel.sales, day, day + self.term)[known.seller]
        lost = np.maximum(advances - self.remittance * np.maximum(sold, 0.0), 0.0).sum()
        funded = int((advances > 0).sum())
        return (advances.sum(), lost, budget, funded, len(advances), _top(advances))

    def _answer(self, question: Question) -> Array:
        """What the policy says, as amounts; raises InvalidInput where it is no answer."""
        try:
            answer = np.asarray(self.policy(question), dtype=np.float64)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as wrong:
            raise InvalidInput(f"The policy failed: {type(wrong).__name__}: {wrong}.") from wrong
        if answer.shape != question.sellers.shape or not np.isfinite(answer).all():
            raise InvalidInput("The policy must answer one advance for each active seller.")
        return np.maximum(answer, 0.0)


def _top(advances: Array) -> Any:
    """The share of all money that the largest hundredth of the sellers gets."""
    if not advances.sum():
        return 0.0
    count = max(1, round(_TOP * len(advances)))
    return np.sort(advances)[-count:].sum() / advances.sum()


def described(lent: Lent) -> dict[str, Any]:
    """The figures of a report, rounded."""
    return {
        "loss_percent": round(plain(lent.loss), 4),
        "advanced": round(plain(lent.advanced), 2),
        "lost": round(plain(lent.lost), 2),
        "used_of_budget": round(plain(lent.advanced / lent.budget) if lent.budget else 0.0, 4),
        "coverage": round(lent.funded / lent.active if lent.active else 0.0, 4),
        "top_hundredth_share": round(plain(lent.top_share), 4),
    }


def plain(value: Any) -> Any:
    """numpy's number as Python's."""
    return value.item() if isinstance(value, np.generic) else value


def dates(cutoffs: Sequence[int]) -> list[str]:
    return [date_of(day).isoformat() for day in cutoffs]
