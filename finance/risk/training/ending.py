"""The outcome of a table: which column it is, which values are bad, and which say nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from finance.risk.training.cells import is_missing

Array = npt.NDArray[Any]
SHOWN = 8  # values of an outcome that a sentence names
_LEAST = 10  # outcomes of either kind, without which nothing can be said
_YES, _NO = frozenset({"1", "true", "yes", "y", "t"}), frozenset({"0", "false", "no", "n", "f"})


def once(path: Path, columns: dict[str, list[str]], target: str, drop: Sequence[str]) -> None:
    """The outcome has one column, which is nothing else."""
    if target.casefold() in (name.casefold() for name in drop):
        raise InvalidInput(f"{target} is the outcome; it cannot be dropped or compared as well.")
    twins = [f"{target}_{place}" for place in range(1, len(columns) + 1)]
    if any(name == twin for name, twin in zip(columns, twins, strict=True)):
        raise InvalidInput(f"{path.name} has two columns {target}; give one another name.")


def named(path: Path, columns: dict[str, list[str]], name: str) -> str:
    """The column of this name, however it is capitalized."""
    if name in columns:
        return name
    alike = [each for each in columns if each.casefold() == name.casefold()]
    if len(alike) != 1:
        raise InvalidInput(f"{path.name} has no column {name}. It has: {', '.join(columns)}.")
    return alike[0]


def says_nothing(seen: set[str], positive: str) -> set[str]:
    """The values that are no outcome; what was asked for is one, and so is − beside +."""
    nothing = {value for value in seen if is_missing(value)}
    return nothing - {positive} - ({"-"} if seen - nothing <= {"+"} else set())


def bad_of(target: str, outcome: Sequence[str], positive: str) -> Array:
    """1 for bad, 0 for anything else; at least ten of each."""
    seen = sorted(set(outcome))
    bad = np.isin(outcome, _meaning(seen, positive)).astype(np.int64)
    if not 0 < bad.sum() < len(bad):
        shown = ", ".join(seen[:SHOWN])
        more = f" and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
        raise InvalidInput(
            f"{target} must hold {positive} and something else; it holds: {shown}{more}."
        )
    fewest = min(bad.sum(), len(bad) - bad.sum())
    if fewest < _LEAST:
        raise InvalidInput(f"{target} holds only {fewest} of one kind; {_LEAST} are needed.")
    return bad


def _meaning(seen: Sequence[str], positive: str) -> list[str]:
    """The values that are `positive`: exactly, as a number, in other letters, or as yes or no."""
    ways = (
        lambda value: _same(value, positive),
        lambda value: value.casefold() == positive.casefold(),
        lambda value: any({value.casefold(), positive.casefold()} <= way for way in (_YES, _NO)),
    )
    return next((found for way in ways if (found := [v for v in seen if way(v)])), [])


def _same(value: str, positive: str) -> bool:
    if value == positive:
        return True
    try:
        return np.float64(value) == np.float64(positive)  # 1.0 is 1
    except ValueError:
        return False
