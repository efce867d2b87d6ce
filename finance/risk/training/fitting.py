"""An additive model in steps: each feature's shape is learned in turn and kept monotone.

Cyclic boosting of one small tree a feature and round, as in explainable boosting machines (Lou,
Caruana and Gehrke, 2012), without interactions, so that the result is a points table. Several
bags with their own held-out part stop early and are averaged; the direction of each feature is
read off a first, free fit, because only there the other features have had their say.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FREE, UP, DOWN = 0, 1, -1
_QUICK = 3  # straight lines are found in longer steps
_SHY = 5  # how much firmer a name's own step is held
_MANY, _MORE_BAGS = 3_000, 3  # fewer rows are cheap to learn from, and want more bags


@dataclass(frozen=True, slots=True)
class Pace:
    """How the fit goes; the defaults served every data set it was tried on."""

    bags: int = 6
    rounds: int = 1_000
    rate: Any = 0.05
    ridge: Any = 1.0
    leaves: int = 3
    least: Any = 2.0  # information a leaf must hold
    held_out: int = 8  # one part of so many decides when to stop
    patience: int = 40
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Additive:
    """log odds = start + Σ shapes[j][bin of feature j]."""

    start: Any
    shapes: tuple[Array, ...]
    directions: tuple[int, ...]

    def log_odds(self, bins: Array) -> Array:
        """bins: n × features, whole numbers."""
        total = np.full(len(bins), self.start)
        for place, shape in enumerate(self.shapes):
            total += shape[bins[:, place]]
        return total


def fit(
    bins: Array,
    bad: Array,
    apart: Sequence[int],
    pace: Pace | None = None,
    words: Sequence[bool] = (),
) -> Additive:
    """A monotone additive model.

    bins    n × features whole numbers; bad: n zeros and ones
    apart   for each feature, how many first bins stand outside the order (missing, codes)
    words   for each feature, whether its bins are names rather than sizes
    """
    pace = pace or Pace()
    lines = [not names for names in words or [False] * len(apart)]
    counts = [int(column.max()) + 1 for column in bins.T]
    counts = [max(count, first + 1) for count, first in zip(counts, apart, strict=True)]
    free = _bagged(bins, bad, counts, apart, lines, [FREE] * len(counts), pace)
    directions = [
        direction_of(shape[first:], np.bincount(bins[:, j], minlength=counts[j])[first:])
        if lines[j]
        else FREE
        for j, (shape, first) in enumerate(zip(free.shapes, apart, strict=True))
    ]
    return _bagged(bins, bad, counts, apart, lines, directions, pace)


def direction_of(shape: Array, weight: Array) -> int:
    """Which way a shape goes on the whole: the projection that changes it least."""
    lost = {way: (weight * (shape - monotone(shape, weight, way)) ** 2).sum() for way in (UP, DOWN)}
    return UP if lost[UP] <= lost[DOWN] else DOWN


def monotone(shape: Array, weight: Array, way: int) -> Array:
    """The nearest shape that only rises (UP) or falls (DOWN): pool adjacent violators."""
    if way == FREE or len(shape) < 2:
        return shape
    pools: list[tuple[Any, Any, int]] = []
    for value, heavy in zip(way * shape, weight + 1e-9, strict=True):
        pool = (value, heavy, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            both = before[1] + pool[1]
            mean = (before[0] * before[1] + pool[0] * pool[1]) / both
            pool = (mean, both, before[2] + pool[2])
        pools.append(pool)
    return way * np.concatenate([np.full(size, value) for value, _, size in pools])


def _bagged(
    bins: Array,
    bad: Array,
    counts: Sequence[int],
    apart: Sequence[int],
    lines: Sequence[bool],
    directions: Sequence[int],
    pace: Pace,
) -> Additive:
    base = bad.mean()
    start = np.log(base / (1 - base))
    sums = [np.zeros(count) for count in counts]
    bags = pace.bags if len(bad) >= _MANY else _MORE_BAGS * pace.bags
    for bag in range(bags):
        held = parts(bad, pace.held_out, pace.seed + bag) == 0
        run = _Run(bins, bad, ~held, held, counts, start, pace)
        for total, shape in zip(sums, run.learn(apart, lines, directions), strict=True):
            total += shape / bags
    return Additive(start, tuple(sums), tuple(directions))


def parts(bad: Array, count: int, seed: int) -> Array:
    """The part (0 to count − 1) of every row; each part has the same share of bad ones."""
    chance = np.random.default_rng(seed)
    found = np.empty(len(bad), dtype=np.int64)
    for value in (0, 1):
        rows = np.flatnonzero(bad == value)
        chance.shuffle(rows)
        found[rows] = np.arange(len(rows)) % count
    return found


class _Run:
    """One bag: learns on `learn`, stops when `held` no longer gets better."""

    def __init__(
        self,
        bins: Array,
        bad: Array,
        learn: Array,
        held: Array,
        counts: Sequence[int],
        start: Any,
        pace: Pace,
    ) -> None:
        self.bins = [np.ascontiguousarray(column) for column in bins[learn].T]
        self.held_bins = [np.ascontiguousarray(column) for column in bins[held].T]
        self.bad, self.held_bad = bad[learn], bad[held]
        self.few = len(bad) < _MANY
        self.odds = np.full(len(self.bad), start)
        self.held_odds = np.full(len(self.held_bad), start)
        self.shapes = [np.zeros(count) for count in counts]
        self.pace = pace
        self.places = [
            _place(np.bincount(c, minlength=n)) for c, n in zip(self.bins, counts, strict=True)
        ]

    def learn(
        self, apart: Sequence[int], lines: Sequence[bool], directions: Sequence[int]
    ) -> list[Array]:
        """Steps; where rows are few straight lines first, and steps where data insist on them."""
        if self.few:
            self._rounds(apart, lines, directions, True)
        self._rounds(apart, lines, directions, False)
        return self.shapes

    def _rounds(
        self,
        apart: Sequence[int],
        lines: Sequence[bool],
        directions: Sequence[int],
        straight: bool,
    ) -> None:
        """Turn after turn until the held-out part gets no better; the best turn stays."""
        best, kept, when = _loss(self.held_bad, self.held_odds), self._copy(), 0
        for turn in range(self.pace.rounds):
            for j, (first, way) in enumerate(zip(apart, directions, strict=True)):
                self._step(j, first, way, straight, lines[j])
            loss = _loss(self.held_bad, self.held_odds)
            if loss < best - 1e-6:
                best, kept, when = loss, self._copy(), turn
            elif turn - when > self.pace.patience:
                break
        self._back_to(kept)

    def _back_to(self, shapes: list[Array]) -> None:
        for j, (now, then) in enumerate(zip(self.shapes, shapes, strict=True)):
            self.odds += (then - now)[self.bins[j]]
            self.held_odds += (then - now)[self.held_bins[j]]
        self.shapes = shapes

    def _copy(self) -> list[Array]:
        return [shape.copy() for shape in self.shapes]

    def _step(self, j: int, first: int, way: int, straight: bool, line: bool) -> None:
        chance = 1 / (1 + np.exp(-self.odds))
        old = self.shapes[j]
        slope = np.bincount(self.bins[j], self.bad - chance, len(old))
        weight = np.bincount(self.bins[j], chance * (1 - chance), len(old))
        new = old.copy()
        pace = self.pace
        new[:first] += pace.rate * slope[:first] / (weight[:first] + pace.ridge)
        rest = (slope[first:], weight[first:], pace)
        if not line:
            step = _each(*rest)
        else:
            step = _line(*rest, self.places[j][first:]) if straight else _tree(*rest)
        new[first:] += (_QUICK if straight else 1) * pace.rate * step
        new[first:] = monotone(new[first:], weight[first:], way)
        change = new - old
        self.shapes[j] = new
        self.odds += change[self.bins[j]]
        self.held_odds += change[self.held_bins[j]]


def _loss(bad: Array, odds: Array) -> Any:
    """Mean negative log likelihood."""
    return (np.logaddexp(0, odds) - bad * odds).mean()


def _place(count: Array) -> Array:
    """Where a bin's middle row stands among all, from −1 to 1."""
    below = count.cumsum() - count / 2
    return 2 * below / max(count.sum(), 1) - 1


