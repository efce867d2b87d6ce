"""A CSV of outcomes as whole-number bins: what is a number, a word, a code, or missing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from finance.risk import files
from finance.risk.training import cells
from finance.risk.training.cells import is_missing
from finance.risk.training.ending import SHOWN, bad_of, named, once, says_nothing
from finance.risk.training.shapes import DOWN, UP, kept, turn_of

Array = npt.NDArray[Any]
BINS = 64
_RARE = 10  # words seen less often than this count as missing; in small files a hundredth
_KINDS_MAX = 15
_NAMES_LINES = re.compile(r"(.*[_ .])?(id|index|idx|key|number|nr|no|column_\d+|unnamed.*)", re.I)
_PLACES = 6  # decimals a card keeps of a number


@dataclass(frozen=True, slots=True)
class Coding:
    """How the values of one column become bins.

    Bin 0 is "missing" (and words seen too seldom), then one bin for each special code, then the
    rest: numbers by their edges, words by their own bin in the order of their risk.
    """

    name: str
    edges: tuple[Any, ...] = ()
    codes: tuple[Any, ...] = ()
    words: tuple[str, ...] | None = None

    @property
    def apart(self) -> int:
        """How many bins stand apart from the order of the rest."""
        return 1 + len(self.codes)

    @property
    def bins(self) -> int:
        rest = len(self.edges) + 1 if self.words is None else len(self.words)
        return self.apart + rest

    def place(self, column: Sequence[str], values: Array | None = None) -> Array:
        """The bin of every value; `values` are its numbers where they are known."""
        if self.words is not None:
            known = {word: self.apart + place for place, word in enumerate(self.words)}
            return np.array([known.get(value, 0) for value in column])
        values = _numbers(column) if values is None else values
        bins = self.apart + np.searchsorted(np.array(self.edges), values, side="right")
        for place, code in enumerate(self.codes):
            bins[values == code] = 1 + place
        bins[np.isnan(values)] = 0
        return bins


@dataclass(slots=True)
class Table:
    """Columns of text by name, and which rows are bad (1) or good (0).

    others     how many rows have which outcome that is not bad; left_out: lines that have none
    """

    columns: dict[str, list[str]]
    bad: Array
    kept: list[str] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    left_out: int = 0

    _numbers: dict[str, Array | None] = field(default_factory=dict)

    def numbers(self, name: str) -> Array | None:
        """A column's numbers, read once; None of words."""
        if name not in self._numbers:
            column = self.columns[name]
            self._numbers[name] = _numbers(column) if _is_number(column) else None
        return self._numbers[name]

    def says(self, target: str) -> str:
        """What counts as bad, as good, and not at all."""
        shown = sorted(self.others.items(), key=lambda found: -found[1])
        good = ", ".join(f"{value} ({count})" for value, count in shown[:SHOWN])
        more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
        none = f"; {self.left_out} lines without an outcome are left out" if self.left_out else ""
        return f"{target}: {int(self.bad.sum())} bad; good is {good}{more}{none}."


def read(path: Path, target: str, positive: str, drop: Sequence[str] = ()) -> Table:
    """Read a CSV with a header line (any usual separator), or Parquet.

    target, positive   the column of the outcome, and its value that means "bad"
    drop               columns the card must not know; they stay as they are written

    Lines whose outcome is missing are left out. Raises InvalidInput with a sentence that names the
    column.
    """
    columns = {name: _as_text(column) for name, column in files.read(path).items()}
    once(path, columns, target, drop)
    for name in (target, *drop):  # by the name it was asked for, however it is capitalized
        columns[name] = columns.pop(named(path, columns, name))
    written = len(columns[target])
    nothing = says_nothing(set(columns[target]), positive)
    known = [place for place, value in enumerate(columns[target]) if value not in nothing]
    if len(known) < written:
        columns = {name: [column[i] for i in known] for name, column in columns.items()}
    if not known:
        raise InvalidInput(f"{path.name} has no rows. Give a CSV with a header line.")
    outcome = columns.pop(target)
    bad = bad_of(target, outcome, positive)
    others = Counter(value for value, is_bad in zip(outcome, bad, strict=True) if not is_bad)
    for name in columns:
        if name not in drop:
            columns[name] = cells.plain(columns[name])
    kept = [name for name in columns if name not in drop and _useful(name, columns[name])]
    if not kept:
        raise InvalidInput(f"{path.name} has no column left that could say anything.")
    return Table(columns, bad, kept, dict(others), written - len(known))


