"""The features in an embedded DuckDB over the snapshot: what one machine does with a whole mall."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app

from core.use_case import end_read
from finance.risk.engines import base, snapshot
from finance.risk.engines.base import EngineMissing, Part


def open_engine(folder: Path) -> "OnDuckDB":
    """Raises EngineMissing without the extra."""
    try:
        import duckdb  # noqa: F401 - only whether it is there
    except ImportError:
        raise EngineMissing(engine="DuckDB", file="requirements-batch.txt") from None
    return OnDuckDB(folder, **base.settings(current_app.config["DUCKDB_SETTINGS"]))


class OnDuckDB:
    """A connection of its own for each part, so that a part's memory is given back after it.

    settings   of DuckDB, such as memory_limit and threads; what does not fit goes to `folder`
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {"temp_directory": str(folder / "spill")} | settings

    def prepare(self, subject: str, as_of: int, tell: Callable[[str], None]) -> None:
        snapshot.update(self.folder / "snapshot", base.relations(subject), as_of, tell)
        end_read()

    def write(self, subject: str, as_of: int, part: Part, to: Path) -> None:
        connection = self.connect(subject, part)
        try:
            connection.execute(
                f"COPY (\n{base.text_at(subject, as_of)}\n) TO '{quoted(to)}' (FORMAT parquet)"
            )
        finally:
            connection.close()

    def connect(self, subject: str, part: Part) -> Any:
        """A connection in which the relations are views over the snapshot."""
        import duckdb

        connection = duckdb.connect(config=self.settings)
        for name in base.relations(subject):
            where = part.condition(subject, name)
            files = quoted(self.folder / "snapshot" / name / "*.parquet")
            rows = f"SELECT * FROM read_parquet('{files}')" + (f" WHERE {where}" if where else "")
            connection.execute(f"CREATE VIEW {name} AS {rows}")
        return connection

    def close(self) -> None:
        """Nothing is left open."""


def quoted(path: Path) -> str:
    """A path inside single quotes of SQL."""
    return str(path).replace("'", "''")
