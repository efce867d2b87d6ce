"""A plain rule to compare with: a logistic for falling silent, a ridge for how much is sold otherwise.

`flask capital backtest --sales FILE --policy benchmarks.dice_hurdle:hurdle`
"""

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from finance.risk.capacity.policies import Question

Array = npt.NDArray[Any]
_HUNDREDTHS = np.linspace(0.0005, 0.9995, 1999)
_NORMAL = np.array([NormalDist().inv_cdf(each) for each in _HUNDREDTHS.tolist()])


class Hurdle:
    """P(nothing) and, of the rest, a normal law of the log of the ratio."""

    def __init__(self, base: Array, silent: Array, middle: Array, spread: Any) -> None:
        self.base, self.silent, self.middle, self.spread = base, silent, middle, spread

    def quantile(self, chance: Any) -> Array:
        """What each shop falls short of with this chance."""
        rest = (chance - self.silent) / (1 - self.silent)
        ratio = np.exp(self.middle + self.spread * np.interp(rest, _HUNDREDTHS, _NORMAL))
        return np.where(rest <= 0, 0.0, self.base * ratio)


def hurdle(question: "Question") -> Array:
    """Everyone at the same quantile of it; learned from the same earlier terms as ours."""
    from finance.risk.capacity.policies import share_out

    if "hurdle" not in question.memo:
        question.memo["hurdle"] = _learned(question)
    return share_out(question.memo["hurdle"], question.remittance, question.budget)


def _learned(question: "Question") -> Hurdle:
    from finance.risk.capacity.model import cuts_before

    asked = (question.panel, question.term)
    known, silent, logs = [], [], []
    for day in cuts_before(question.panel, question.day, question.term):
        base, x, sellers = _seen(*asked, day)
        came = question.panel.total(question.panel.sales, day, day + question.term)[sellers]
        known.append(x)
        silent.append(came <= 0)
        logs.append(np.clip(np.log(np.maximum(came, 1e-9) / base), -4, 3))
    x, quiet, log = np.vstack(known), np.concatenate(silent), np.concatenate(logs)
    middle, size = x.mean(axis=0), x.std(axis=0) + 1e-9
    middle[0], size[0] = 0.0, 1.0

    def usual(values: Array) -> Array:
        return np.clip((values - middle) / size, -3, 3)

    x = usual(x)
    odds, slope = _logistic(x, quiet), _ridge(x[~quiet], log[~quiet])
    spread = (log[~quiet] - x[~quiet] @ slope).std()
    base, now, _ = _seen(*asked, question.day)
    now = usual(now)
    return Hurdle(base, 1 / (1 + np.exp(-now @ odds)), now @ slope, spread)


def _seen(panel: Any, term: int, day: int) -> tuple[Array, Array, Array]:
    """Base, features (orders of four terms, sales of two, age, reviews), sellers."""
    from finance.risk.capacity import features

    past = panel.known(day)
    known = features.known(panel, day, term)
    spans = [(day - (back + 1) * term, day - back * term) for back in range(4)]
    sums = [past.total(past.orders, *span) for span in spans]
    sums += [np.maximum(past.total(past.sales, *span), 0) for span in spans[:2]]
    logs = [np.log1p(each[known.seller]) for each in sums]
    told = [known.x[:, features.NAMES.index(name)] for name in ("on_time", "review")]
    ones = np.ones(len(known.seller))
    return known.base, np.column_stack([ones, *logs, np.log(known.age), *told]), known.seller


def _logistic(x: Array, y: Array) -> Array:
    weights, firm = np.zeros(x.shape[1]), np.eye(x.shape[1])
    firm[0, 0] = 1e-6
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ weights))
        bend = (x.T * (chance * (1 - chance))) @ x + firm
        weights = weights + np.linalg.solve(bend, x.T @ (y - chance) - firm @ weights)
    return weights


def _ridge(x: Array, y: Array) -> Array:
    found: Array = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ y)
    return found
