"""An additive model in steps: each feature's shape is learned in turn and kept monotone.

Cyclic boosting of one small tree a feature and round, as in explainable boosting machines (Lou,
Caruana and Gehrke, 2012), without interactions, so that the result is a points table. Several
bags with their own held-out part stop early and are averaged; the direction of each feature is
read off a first, free fit, because only there the other features have had their say. It turns once,
where the people each bag left out say so clearly (turning.py).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk.training.shapes import FREE, Way, direction_of, kept, turn_of
from finance.risk.training.turning import Votes

Array = npt.NDArray[Any]

_QUICK = 3  # straight lines are found in longer steps
_SHY = 5  # how much firmer a name's own step is held
_MANY, _MORE_BAGS = 3_000, 3  # fewer rows are cheap to learn from, and want more bags
_MOST, _BAGS, _LONGER = 60_000, 3, 2  # more rows want fewer bags, and allow longer steps
_STEPS, _HASTE = 800, 10  # of many features a round does more: patience counts steps
_WIDE, _CHANCE = 64, 6.0  # of more features many say nothing: a cut must gain more than chance does
_FRESH = 4  # rounds after which what steps may rest on is counted anew


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
    gain: Any = 0.0  # what a cut must gain
    patience: int = 40
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Additive:
    """log odds = start + Σ shapes[j][bin of feature j]."""

    start: Any
    shapes: tuple[Array, ...]
    ways: tuple[Way, ...]

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
    votes = Votes(apart, lines)
    free = _bagged(bins, bad, counts, apart, lines, [FREE] * len(counts), pace, votes)
    ways = _ways(bins, free, apart, lines, votes.turning())
    return _bagged(bins, bad, counts, apart, lines, ways, pace)


def _ways(
    bins: Array, free: Additive, apart: Sequence[int], lines: Sequence[bool], turning: Array
) -> list[Way]:
    """Which way each feature goes; names have none."""
    ways: list[Way] = []
    for j, (shape, first) in enumerate(zip(free.shapes, apart, strict=True)):
        weight = np.bincount(bins[:, j], minlength=len(shape))[first:]
        turns = turn_of if turning[j] else direction_of
        ways.append(turns(shape[first:], weight) if lines[j] else FREE)
    return ways


def _bagged(
    bins: Array,
    bad: Array,
    counts: Sequence[int],
    apart: Sequence[int],
    lines: Sequence[bool],
    ways: Sequence[Way],
    pace: Pace,
    votes: Votes | None = None,
) -> Additive:
    base = bad.mean()
    start = np.log(base / (1 - base))
    sums = [np.zeros(count) for count in counts]
    bags = pace.bags if len(bad) >= _MANY else _MORE_BAGS * pace.bags
    if len(bad) >= _MOST:
        bags, pace = min(bags, _BAGS), replace(pace, rate=_LONGER * pace.rate)
    for bag in range(bags):
        held = _left_out(bad, bag, pace, bool(votes))
        run = _Run(bins, bad, ~held, held, counts, start, pace)
        for total, shape in zip(sums, run.learn(apart, lines, ways), strict=True):
            total += shape / bags
        if votes and bag < pace.held_out:
            votes.add(run.shapes, run.held_bins, run.held_odds, run.held_bad, run.bins)
    return Additive(start, tuple(sums), tuple(ways))


def _left_out(bad: Array, bag: int, pace: Pace, vote: bool) -> Array:
    """Who says when this bag stops; where they vote as well, everybody at most once."""
    if not vote:
        return parts(bad, pace.held_out, pace.seed + bag) == 0
    turn, part = divmod(bag, pace.held_out)
    return parts(bad, pace.held_out, pace.seed + turn) == part


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
    """One bag: learns on `learn`, stops when `held` no longer gets better.

    What is kept of each row is the odds themselves, so that a step costs a multiplication, not an
    exponential; what a step may rest on (`weights`) changes slowly and is counted once in a while.
    """

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
        self.bins = [column[learn].astype(np.intp) for column in bins.T]
        self.held_bins = [column[held].astype(np.intp) for column in bins.T]
        self.held_bad = bad[held]
        self.few = len(bad) < _MANY
        self.odds = np.full(int(learn.sum()), np.exp(start))
        self.room = np.empty(len(self.odds))
        self.held_odds = np.full(len(self.held_bad), start)
        self.shapes = [np.zeros(count) for count in counts]
        self.pace = replace(pace, gain=_CHANCE) if len(counts) > _WIDE else pace
        self.ones = [self._count(j, bad[learn]) for j in range(len(counts))]
        self.weights: list[Array] = []
        self.places = [_place(self._count(j)) for j in range(len(counts))]

    def _count(self, j: int, what: Array | None = None) -> Array:
        return np.bincount(self.bins[j], what, len(self.shapes[j]))

    def learn(
        self, apart: Sequence[int], lines: Sequence[bool], ways: Sequence[Way]
    ) -> list[Array]:
        """Steps; where rows are few straight lines first, and steps where data insist on them."""
        if self.few:
            self._rounds(apart, lines, ways, True)
        self._rounds(apart, lines, ways, False)
        return self.shapes

    def _rounds(
        self,
        apart: Sequence[int],
        lines: Sequence[bool],
        ways: Sequence[Way],
        straight: bool,
    ) -> None:
        """Turn after turn until the held-out part gets no better; the best turn stays."""
        best, copy, when = _loss(self.held_bad, self.held_odds), self._copy(), 0
        patience = min(self.pace.patience, max(_HASTE, _STEPS // len(apart)))
        for turn in range(self.pace.rounds):
            if turn % _FRESH == 0:
                chance = self.odds / (1 + self.odds)
                self.weights = [self._count(j, chance * (1 - chance)) for j in range(len(apart))]
            for j, (first, way) in enumerate(zip(apart, ways, strict=True)):
                self._step(j, first, way, straight, lines[j])
            loss = _loss(self.held_bad, self.held_odds)
            if loss < best - 1e-6:
                best, copy, when = loss, self._copy(), turn
            elif turn - when > patience:
                break
        self._back_to(copy)

    def _back_to(self, shapes: list[Array]) -> None:
        for j, (now, then) in enumerate(zip(self.shapes, shapes, strict=True)):
            self._move(j, then - now)
        self.shapes = shapes

    def _move(self, j: int, change: Array) -> None:
        np.take(np.exp(change), self.bins[j], out=self.room, mode="clip")
        self.odds *= self.room
        self.held_odds += change[self.held_bins[j]]

    def _copy(self) -> list[Array]:
        return [shape.copy() for shape in self.shapes]

    def _step(self, j: int, first: int, way: Way, straight: bool, line: bool) -> None:
        np.add(self.odds, 1, out=self.room)
        np.divide(self.odds, self.room, out=self.room)
        slope, weight = self.ones[j] - self._count(j, self.room), self.weights[j]
        new, pace = self.shapes[j].copy(), self.pace
        new[:first] += pace.rate * slope[:first] / (weight[:first] + pace.ridge)
        rest = (slope[first:], weight[first:], pace)
        if not line:
            step = _each(*rest)
        else:
            step = _line(*rest, self.places[j][first:]) if straight else _tree(*rest)
        new[first:] += (_QUICK if straight else 1) * pace.rate * step
        new[first:] = kept(new[first:], weight[first:], way)
        self._move(j, new - self.shapes[j])
        self.shapes[j] = new


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
        if gain <= pace.gain:
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