def _line(slope: Array, weight: Array, pace: Pace, place: Array) -> Array:
    """The step of a straight line over the places of the bins, in the middle nought."""
    if not weight.sum():
        return np.zeros(len(slope))
    away = place - (weight * place).sum() / weight.sum()
    return away * (slope * away).sum() / ((weight * away**2).sum() + pace.ridge)


def _each(slope: Array, weight: Array, pace: Pace) -> Array:
    """A step of its own for each name; few people behind it move it little."""
    return slope / (weight + _SHY * pace.ridge)


def _tree(slope: Array, weight: Array, pace: Pace) -> Array:
    """The step of a tree of a few leaves over neighboring bins."""
    cuts = [0, len(slope)]
    for _ in range(pace.leaves - 1):
        found = [_best_cut(slope[a:b], weight[a:b], a, pace) for a, b in itertools.pairwise(cuts)]
        gain, cut = max(found)
        if gain <= 0:
            break
        cuts = sorted([*cuts, cut])
    step = np.empty(len(slope))
    for a, b in itertools.pairwise(cuts):
        step[a:b] = slope[a:b].sum() / (weight[a:b].sum() + pace.ridge)
    return step


def _best_cut(slope: Array, weight: Array, offset: int, pace: Pace) -> tuple[Any, int]:
    """(what is gained, where) of the best cut in two; (−1, 0) when none is allowed."""
    if len(slope) < 2:
        return (-1.0, 0)
    left, light = slope.cumsum(), weight.cumsum()
    whole, heavy = left[-1], light[-1]
    left, light = left[:-1], light[:-1]
    right, rest = whole - left, heavy - light
    ridge = pace.ridge
    gain = left**2 / (light + ridge) + right**2 / (rest + ridge) - whole**2 / (heavy + ridge)
    gain = np.where((light < pace.least) | (rest < pace.least), -1.0, gain)
    cut = int(gain.argmax())
    return (gain[cut], offset + cut + 1)
