"""Amounts and shares as people write them in a file of sales: commas, signs of money, percents."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput
from finance.risk.training.cells import is_missing

Array = npt.NDArray[Any]

# a sign, up to three letters or a sign of money, another sign, the digits, a few letters or %
_CELL = re.compile(
    r"([+-]?)\s*[^\d.,+\s()-]{0,3}\s*([+-]?)\s*([\d.,]*\d[\d.,]*)\s*[^\d.,+\s()-]{0,3}"
)
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}|\d{1,3}(\.\d{3})+,\d+")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_ENDLESS = ("inf", "infinity")
_EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")


def says_nothing(value: Any) -> bool:
    """Whether a cell is empty, in whatever words."""
    if isinstance(value, str):
        return is_missing(value) and value.lower().lstrip("+-") not in _ENDLESS
    return value is None or value != value  # NaN, NaT


def amounts(column: Sequence[Any], name: str) -> Array:
    """Numbers; nothing is nought: in a period without a word nothing was sold.

    `1,234.50`, `R$ 12.50`, `12 %` and, where the column shows it, `1.234,50` are read.
    Raises InvalidInput naming the line.
    """
    return np.nan_to_num(_numbers(column, name))


def shares(column: Sequence[Any], name: str) -> Array:
    """Parts of one, NaN for nothing; a column that goes above one was meant in per cent."""
    found = _numbers(column, name)
    return found / 100 if (found > 1).any() else found


def numbers(column: Sequence[Any], name: str) -> Array:
    """Numbers, NaN for nothing."""
    return _numbers(column, name)


def _numbers(column: Sequence[Any], name: str) -> Array:
    comma = any(isinstance(v, str) and _DECIMAL_COMMA.fullmatch(_digits(v)) for v in column)

    def read(value: Any) -> Any:
        if says_nothing(value):
            return np.nan
        number = np.float64(_plain(value, comma) if isinstance(value, str) else value)
        if np.isinf(number):
            raise ValueError(value)
        return number

    return each(column, name, read)


def each(column: Sequence[Any], name: str, make: Callable[[Any], Any]) -> Array:
    """Every cell as `make` reads it; raises InvalidInput naming the line of the first it cannot."""
    found = []
    for number, value in enumerate(column, 2):
        try:
            found.append(make(value))
        except (ValueError, TypeError, OverflowError) as wrong:
            raise InvalidInput(f"Line {number}: {name} cannot be {value!r}.") from wrong
    return np.array(found)


def _digits(text: str) -> str:
    """The figures of an amount, without what stands around them; "" of a word."""
    found = _CELL.fullmatch(text)
    return found[3] if found else ""


def _plain(text: str, comma: bool) -> str:
    """As Python reads it; raises ValueError of a word."""
    if _EXPONENT.fullmatch(text):
        return text
    found = _CELL.fullmatch(text)
    if not found:
        raise ValueError(text)
    digits = found[3]
    if comma:
        digits = digits.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    return found[1] + found[2] + digits
