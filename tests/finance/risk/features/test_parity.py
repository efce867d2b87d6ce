"""PostgreSQL, DuckDB and plain Python say the same of every subject, to the last bit."""

from collections.abc import Iterator
from typing import Any

import pytest

from finance.risk import features
from tests.finance.risk.features import oracle, reading, world

DAYS = (world.TODAY, world.TODAY - 45, world.TODAY - 400)


@pytest.fixture(scope="module")
def rows() -> world.World:
    return world.make()


@pytest.fixture(scope="module")
def duck(rows: world.World) -> Iterator[Any]:
    connection = reading.duckdb_with(rows)
    yield connection
    connection.close()


@pytest.fixture
def pg(db: Any, rows: world.World) -> Any:
    return reading.postgres_with(db, rows)


def by_hand(rows: world.World, subject: str, as_of: int) -> reading.Found:
    """What the oracle says of everyone known before the day."""
    key, everyone = features.KEYS[subject], f"fact_{subject}s"
    names = [each.name for each in features.features_of(subject)]
    mine = oracle.by_subject(rows, key)
    said = oracle.SHOP if subject == "seller" else oracle.SHOPPER
    return {
        id: (id, *(said[name](oracle.Seen(mine[id], as_of)) for name in names))
        for id in (row[key] for row in rows[everyone] if row["known_day"] < as_of)
    }


def differences(subject: str, one: reading.Found, other: reading.Found) -> list[str]:
    names = ["subject", *(each.name for each in features.features_of(subject))]
    assert set(one) == set(other)
    return [
        f"{names[i]} of {id}: {one[id][i]} or {other[id][i]}"
        for id in one
        for i in range(len(names))
        if one[id][i] != other[id][i] or type(one[id][i]) is not type(other[id][i])
    ]


@pytest.mark.parametrize("subject", ["seller", "buyer"])
def test_there_is_enough_to_compare(rows: world.World, subject: str) -> None:
    assert len(rows["fact_order_lines"]) > 19_000
    found = by_hand(rows, subject, world.TODAY)
    for place, each in enumerate(features.features_of(subject), 1):
        assert len({values[place] for values in found.values()}) > 1, f"{each.name} says nothing"


def test_nothing_is_known_of_an_empty_shop(rows: world.World) -> None:
    empty = by_hand(rows, "seller", world.TODAY)[world.EMPTY]
    assert empty.count(None) > 10 and set(empty[1:]) <= {0, None, 3_000}  # made-up reviews


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("subject", ["seller", "buyer"])
def test_three_readers_agree(
    pg: Any, duck: Any, rows: world.World, subject: str, as_of: int
) -> None:
    sql = features.text(subject)
    in_postgres = reading.ask_postgres(pg, sql, as_of=as_of)
    in_duckdb = reading.ask_duckdb(duck, sql, as_of=as_of)
    assert differences(subject, in_postgres, in_duckdb) == []
    assert differences(subject, in_postgres, by_hand(rows, subject, as_of)) == []


@pytest.mark.parametrize("subject", ["seller", "buyer"])
def test_one_is_a_row_of_all(pg: Any, duck: Any, subject: str) -> None:
    everyone = reading.ask_duckdb(duck, features.text(subject), as_of=world.TODAY)
    sql = features.text(subject, one=True)
    for id in sorted(everyone)[:5:2]:
        binds = {"as_of": world.TODAY, "subject": id}
        assert reading.ask_postgres(pg, sql, **binds) == {id: everyone[id]}
        assert reading.ask_duckdb(duck, sql, **binds) == {id: everyone[id]}
    assert reading.ask_postgres(pg, sql, as_of=world.TODAY, subject=999_999) == {}
