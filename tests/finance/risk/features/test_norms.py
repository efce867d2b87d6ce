"""What is usual in categories: the same by every reader, kept once a night, read the days after."""

from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import clock
from finance.risk import engines, features
from finance.risk.engines import base, norms
from finance.risk.features import postgres
from finance.risk.features.models import CategoryNorm
from finance.risk.features.norms import KINDS
from tests.finance.risk.engines import shops
from tests.finance.risk.features import oracle, reading, world
from tests.finance.risk.features.oracle.usual import category

TODAY = clock.day_number(shops.NOW)
Numbers = dict[tuple[int, str, int], tuple[int, int]]


def by_hand(rows: world.World, as_of: int) -> tuple[Numbers, Counter[int]]:
    """(part, whole) by category, kind and bucket; and how many shops each category has."""
    parts: Counter[tuple[int, str, int]] = Counter()
    wholes, many = Counter(parts), Counter[int]()
    for tables in oracle.by_subject(rows, "seller_id").values():
        seen = oracle.Seen(tables, as_of)
        mine = category(seen)
        orders, year = seen.last("orders", 90), seen.last("order_events", 365, kind="settled")
        known = [r.near for r in orders if r.near is not None]
        for place in set() if mine is None else {mine, 0}:
            many[place] += 1
            parts.update((place, "hours", r.hour) for r in orders)
            parts.update((place, "weekdays", r.weekday) for r in orders)
            parts[place, "near", 0] += sum(known)
            wholes[place, "near", 0] += len(known)
            parts[place, "reviews", 0] += len(seen.last("review_events", 365, kind="written"))
            wholes[place, "reviews", 0] += len(year)
    for (place, kind, _), part in parts.items():
        if kind in ("hours", "weekdays"):
            wholes[place, kind, 0] += part
    whole = {(p, kind): n for (p, kind, _), n in wholes.items()}
    return {key: (part, whole[key[:2]]) for key, part in parts.items()}, many


def test_three_readers_agree(db: Any) -> None:
    rows = world.make(seed=5, sellers=30, orders=2_500, buyers=200)
    sql, duck = features.text("category"), reading.duckdb_with(rows)
    pg = reading.postgres_with(db, rows).exec_driver_sql(
        sql.replace(":as_of", "%(as_of)s"), {"as_of": world.TODAY}
    )
    here = sorted(tuple(row) for row in pg)
    there = duck.execute(sql.replace(":as_of", "$as_of"), {"as_of": world.TODAY})
    assert {str(column[1]) for column in there.description} == {"BIGINT"}
    assert sorted(there.fetchall()) == here
    duck.close()
    numbers, many = by_hand(rows, world.TODAY)
    said = {(c, KINDS[kind], bucket): (part, whole) for c, kind, bucket, part, whole, _ in here}
    assert said == numbers and len(many) == 5
    assert {row[0]: row[5] for row in here} == many


def test_a_night_keeps_them_once_and_tomorrow_reads_them(db: Any, tmp_path: Path) -> None:
    seller = shops.make(db)[0]
    told: list[str] = []
    found = {}
    for name in ("duckdb", "postgres"):
        engine = engines.named(name, tmp_path)
        found[name] = norms.keep(TODAY, engine, tmp_path / name, told.append)
        engine.close()
    assert found["postgres"] == 0 and found["duckdb"] > 5  # the second night finds them kept
    rows = db.session.scalars(select(CategoryNorm)).all()
    assert {(row.as_of, row.category_id, row.shops) for row in rows} == {(TODAY, 0, 8)}
    asked = ("hour_distance_ppm", "weekday_distance_ppm", "review_rate_usual_ppm")
    assert [known(seller, TODAY)[name] for name in asked] == [None, None, None]
    tomorrow = known(seller, TODAY + 1)
    assert tomorrow["hour_distance_ppm"] == 0  # everybody sold at the same hour
    assert 0 < tomorrow["weekday_distance_ppm"] < 1_000_000
    assert 0 < tomorrow["review_rate_usual_ppm"] < 3_000_000
    assert known(seller, TODAY + 8)["hour_distance_ppm"] is None  # too old to be said


def test_engines_work_out_the_same(db: Any, tmp_path: Path) -> None:
    shops.make(db)
    said = []
    for name in ("duckdb", "postgres"):
        engine = engines.named(name, tmp_path)
        engine.prepare("category", TODAY, str)
        to = tmp_path / f"{name}.parquet"
        engine.write("category", TODAY, base.Part(), to)
        rows = engines.results.read(to)
        assert rows.column_names == ["subject", "kind", "bucket", "part", "whole", "shops"]
        said.append(sorted(map(str, rows.to_pylist())))
        engine.close()
    assert said[0] == said[1] and len(said[0]) > 5


def known(seller: int, day: int) -> dict[str, Any]:
    return postgres.compute("seller", seller, day) or {}
