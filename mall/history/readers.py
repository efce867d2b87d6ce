"""Rows of a CSV or Parquet file, one after the other, without holding the file in memory."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import InvalidInput

_BATCH = 10_000


class Source:
    """A file of orders: its header, its size in rows, and its rows from a place on."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InvalidInput("There is no file {path}.", path=path)
        self.path = path
        self.is_parquet = path.suffix.lower() in (".parquet", ".pq")
        self.header = self._header()

    def _header(self) -> list[str]:
        if self.is_parquet:
            return list(self._parquet().schema_arrow.names)
        with self._open() as file:
            return next(csv.reader(file), [])

    def _parquet(self) -> Any:
        import pyarrow.parquet

        try:
            return pyarrow.parquet.ParquetFile(self.path)
        except pyarrow.ArrowException as error:
            raise InvalidInput(
                "{path} is no Parquet file: {error}", path=self.path, error=error
            ) from None

    def _open(self) -> Any:
        return self.path.open(newline="", encoding="utf-8-sig", errors="replace")

    def digest(self) -> str:
        """SHA-256 of the bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def count(self) -> int:
        """How many rows there are."""
        if self.is_parquet:
            return int(self._parquet().metadata.num_rows)
        with self._open() as file:
            return max(0, sum(1 for _ in csv.reader(file)) - 1)

    def rows(self, skip: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """(row number from 1, cells by header) of every row behind the first `skip`."""
        for number, cells in enumerate(self._all(), 1):
            if number > skip:
                yield number, cells

    def _all(self) -> Iterator[dict[str, Any]]:
        if self.is_parquet:
            for batch in self._parquet().iter_batches(_BATCH):
                yield from batch.to_pylist()
            return
        with self._open() as file:
            yield from csv.DictReader(file)
