"""The words features are written in: the part of SQL that every engine reads alike.

Everything is a whole number: counts, minor units, days, shares in millionths (ppm). A float is
never kept, so no engine can round differently. Binds are `as_of` (a day number: what was known
before that day) and `subject`; any other value is written into the text.
"""

import operator
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import (
    CTE,
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
    literal,
    select,
    union_all,
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
    safe = whole if isinstance(whole, int) else func.nullif(whole, 0, type_=BigInteger)
    even = (part - func.mod(part, safe, type_=BigInteger)).self_group()
    return cast(func.round(even.op("/", precedence=8)(safe)), BigInteger)


def rate(part: Any, whole: Any) -> ColumnElement[int]:
    """A count's share of another in millionths, cut towards zero; NULL when `whole` is 0."""
    return div(part * PPM, whole)


def share(part: Any, whole: Any) -> ColumnElement[int]:
    """The same of sums of money, which may be too large to be multiplied by a million.

    `whole` is divided by it then.
    """
    small = and_(part < LARGE, part > -LARGE)
    return case((small, rate(part, whole)), else_=div(part, div(whole, PPM)))


def bigint(value: Any) -> ColumnElement[int]:
    """The same number as a bigint: engines widen the sums of windows."""
    return cast(value, BigInteger)


def total(value: Any) -> ColumnElement[int]:
    """The sum as a bigint; 0 of nothing."""
    return cast(func.coalesce(func.sum(value), 0), Counted)


def total_if(condition: Any, value: Any) -> ColumnElement[int]:
    """The sum over rows for which the condition holds."""
    return total(case((condition, value), else_=0))


def total_over(value: Any, group: Any) -> ColumnElement[int]:
    """The sum over the rows of the same group, beside each of them."""
    return bigint(func.sum(value).over(partition_by=group))


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


def largest(value: Any) -> ColumnElement[int]:
    """The largest value; NULL when there is none."""
    return cast(func.max(value), BigInteger)


def smallest(value: Any) -> ColumnElement[int]:
    """The smallest value; NULL when there is none."""
    return cast(func.min(value), BigInteger)


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


def percentiles(
    rows: FromClause, value: Any, *where: ColumnElement[bool], **ranks: int
) -> Select[Any]:
    """By nearest rank: for each name the percentile asked, over rows with `where` and a value."""
    inner = (
        select(
            rows.c.subject,
            value.label("v"),
            func.row_number().over(partition_by=rows.c.subject, order_by=value).label("rn"),
            func.count().over(partition_by=rows.c.subject).label("cn"),
        )
        .where(*where, value.is_not(None))
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


@lru_cache(maxsize=8)
def numbers(count: int) -> CTE:
    """0, 1, … count - 1 as rows with `n`."""
    rows = [select(cast(literal(n), BigInteger).label("n")) for n in range(count)]
    return union_all(*rows).cte(f"numbers_{count}")


def stretches(rows: FromClause, value: Any, days: int, most: int, name: str) -> CTE:
    """Sums by stretches of `days` days before `as_of`, 0 the last, up to the oldest above zero.

    Columns subject, seen (how many stretches), n (which), value; a stretch without rows is 0.
    """
    back = div(AS_OF - 1 - rows.c.known_day, days)
    dated = (
        select(rows.c.subject, back.label("n"), value.label("value"))
        .where(within(rows, days * most))
        .subquery(f"{name}_dated")
    )
    sums = (
        select(dated.c.subject, dated.c.n, total(dated.c.value).label("value"))
        .group_by(dated.c.subject, dated.c.n)
        .cte(f"{name}_sums")
    )
    seen = grouped(sums, seen=most_if(sums.c.value > 0, sums.c.n + 1)).subquery(f"{name}_seen")
    every = numbers(most)
    joined = seen.join(every, every.c.n < seen.c.seen).outerjoin(
        sums, and_(sums.c.subject == seen.c.subject, sums.c.n == every.c.n)
    )
    found = func.coalesce(sums.c.value, 0, type_=BigInteger).label("value")
    return (
        select(seen.c.subject, seen.c.seen, every.c.n, found).select_from(joined).cte(f"{name}_all")
    )


def distances(rows: FromClause, value: Any, name: str) -> Select[Any]:
    """How far values lie from their mean: name_n of them, name_sum, and name_away.

    name_away is the sum of |value * n - sum|, so that `swing` needs no fraction.
    """
    many = bigint(func.count().over(partition_by=rows.c.subject))
    inner = select(
        rows.c.subject,
        value.label("v"),
        many.label("many"),
        total_over(value, rows.c.subject).label("together"),
    ).subquery(f"{name}_inner")
    away = func.abs(inner.c.v * inner.c.many - inner.c.together)
    return grouped(
        inner,
        **{f"{name}_n": count(), f"{name}_sum": total(inner.c.v), f"{name}_away": total(away)},
    )


def swing(n: Any, together: Any, away: Any, least: int) -> ColumnElement[int]:
    """Mean distance from the mean in millionths of the mean; NULL of fewer than `least` values."""
    return case((and_(n >= least, together > 0), share(away, n * together)))


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
