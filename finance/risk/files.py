"""Tables as people send them: CSV with any usual separator and encoding, or Parquet, as text by column."""

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import InvalidInput

_SEPARATORS = ",;\t|"
_LOOKED_AT = 50  # lines that tell the separator
_UNNAMED = "column_{place}"


def read(path: Path) -> dict[str, Sequence[Any]]:
    """Columns by their names; CSV as text without blanks around it, Parquet as Python's values.

    Raises InvalidInput with a sentence that names the line.
    """
    data = path.read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        if data[:4] == b"PAR1":
            return _parquet(path.name, data)
        return _csv(path.name, _text(data))
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as broken:
        raise InvalidInput(f"{path.name} cannot be read, it seems damaged: {broken}.") from broken


def _parquet(name: str, data: bytes) -> dict[str, Sequence[Any]]:
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(data))
    except (pyarrow.ArrowException, OSError) as wrong:
        raise InvalidInput(f"{name} begins like a Parquet file and cannot be read.") from wrong
    names = _names(table.schema.names)
    return {name: column.to_pylist() for name, column in zip(names, table.columns, strict=True)}


def _text(data: bytes) -> str:
    """UTF-8 or UTF-16 where it says so, else what older programs write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _csv(name: str, text: str) -> dict[str, Sequence[Any]]:
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    lines = [(reader.line_num, line) for line in reader if any(map(str.strip, line))]
    if not lines:
        raise InvalidInput(f"{name} has no rows. Give a CSV with a header line.")
    header = _names(lines[0][1])
    rows = [_fitted(number, line, len(header)) for number, line in lines[1:]]
    return {each: [row[i].strip() for row in rows] for i, each in enumerate(header)}


def _separator(text: str) -> str:
    """What cuts the first lines into the most columns, the same number in nearly all."""
    head = "\n".join(text[:200_000].splitlines()[:_LOOKED_AT])
    best, most = ",", 1
    for separator in _SEPARATORS:
        widths = [len(line) for line in csv.reader(io.StringIO(head), delimiter=separator) if line]
        same = sum(width == widths[0] for width in widths) if widths else 0
        if widths and widths[0] > most and same * 10 >= len(widths) * 9:
            best, most = separator, widths[0]
    return best


def _names(header: Sequence[str]) -> list[str]:
    """Trimmed; a column without a name, or with another's, gets one of its own."""
    found: list[str] = []
    for place, name in enumerate(header, 1):
        given = name.strip() or _UNNAMED.format(place=place)
        found.append(given if given not in found else f"{given}_{place}")
    return found


def _fitted(number: int, line: list[str], width: int) -> list[str]:
    """A line as wide as the header; empty cells at its end that the header lacks are cut off."""
    while len(line) > width and not line[-1].strip():
        line = line[:-1]
    if len(line) != width:
        raise InvalidInput(f"Line {number} has {len(line)} values, the header {width}.")
    return line
