"""Rows out of the mall's database as Arrow batches: COPY on one side, a CSV reader on the other.

A row never becomes Python objects, so a million of them take a few CPU seconds and no memory.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import BigInteger, Column

from core.db import db

_BLOCK = 4 << 20  # bytes of text in a batch


def schema_of(columns: Sequence[Column[Any]]) -> pa.Schema:
    """The columns as Arrow has them: int64 and string."""
    return pa.schema(
        [(c.name, pa.int64() if isinstance(c.type, BigInteger) else pa.string()) for c in columns]
    )


@contextmanager
def batches(select: str, schema: pa.Schema) -> Iterator[Iterator[pa.RecordBatch]]:
    """The rows of a SELECT whose columns are those of `schema`, as they come."""
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the database session has no connection")
    command = f"COPY (\n{select}\n) TO STDOUT (FORMAT csv, HEADER true)"
    with connection.cursor() as cursor, cursor.copy(command) as copied:
        yield _read(_Stream(copied), schema)


def _read(stream: "_Stream", schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Nothing stands for no value, two quotes for a text without letters."""
    reader = csv.open_csv(
        stream,
        csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    yield from reader


class _Stream(io.RawIOBase):
    """What COPY sends, as a file to read from."""

    def __init__(self, copied: Any) -> None:
        self._messages, self._rest = iter(copied), b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At least one byte unless there is no more; more than a message a time, they are small."""
        found, length = [self._rest], len(self._rest)
        for message in self._messages if size < 0 or length < size else ():
            found.append(bytes(message))
            length += len(message)
            if 0 <= size <= length:
                break
        whole = b"".join(found)
        given = whole if size < 0 else whole[:size]
        self._rest = whole[len(given) :]
        return given
