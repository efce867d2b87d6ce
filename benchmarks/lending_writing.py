"""Rows of a model written by sets, as the owner."""

from typing import Any

import psycopg

from core.db import Base


def insert(owner: "psycopg.Connection[Any]", model: type[Base], source: str, **given: str) -> None:
    """Insert one row for each of `source`; columns not given get the model's default."""
    columns = dict(given)
    table: Any = model.__table__
    for column in table.columns:
        default: Any = column.default
        if column.name in columns or column.nullable or column.computed is not None:
            continue
        if default is None or not default.is_scalar:
            if default is not None and column.name not in ("id", "created_at"):
                columns[column.name] = "'{}'" if "dict" in str(default.arg) else "'[]'"
            continue
        value = default.arg
        columns[column.name] = str(value) if type(value) in (int, bool) else f"'{value!s}'"
    columns.setdefault("created_at", "now()")
    names = ", ".join(f'"{name}"' for name in columns)
    owner.execute(
        f"insert into {table.name} ({names}) select {', '.join(columns.values())} {source}"
    )
