"""The published relations as Parquet: one file a day, so that a night writes only what is new.

FOLDER/fact_orders/20500.parquet holds what became known on that day; `columns.parquet` has no rows
and is there for relations that are empty. A day is written again when the mall counts other rows
for it than it holds (a history was imported, a mark was taken away); days nobody knows any more go.
All days are, where the relation's columns or meaning changed since they were written.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.db import db
from finance.risk.engines import copying
from mall.facts import published

_COUNTS = "_counts.json"  # readers of the folder pass over names that begin so
EMPTY = "columns.parquet"
_ROWS_IN_A_GROUP = 1_000_000


def update(
    folder: Path, names: Iterable[str], until: int, tell: Callable[[str], None], anew: bool = False
) -> dict[str, int]:
    """Bring these relations up to the start of day number `until`; rows written by relation.

    anew   write every day, not only those that are missing or count other rows
    """
    return {name: _bring(folder / name, name, until, tell, anew) for name in names}


def _bring(folder: Path, name: str, until: int, tell: Callable[[str], None], anew: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    schema = copying.schema_of(tuple(published.table(name).columns))
    pq.write_table(schema.empty_table(), folder / EMPTY)
    mark = _meaning(name)
    have = {} if anew else _held(folder, mark)
    there = _counted(name, until)
    for day in [int(file.stem) for file in folder.glob("*.parquet") if file.name != EMPTY]:
        if day not in there:
            _file(folder, day).unlink()
    wanted = [day for day, count in there.items() if have.get(day) != count]
    if not wanted:
        _write_down(folder, mark, {day: have[day] for day in there})
        return 0
    tell(f"{name}: {len(wanted)} days")
    held = {day: count for day, count in have.items() if day in there and day not in wanted}
    held |= _export(folder, name, schema, wanted)
    _write_down(folder, mark, held)
    return sum(held[day] for day in wanted if day in held)


def _file(folder: Path, day: int) -> Path:
    return folder / f"{day}.parquet"


def _meaning(name: str) -> str:
    """A mark of the relation's columns and of what stands behind it here."""
    columns = " ".join(f"{c.name}:{c.type}" for c in published.table(name).columns)
    return hashlib.sha256(f"{columns}\n{published.sql_of(name)}".encode()).hexdigest()[:16]


def _held(folder: Path, mark: str) -> dict[int, int]:
    """Rows by day that were written whole, of this meaning, and whose file is there."""
    if not (folder / _COUNTS).exists():
        return {}
    written = json.loads((folder / _COUNTS).read_text(encoding="utf-8"))
    if written.get("meaning") != mark:
        return {}
    counts = {int(day): n for day, n in written["days"].items()}
    return {day: n for day, n in counts.items() if _file(folder, day).exists()}


def _write_down(folder: Path, mark: str, counts: dict[int, int]) -> None:
    draft = folder / f"{_COUNTS}.draft"
    days = {str(day): counts[day] for day in sorted(counts)}
    draft.write_text(json.dumps({"meaning": mark, "days": days}))
    draft.replace(folder / _COUNTS)


def _counted(name: str, until: int) -> dict[int, int]:
    query = (
        f"select known_day, count(*) from (\n{published.sql_of(name)}\n) as r "
        f"where known_day < {int(until)} group by known_day"
    )
    rows = db.session.connection().exec_driver_sql(query.replace("%", "%%"))
    return {day: count for day, count in rows}


def _export(folder: Path, name: str, schema: pa.Schema, days: list[int]) -> dict[int, int]:
    """Write the files of these days; rows by day. Each is whole before it has its name."""
    columns = ", ".join(schema.names)
    query = (
        f"SELECT {columns} FROM (\n{published.sql_of(name)}\n) AS r "
        f"WHERE known_day IN ({', '.join(str(int(day)) for day in days)}) ORDER BY known_day"
    )
    written: dict[int, int] = {}
    with copying.batches(query, schema) as found:
        for day, parts in groupby(_by_day(found), key=lambda part: part[0]):
            draft = folder / f"_{day}.draft"
            with pq.ParquetWriter(draft, schema) as writer:
                written[day] = 0
                for table in _gathered(rows for _, rows in parts):
                    writer.write_table(table)
                    written[day] += table.num_rows
            draft.replace(_file(folder, day))
    return written


def _by_day(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(day, rows) of batches that are in the order of `known_day`."""
    for batch in batches:
        runs = pc.run_end_encode(batch.column("known_day"))
        start = 0
        for day, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield day, batch.slice(start, end - start)
            start = end


def _gathered(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Few large groups of rows in a file instead of many small ones."""
    held: list[pa.RecordBatch] = []
    for part in parts:
        held.append(part)
        if sum(each.num_rows for each in held) >= _ROWS_IN_A_GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)
