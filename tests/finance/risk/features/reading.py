"""The same SQL text on PostgreSQL and DuckDB, over the same rows."""

from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import BigInteger

from mall.facts import published
from tests.finance.risk.features.world import World

Found = dict[int, tuple[int | None, ...]]


def postgres_with(db: Any, world: World) -> Any:
    """Temporary tables with the relations' names, on the test's own connection."""
    connection = db.session.connection()
    cursor = connection.connection.driver_connection.cursor()
    for name, rows in world.items():
        columns = published.table(name).columns
        kinds = [f"{c.name} {'bigint' if _whole(c) else 'text'}" for c in columns]
        cursor.execute(f"create temporary table {name} ({', '.join(kinds)}) on commit drop")
        with cursor.copy(f"copy {name} from stdin") as copy:
            for row in rows:
                copy.write_row([row[c.name] for c in columns])
        cursor.execute(f"analyze {name}")
    return connection


def duckdb_with(world: World, threads: int = 2) -> Any:
    """An embedded DuckDB with the relations as Arrow tables."""
    connection = duckdb.connect(config={"threads": threads})
    for name, rows in world.items():
        columns = published.table(name).columns
        schema = pa.schema([(c.name, pa.int64() if _whole(c) else pa.string()) for c in columns])
        connection.register(name, pa.Table.from_pylist(rows, schema))
    return connection


def _whole(column: Any) -> bool:
    return isinstance(column.type, BigInteger)


def ask_postgres(connection: Any, sql: str, **binds: int) -> Found:
    for name in binds:
        sql = sql.replace(f":{name}", f"%({name})s")
    result = connection.exec_driver_sql(sql, binds)
    kinds = {column.type_code for column in result.cursor.description}
    assert kinds == {20}, "every column is a bigint"
    return {row[0]: tuple(row) for row in result}


def ask_duckdb(connection: Any, sql: str, **binds: int) -> Found:
    for name in binds:
        sql = sql.replace(f":{name}", f"${name}")
    result = connection.execute(sql, binds)
    assert {str(column[1]) for column in result.description} == {"BIGINT"}
    return {row[0]: tuple(row) for row in result.fetchall()}
