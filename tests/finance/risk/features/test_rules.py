"""Each rule that keeps the text portable is needed: broken on purpose, some reader disagrees."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
from sqlalchemy import BigInteger, Double, and_, cast, func, select
from sqlalchemy.exc import DBAPIError

from finance.risk import features
from finance.risk.features import building, portable
from finance.risk.features.portable import Counted, div, grouped, least_if
from mall.facts import published
from tests.finance.risk.features import reading, world
from tests.finance.risk.features.test_parity import by_hand, differences

FUNCTIONS = {
    "cast",
    "coalesce",
    "sum",
    "count",
    "min",
    "max",
    "mod",
    "nullif",
    "round",
    "abs",
    "row_number",
    "lead",
}
WORDS = {
    "as",
    "in",
    "on",
    "over",
    "then",
    "when",
    "and",
    "or",
    "select",
    "from",
    "case",
    "with",
    "join",
    "having",
    "by",
}


@pytest.fixture(scope="module")
def rows() -> world.World:
    return world.make(seed=3, sellers=12, orders=1_200, buyers=60)


@pytest.fixture
def readers(db: Any, rows: world.World) -> Iterator[tuple[Any, Any]]:
    duck = reading.duckdb_with(rows)
    yield reading.postgres_with(db, rows), duck
    duck.close()
    forget()


def forget() -> None:
    building.assemble.cache_clear()
    building.text.cache_clear()


def agree(readers: tuple[Any, Any], rows: world.World, sql: str) -> bool:
    """Whether PostgreSQL, DuckDB and the oracle say the same of every shop, all as bigints."""
    pg, duck = readers
    try:
        with pg.begin_nested():
            one = reading.ask_postgres(pg, sql, as_of=world.TODAY)
    except (DBAPIError, AssertionError):
        return False
    try:
        other = reading.ask_duckdb(duck, sql, as_of=world.TODAY)
    except (duckdb.Error, AssertionError):
        return False
    hand = by_hand(rows, "seller", world.TODAY)
    return not differences("seller", one, other) and not differences("seller", one, hand)


def replace(patch: Any, name: str, with_: Callable[..., Any]) -> None:
    """Another function of this name for all definitions."""
    for module in [m for n, m in sys.modules.items() if n.startswith("finance.risk.features")]:
        if hasattr(module, name):
            patch.setattr(module, name, with_)
    forget()


def their_division(part: Any, whole: Any) -> Any:
    return cast(part / func.nullif(whole, 0), BigInteger)


def division_without_its_remainder(part: Any, whole: Any) -> Any:
    return cast(part.op("/", precedence=8)(func.nullif(whole, 0)), BigInteger)


def division_by_zero(part: Any, whole: Any) -> Any:
    even = (part - func.mod(part, whole)).self_group()
    return cast(func.round(even.op("/", precedence=8)(whole)), BigInteger)


def share_of_any_size(part: Any, whole: Any) -> Any:
    return div(part * portable.PPM, whole)


def share_as_a_float(part: Any, whole: Any) -> Any:
    return cast(part, Double) * 1_000_000 / cast(func.nullif(whole, 0), Double)


def sum_as_it_comes(value: Any) -> Any:
    return func.coalesce(func.sum(value), 0, type_=Counted)


def sum_of_nothing(value: Any) -> Any:
    return cast(func.sum(value), BigInteger)


def window_one_day_short(found: Any, days: int) -> Any:
    return found.c.known_day > portable.AS_OF - days


def rank_from_below(found: Any, value: Any, *where: Any, **ranks: int) -> Any:
    by = {"partition_by": found.c.subject}
    nth = func.row_number().over(**by, order_by=value).label("rn")
    many = func.count().over(**by).label("cn")
    inner = select(found.c.subject, value.label("v"), nth, many)
    kept = inner.where(*where, value.is_not(None)).subquery()
    at = {
        name: least_if(and_(kept.c.rn * 100 > kept.c.cn * rank), kept.c.v)
        for name, rank in ranks.items()
    }
    return grouped(kept, **at)


BROKEN = [
    ("div", their_division),
    ("div", division_without_its_remainder),
    ("div", division_by_zero),
    ("share", share_of_any_size),
    ("share", share_as_a_float),
    ("total", sum_of_nothing),
    ("within", window_one_day_short),
    ("percentiles", rank_from_below),
]


def test_unbroken_they_agree(readers: Any, rows: world.World) -> None:
    assert agree(readers, rows, features.text("seller"))


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=[each.__name__ for _, each in BROKEN])
def test_a_broken_rule_is_noticed(
    readers: Any, rows: world.World, monkeypatch: Any, name: str, broken: Any
) -> None:
    replace(monkeypatch, name, broken)
    assert not agree(readers, rows, features.text("seller"))


def test_sums_and_answers_must_be_cast(readers: Any, rows: world.World, monkeypatch: Any) -> None:
    replace(monkeypatch, "total", sum_as_it_comes)
    sql = re.sub(r"CAST\((m\.\w+) AS BIGINT\) AS", r"\1 AS", features.text("seller"))
    assert not agree(readers, rows, sql)  # PostgreSQL answers numeric


def test_the_day_itself_must_not_count(readers: Any, rows: world.World) -> None:
    sql = features.text("seller").replace("known_day < CAST(:as_of", "known_day <= CAST(:as_of")
    assert not agree(readers, rows, sql)


def test_suspected_orders_must_be_left_out(readers: Any, rows: world.World) -> None:
    sql = features.text("seller").replace("suspects.order_id IS NULL", "1 = 1")
    assert not agree(readers, rows, sql)


def test_one_must_filter_every_relation(readers: Any) -> None:
    _, duck = readers
    everyone = reading.ask_duckdb(duck, features.text("seller"), as_of=world.TODAY)
    text, binds = features.text("seller", one=True), {"as_of": world.TODAY, "subject": 7}
    assert reading.ask_duckdb(duck, text, **binds) == {7: everyone[7]}
    asked = re.findall(r"(fact_\w+)\.seller_id = CAST\(:subject AS BIGINT\)", text)
    of_nobody = text.count("FROM fact_category_norms")
    assert of_nobody == 1  # what is usual is asked of all, of few days
    assert sorted({*asked, "fact_category_norms"}) == sorted(
        features.assemble("seller", True).relations
    )
    assert len(asked) == text.count("FROM fact_") - of_nobody


@pytest.mark.parametrize("one", [False, True])
@pytest.mark.parametrize("subject", ["seller", "buyer", "category"])
def test_the_text_uses_what_every_engine_has(subject: str, one: bool) -> None:
    text = features.text(subject, one)
    called = {name.lower() for name in re.findall(r"\b(\w+) ?\(", text)} - WORDS
    made = set(re.findall(r"(\w+) AS *\n?\(", text))
    assert called - made <= FUNCTIONS
    assert set(re.findall(r":(\w+)", text)) == (
        {"as_of", "subject"} if one and subject in features.KEYS else {"as_of"}
    )
    for banned in (
        "FILTER",
        "DISTINCT",
        "INTERVAL",
        "GREATEST",
        "LEAST(",
        "AVG",
        "::",
        '"',  # a name in quotes is a text to Spark
        "%",
        "true",
    ):
        assert banned.lower() not in text.lower(), banned
    assert not re.search(r"\d\.\d", text), "a fraction"


def test_columns_are_whole_numbers_and_text() -> None:
    for table in published.PUBLISHED.tables.values():
        assert {str(column.type) for column in table.columns} <= {"BIGINT", "TEXT"}
        assert set(published.CLOCKS) <= set(table.c.keys())
        assert not {"day", "name", "address", "email", "text"} & set(table.c.keys())
