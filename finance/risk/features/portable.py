"""The words features are written in: the part of SQL that every engine reads alike.

Everything is a whole number: counts, minor units, days, shares in millionths (ppm). A float is
never kept, so no engine can round differently. Binds are `as_of` (a day number: what was known
before that day) and `subject`; any other value is written into the text.
"""

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler

PPM = 1_000_000
BINDS = ("as_of", "subject")
LARGE = 9_000_000_000_000  # above this times a million, int64 would overflow


class Counted(BigInteger):
    """A count or a sum: where there is nothing to count it is 0, not unknown."""


AS_OF: ColumnElement[int] = cast(bindparam("as_of", type_=BigInteger), BigInteger)
SUBJECT: ColumnElement[int] = cast(bindparam("subject", type_=BigInteger), BigInteger)


def div(part: Any, whole: Any) -> ColumnElement[int]:
    """Whole-number division towards zero; NULL when `whole` is 0.

    The remainder is taken off first, so that engines whose `/` keeps fractions and engines
    whose `/` drops them have the same nothing left to disagree about. |quotient| < 2^50.
    """
    safe = func.nullif(whole, 0, type_=BigInteger)
    even = (part - func.mod(part, safe, type_=BigInteger)).self_group()
    return cast(func.round(even.op("/", precedence=8)(safe)), BigInteger)


def share(part: Any, whole: Any) -> ColumnElement[int]:
    """`part` of `whole` in millionths, cut towards zero; NULL when `whole` is 0.

    Of sums too large to be multiplied by a million, `whole` is divided by it instead.
    """
    small = and_(part < LARGE, part > -LARGE)
    return case((small, div(part * PPM, whole)), else_=div(part, div(whole, PPM)))


def total(value: Any) -> ColumnElement[int]:
    """The sum as a bigint; 0 of nothing."""
    return cast(func.coalesce(func.sum(value), 0), Counted)


def total_if(condition: Any, value: Any) -> ColumnElement[int]:
    """The sum over rows for which the condition holds."""
    return total(case((condition, value), else_=0))


def total_over(value: Any, group: Any) -> ColumnElement[int]:
    """The sum over the rows of the same group, beside each of them."""
    return cast(func.sum(value).over(partition_by=group), BigInteger)


def count() -> ColumnElement[int]:
    """How many rows."""
    return cast(func.count(), Counted)


def count_if(*conditions: Any) -> ColumnElement[int]:
    """How many rows for which all conditions hold."""
    return cast(func.count(case((and_(*conditions), 1))), Counted)


def least_if(condition: Any, value: Any) -> ColumnElement[int]:
    """The smallest value among rows for which the condition holds; NULL when there is none."""
    return cast(func.min(case((condition, value))), BigInteger)


def most_if(condition: Any, value: Any) -> ColumnElement[int]:
    """The largest value among rows for which the condition holds; NULL when there is none."""
    return cast(func.max(case((condition, value))), BigInteger)


def within(rows: FromClause, days: int) -> ColumnElement[bool]:
    """Known in the last `days` days before `as_of`."""
    return rows.c.known_day >= AS_OF - days


def between(rows: FromClause, newest: int, oldest: int) -> ColumnElement[bool]:
    """Known more than `newest` and at most `oldest` days before `as_of`."""
    return and_(rows.c.known_day >= AS_OF - oldest, rows.c.known_day < AS_OF - newest)


def least_of(one: Any, other: Any) -> ColumnElement[int]:
    """The smaller of two numbers; NULL when either is not known."""
    return case((one <= other, one), (one > other, other))


def most_of(one: Any, other: Any) -> ColumnElement[int]:
    """The larger of two numbers; NULL when either is not known."""
    return case((one >= other, one), (one < other, other))


def grouped(rows: FromClause, **measures: ColumnElement[int]) -> Select[Any]:
    """One row for each subject of `rows`, with these measures."""
    named = [value.label(name) for name, value in measures.items()]
    return select(rows.c.subject, *named).group_by(rows.c.subject)


def percentiles(rows: FromClause, value: Any, where: Any, **ranks: int) -> Select[Any]:
    """By nearest rank: for each name the percentile asked, over rows with `where` and a value."""
    inner = (
        select(
            rows.c.subject,
            value.label("v"),
            func.row_number().over(partition_by=rows.c.subject, order_by=value).label("rn"),
            func.count().over(partition_by=rows.c.subject).label("cn"),
        )
        .where(where, value.is_not(None))
        .subquery()
    )
    at = {
        name: least_if(
            and_(inner.c.rn * 100 >= inner.c.cn * rank, (inner.c.rn - 1) * 100 < inner.c.cn * rank),
            inner.c.v,
        )
        for name, rank in ranks.items()
    }
    return grouped(inner, **at)


def number(value: Any) -> ColumnElement[int]:
    """An expression of counts or sums as one more of them."""
    return cast(value, Counted)


def times(conditions: Iterable[Any]) -> ColumnElement[int]:
    """How many of the conditions hold in a row."""
    flags = [case((each, 1), else_=0) for each in conditions]
    return number(reduce(operator.add, flags))


class _Compiler(SQLCompiler):
    def visit_bindparam(self, bindparam: Any, *some: Any, **kw: Any) -> Any:
        """Write values into the text, all but the two binds."""
        kw["literal_binds"] = bindparam.key not in BINDS
        return super().visit_bindparam(bindparam, *some, **kw)  # type: ignore[no-untyped-call]


class _Dialect(DefaultDialect):
    statement_compiler = _Compiler
    paramstyle = "named"


def text_of(statement: Select[Any] | CompoundSelect[Any]) -> str:
    """The SQL every engine runs, with `:as_of` and `:subject`."""
    return str(statement.compile(dialect=_Dialect(paramstyle="named")))
