"""What stands in the cells of a column: numbers as people write them, dates, or nothing; as plain text."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

MISSING = frozenset(
    {
        "",
        "na",
        "n/a",
        "#n/a",
        "<na>",
        "nan",
        "nat",
        "null",
        "none",
        "?",
        ".",
        "-",
        "--",
        "inf",
        "-inf",
    }
)
_MOST = 10  # at least nine in ten cells that say something must be numbers, or dates
_FEW = 10  # a column of so few different numbers beside words is one of words
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LARGEST = 300  # digits; whatever is larger says nothing
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_AROUND = "$€£¥% \u00a0"
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%b-%Y", "%b-%y", "%Y-%m")
_SOMETHING = re.compile(r"\d{4}|\d{1,2}[./]\d|[A-Za-z]{3}-\d{2}")


def is_missing(value: str) -> bool:
    """Whether a cell of the file says nothing."""
    return value.lower() in MISSING


def plain(column: Sequence[str]) -> list[str]:
    """The column with "" for nothing, numbers as `1234.5`, and dates as days since 1970.

    `1,234.50`, `12.5 %`, `$30` and `0,5` are numbers. In a column of numbers a word says nothing.
    """
    cells = ["" if is_missing(value) else value for value in column]
    different = {value for value in cells if value}
    return (
        _as(cells, different, _number(different)) or _as(cells, different, _day(different)) or cells
    )


def _as(cells: Sequence[str], different: set[str], make: Callable[[str], str]) -> list[str] | None:
    """Every cell as `make` reads it; None unless nearly all of them can be read."""
    made = {value: make(value) for value in different}
    read = [made[value] for value in cells if value]
    able = sum(value != "" for value in read)
    if not able or (len(read) - able) * _MOST > len(read):
        return None
    if able < len(read) and len({value for value in made.values() if value}) <= _FEW:
        return None
    return [made[value] if value else "" for value in cells]


def _number(different: set[str]) -> Callable[[str], str]:
    """Reads numbers as a card's reader takes them, "" of a word.

    A comma is the decimal point of the whole column where one cell can be read in no other way.
    """
    bare = [value.strip(_AROUND) for value in different]
    thousands = [value for value in bare if _THOUSANDS.fullmatch(value)]
    comma = not any("." in value for value in thousands) and any(
        _POINTS.fullmatch(value) if "." in value and "," in value else _only_decimal(value)
        for value in bare
    )
    return lambda value: _read(value.strip(_AROUND), comma)


def _only_decimal(value: str) -> bool:
    """`0,5` or `0,125`, not `1,250`."""
    return bool(_COMMA.fullmatch(value)) and (value[:2] == "0," or not _THOUSANDS.fullmatch(value))


def _read(text: str, comma: bool) -> str:
    if text[:1] == "(" and text[-1:] == ")":  # as accountants write below zero
        text = f"-{text[1:-1].strip(_AROUND)}"
    if comma and (_POINTS.fullmatch(text) or _COMMA.fullmatch(text)):
        text = text.replace(".", "").replace(",", ".")
    elif not comma and _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    plain = _PLAIN.fullmatch(text) and Decimal(text).adjusted() < _LARGEST
    return text if plain else ""


def _day(different: set[str]) -> Callable[[str], str]:
    """Reads the one way of writing days that most of these cells are written in."""
    some = sorted(different)[:200]
    if not some or not _SOMETHING.match(some[0]):
        return lambda value: ""
    best = max(_DAYS, key=lambda shape: sum(_days(value, shape) != "" for value in some))
    return lambda value: _days(value, best)


def _days(value: str, shape: str) -> str:
    text = value[:10] if "%d" in shape else value
    try:
        found = datetime.strptime(text, shape).date()
    except ValueError:
        return ""
    return str((found - date(1970, 1, 1)).days)
