"""A CSV of outcomes as whole-number bins: what is a number, a word, a code, or missing."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput

Array = npt.NDArray[Any]
BINS = 64
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
_RARE = 20  # words seen less often than this count as missing
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

    def place(self, column: Sequence[str]) -> Array:
        """The bin of every value."""
        if self.words is not None:
            known = {word: self.apart + place for place, word in enumerate(self.words)}
            return np.array([known.get(value, 0) for value in column])
        values = _numbers(column)
        bins = self.apart + np.searchsorted(np.array(self.edges), values, side="right")
        for place, code in enumerate(self.codes):
            bins[values == code] = 1 + place
        bins[np.isnan(values)] = 0
        return bins


@dataclass(slots=True)
class Table:
    """Columns of text by name, and which rows are bad (1) or good (0)."""

    columns: dict[str, list[str]]
    bad: Array
    kept: list[str] = field(default_factory=list)


def read(path: Path, target: str, positive: str, drop: Sequence[str] = ()) -> Table:
    """Read a CSV with a header line.

    target, positive   the column of the outcome, and its value that means "bad"
    drop               columns the card must not know

    Raises InvalidInput with a sentence that names the column.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row]
    if len(rows) < 2:
        raise InvalidInput(f"{path.name} has no rows. Give a CSV with a header line.")
    header = [name.strip() for name in rows[0]]
    for name in (target, *drop):
        if name not in header:
            raise InvalidInput(f"{path.name} has no column {name}. It has: {', '.join(header)}.")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise InvalidInput(f"Line {number} has {len(row)} values, the header {len(header)}.")
    columns = {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(header)}
    outcome = columns.pop(target)
    bad = np.array([_same(value, positive) for value in outcome], dtype=np.int64)
    if not 0 < bad.sum() < len(bad):
        seen = ", ".join(sorted(set(outcome))[:8])
        raise InvalidInput(f"{target} must hold {positive} and something else; it holds: {seen}.")
    kept = [name for name in columns if name not in drop and _useful(columns[name])]
    return Table(columns, bad, kept)


def coding_of(name: str, column: Sequence[str], bad: Array, bins: int = BINS) -> Coding:
    """Decide from these rows how the column is binned."""
    if not _is_number(column):
        return Coding(name, words=_words(column, bad))
    values = _numbers(column)
    values = values[~np.isnan(values)]
    codes = _codes(values)
    rest = values[~np.isin(values, codes)]
    return Coding(name, edges=_edges(rest, bins), codes=codes)


def _same(value: str, positive: str) -> bool:
    if value == positive:
        return True
    try:
        return np.float64(value) == np.float64(positive)  # 1.0 is 1
    except ValueError:
        return False


def _useful(column: Sequence[str]) -> bool:
    """Neither one value all over, nor a running number or a name of its own for each row."""
    different = len(set(column))
    if different < 2:
        return False
    if different < len(column):
        return True
    return _is_number(column) and not _runs(_numbers(column))


def _runs(values: Array) -> bool:
    return bool((np.diff(np.sort(values)) == 1).all())


def is_missing(value: str) -> bool:
    """Whether a cell of the file says nothing."""
    return value.lower() in _MISSING


def _is_number(column: Sequence[str]) -> bool:
    try:
        _numbers(column)
    except ValueError:
        return False
    return True


def _numbers(column: Sequence[str]) -> Array:
    filled = ["nan" if is_missing(value) else value for value in column]
    return np.round(np.array(filled, dtype=np.float64), _PLACES)


def _codes(values: Array) -> tuple[Any, ...]:
    """Values that mean "no value": −7, −8, −9, −99 … where everything else is not below zero."""
    below = np.unique(values[values < 0])
    if 0 < len(below) <= 5 and all(v in (-6, -7, -8, -9, -99, -999, -9999) for v in below):
        return tuple(below.tolist())
    return ()


def _edges(values: Array, bins: int) -> tuple[Any, ...]:
    different = np.unique(values)
    if len(different) <= bins:
        found = (different[1:] + different[:-1]) / 2
    else:
        found = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return tuple(np.round(found, _PLACES + 1).tolist())


def _words(column: Sequence[str], bad: Array) -> tuple[str, ...]:
    """The words seen often enough, the least risky first (rates shrunk to the mean)."""
    mean = bad.mean()
    found = []
    for word in sorted({v for v in column if not is_missing(v)}):
        mine = np.array([v == word for v in column])
        if mine.sum() >= _RARE:
            found.append(((bad[mine].sum() + 20 * mean) / (mine.sum() + 20), word))
    return tuple(word for _, word in sorted(found))
