"""How rows of the mall become published columns: days, seconds, 0 and 1."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Table,
    case,
    cast,
    func,
    literal_column,
    null,
)

from core import clock
from mall.facts.published.tables import CLOCKS


def row(table: Table, happened: Any, known: Any = None, **values: Any) -> list[ColumnElement[Any]]:
    """The columns of `table` in their order, each cast to its type; what is not named is unknown.

    happened, known   instants; `known` is `happened` when not given
    values            expressions, or plain Python values
    """
    known = happened if known is None else known
    values |= zip(
        CLOCKS, (day(happened), seconds(happened), day(known), seconds(known)), strict=True
    )
    stray = set(values) - set(table.c.keys())
    assert not stray, f"{table.name} has no {stray}"
    return [
        cast(values.get(column.name, null()), column.type).label(column.name)
        for column in table.columns
    ]


def seconds(instant: Any) -> ColumnElement[int]:
    """Whole seconds since 1970."""
    return cast(func.floor(func.extract("epoch", instant)), BigInteger)


def local(instant: Any) -> ColumnElement[Any]:
    """The instant on the mall's clock on the wall."""
    return func.timezone(_zone(), instant)


def _zone() -> ColumnElement[Any]:
    return literal_column(f"'{clock.zone().key}'")


def start_of(date: Any) -> ColumnElement[Any]:
    """The first instant of a business date."""
    return func.timezone(_zone(), cast(date, DateTime))


def day_of(date: Any) -> ColumnElement[int]:
    """The number of a business date since 1970-01-01."""
    return date.op("-")(literal_column("DATE '1970-01-01'"))


def day(instant: Any) -> ColumnElement[int]:
    """The number of the mall's business day since 1970-01-01."""
    return day_of(cast(local(instant), Date))


def lag(since: Any, until: Any) -> ColumnElement[int]:
    """Whole seconds from one instant to another."""
    return seconds(until) - seconds(since)


def flag(condition: Any) -> ColumnElement[int]:
    """1 when the condition holds, else 0."""
    return case((condition, 1), else_=0)
