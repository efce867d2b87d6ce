"""The features of everyone in the mall's own database, over its tables: nothing to install."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.db import db
from core.use_case import end_read
from finance.risk.engines import base, copying, named_parts
from finance.risk.engines.base import Part
from mall.facts import published


def open_engine(folder: Path) -> "InPostgres":
    """Always there; needs no folder."""
    return InPostgres()


class InPostgres:
    """One statement a part."""

    def prepare(self, subject: str, as_of: int, tell: Callable[[str], None]) -> None:
        """Nothing: the relations are queries here."""

    def write(self, subject: str, as_of: int, part: Part, to: Path) -> None:
        schema = schema_of(subject)
        # compiling a text of so many expressions costs more than it gives
        db.session.connection().exec_driver_sql("set local jit = off")
        with (
            copying.batches(statement(subject, as_of, part), schema) as found,
            pq.ParquetWriter(to, schema) as writer,
        ):
            for batch in found:
                writer.write_batch(batch)
        end_read()

    def close(self) -> None:
        """Nothing is left open."""


def statement(subject: str, as_of: int, part: Part) -> str:
    """The common text behind what each relation is here, of one part.

    What several blocks read is kept on the disk meanwhile, with every column it has: so it has
    only those that are read.
    """
    text = named_parts.trimmed(base.text_at(subject, as_of)).removeprefix("WITH ")
    wanted = {name: part.condition(subject, name) for name in base.relations(subject)}
    return over_relations(wanted, text, joined=", ")


def over_relations(wanted: Mapping[str, str], text: str, joined: str = " ") -> str:
    """A statement that finds the relations by their names, of each the rows that are wanted."""
    parts = [
        f"{name} AS NOT MATERIALIZED (SELECT * FROM (\n{published.sql_of(name)}\n) AS r"
        + (f" WHERE {where})" if where else ")")
        for name, where in wanted.items()
    ]
    return f"WITH {','.join(parts)}{joined}{text}"


def schema_of(subject: str) -> pa.Schema:
    """The columns of the answer."""
    return pa.schema([(name, pa.int64()) for name in base.columns(subject)])