def _as_text(column: Sequence[Any]) -> list[str]:
    return ["" if value is None else str(value).strip() for value in column]


def coding_of(
    name: str, column: Sequence[str], bad: Array, bins: int = BINS, values: Array | None = None
) -> Coding:
    """Decide from these rows how the column is binned; `values` are its numbers where known."""
    if values is None and _is_number(column):
        values = _numbers(column)
    if values is None or _are_names(values, bad):
        return Coding(name, words=_words(column, bad))
    values = values[~np.isnan(values)]
    codes = _codes(values)
    rest = values[~np.isin(values, codes)]
    return Coding(name, edges=_edges(rest, bins), codes=codes)


def _are_names(values: Array, bad: Array) -> bool:
    """Whether a few whole numbers stand for kinds rather than sizes (Statlog's `A5` = 1 to 14).

    Their rates must turn up and down by far more than chance lets a row that rises, falls, or is
    bad at both ends: twice the log likelihood lost by each is above its mean by four deviations.
    Below zero they are no names.
    """
    kinds, place = np.unique(values[~np.isnan(values)], return_inverse=True)
    if not 4 <= len(kinds) <= _KINDS_MAX or kinds[0] < 0 or (kinds != np.floor(kinds)).any():
        return False
    count = np.bincount(place)
    ones = np.bincount(place, bad[~np.isnan(values)])
    free = (ones + 0.5) / (count + 1)
    best = min(
        _unlikely(ones, count, np.clip(kept(free, count, way), 1e-6, 1 - 1e-6))
        for way in (UP, DOWN, turn_of(free, count))
    )
    lost, apart = 2 * (best - _unlikely(ones, count, free)), len(kinds) - 1
    return bool(lost > apart + 4 * np.sqrt(2 * apart))


def _unlikely(ones: Array, count: Array, rate: Array) -> Any:
    """Negative log likelihood of so many ones at these rates."""
    return -(ones * np.log(rate) + (count - ones) * np.log(1 - rate)).sum()


def _useful(name: str, column: Sequence[str]) -> bool:
    """Neither one value all over, nor a running number or a name of its own for each row."""
    seen = Counter(column)
    if len(seen) < 2:
        return False
    if not _is_number(column):
        return any(n >= _rare(len(column)) for word, n in seen.items() if word)
    if len(seen) < len(column):
        return True
    return not _runs(name, _numbers(column))


def _runs(name: str, values: Array) -> bool:
    """Whole numbers, each once: one after the other, or rising in a column that names lines."""
    if not (values == np.floor(values)).all():
        return False
    return bool((np.diff(np.sort(values)) == 1).all() or _NAMES_LINES.fullmatch(name))


def _rare(rows: int) -> int:
    return min(_RARE, max(5, rows // 100))


def _is_number(column: Sequence[str]) -> bool:
    try:
        _numbers(column)
    except ValueError:
        return False
    return True


def _numbers(column: Sequence[str]) -> Array:
    filled = ["nan" if is_missing(value) else value for value in column]
    values = np.array(filled, dtype=np.float64)
    small = np.abs(values) < 1e15
    values[small] = np.round(values[small], _PLACES)
    return values


def _codes(values: Array) -> tuple[Any, ...]:
    """Values that mean "no value": −7, −8, −9, −99 … where everything else is not below zero."""
    below = np.unique(values[values < 0])
    if 0 < len(below) <= 5 and all(v in (-6, -7, -8, -9, -99, -999, -9999) for v in below):
        return tuple(below.tolist())
    return ()


def _edges(values: Array, bins: int) -> tuple[Any, ...]:
    different = np.unique(values)
    if len(different) <= bins:
        found = different[:-1] + (different[1:] - different[:-1]) / 2
    else:
        found = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return tuple(np.round(found, _PLACES + 1).tolist())


def _words(column: Sequence[str], bad: Array) -> tuple[str, ...]:
    """The words seen often enough, the least risky first (rates shrunk to the mean)."""
    words, place = np.unique(np.array(column, dtype=object).astype(str), return_inverse=True)
    count = np.bincount(place, minlength=len(words))
    ones = np.bincount(place, bad, minlength=len(words))
    rate = (ones + 20 * bad.mean()) / (count + 20)
    found = [
        (rate[i], str(word))
        for i, word in enumerate(words)
        if count[i] >= _rare(len(column)) and not is_missing(str(word))
    ]
    return tuple(word for _, word in sorted(found))
