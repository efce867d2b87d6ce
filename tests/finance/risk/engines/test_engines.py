"""Every engine says of every shop what one statement in the mall's database says."""

from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from core import clock
from finance.risk import engines, features
from finance.risk.engines import Part, results, snapshot
from finance.risk.features import postgres
from mall.facts import published
from mall.history.models import HistoryImport
from tests.finance.risk.engines import shops

TODAY = clock.day_number(shops.NOW)


def hear(words: str) -> None:
    """Nobody listens."""


def answer(
    name: str, folder: Path, as_of: int, parts: int = 1, subject: str = "seller"
) -> dict[int, Any]:
    """What an engine says, the parts put together."""
    engine, found = engines.named(name, folder), {}
    engine.prepare(subject, as_of, hear)
    for number in range(parts):
        part = Part(number, parts)
        to = folder / f"{name}{parts}{as_of}{subject}"
        place = results.computed(engine, subject, as_of, part, to)
        rows = results.read(place)
        assert {str(kind) for kind in rows.schema.types} == {"int64"}
        for row in rows.to_pylist():
            id = row.pop("subject")
            assert id not in found and id % parts == number
            found[id] = row
    engine.close()
    return found


@pytest.mark.parametrize("as_of", [TODAY, TODAY - 100])
def test_engines_agree(db: Any, tmp_path: Path, as_of: int) -> None:
    ids = shops.make(db)
    one_by_one = {id: postgres.compute("seller", id, as_of) for id in ids}
    assert len({tuple(each.values()) for each in one_by_one.values() if each}) > 8
    for name in ("postgres", "duckdb"):
        assert answer(name, tmp_path, as_of) == one_by_one
        assert answer(name, tmp_path, as_of, parts=3) == one_by_one


def test_engines_agree_on_shoppers(db: Any, tmp_path: Path) -> None:
    shops.make(db)
    here = answer("postgres", tmp_path, TODAY, subject="buyer")
    assert len({tuple(each.values()) for each in here.values()}) > 20
    assert answer("duckdb", tmp_path, TODAY, parts=2, subject="buyer") == here


def test_a_snapshot_holds_what_the_mall_knows(db: Any, tmp_path: Path) -> None:
    shops.make(db)
    duck = engines.named("duckdb", tmp_path)
    duck.prepare("seller", TODAY, hear)
    snapshot.update(tmp_path / "snapshot", ["fact_order_lines"], TODAY, hear)
    for name in {*engines.base.relations("seller"), "fact_order_lines"}:
        query = published.sql_of(name).replace("%", "%%")
        rows = db.session.connection().exec_driver_sql(
            f"select * from ({query}) r where known_day < {TODAY}"
        )
        here = [dict(row) for row in rows.mappings()]
        kept = pq.read_table(tmp_path / "snapshot" / name).to_pylist()
        assert sorted(map(str, here)) == sorted(map(str, kept))
    lines = pq.read_table(tmp_path / "snapshot" / "fact_order_lines").to_pylist()
    products = {row["product"] for row in lines}
    assert {"", "comma, and\nnew line", 'a "quoted" name'} < products


def test_only_new_days_are_written(db: Any, tmp_path: Path) -> None:
    ids, name = shops.make(db), ["fact_order_lines"]
    told: list[str] = []
    first = snapshot.update(tmp_path, name, TODAY - 30, hear)
    assert first["fact_order_lines"] > 50
    assert snapshot.update(tmp_path, name, TODAY - 30, told.append) == {"fact_order_lines": 0}
    assert told == []
    later = snapshot.update(tmp_path, name, TODAY, hear)
    files = {int(file.stem) for file in (tmp_path / name[0]).glob("[0-9]*.parquet")}
    assert len({day for day in files if day >= TODAY - 30}) <= later["fact_order_lines"] < 40
    # a history imported since: old days count other rows
    taken = HistoryImport(digest="more", name="more.csv")
    db.session.add(taken)
    db.session.flush()
    shops.order(db, Random(1), taken.id, ids[0], None, "late", days=200)  # type: ignore[arg-type]
    db.session.flush()
    assert snapshot.update(tmp_path, name, TODAY, told.append)["fact_order_lines"] >= 1
    assert told == ["fact_order_lines: 1 days"]
    assert answer("duckdb", tmp_path / "b", TODAY) == answer("postgres", tmp_path / "b", TODAY)


def test_days_that_left_the_mall_leave_the_snapshot(db: Any, tmp_path: Path) -> None:
    shops.make(db)
    snapshot.update(tmp_path, ["fact_orders"], TODAY, hear)
    stray = tmp_path / "fact_orders" / f"{TODAY - 4_000}.parquet"
    min((tmp_path / "fact_orders").glob("[0-9]*.parquet")).rename(stray)
    snapshot.update(tmp_path, ["fact_orders"], TODAY, hear)
    assert not stray.exists()
    query = f"select count(*) from ({published.sql_of('fact_orders')}) r where known_day < {TODAY}"
    count = db.session.connection().exec_driver_sql(query.replace("%", "%%")).scalar_one()
    assert pq.read_table(tmp_path / "fact_orders").num_rows == count


def test_a_half_written_answer_is_computed_again(db: Any, tmp_path: Path) -> None:
    shops.make(db)
    engine, place = engines.named("postgres", tmp_path), tmp_path / "answers"
    place.mkdir()
    (place / "0of1.draft").write_bytes(b"half")
    whole = results.computed(engine, "seller", TODAY, Part(), place)
    rows = pq.read_table(whole)
    assert rows.column_names[1:] == [each.name for each in features.features_of("seller")]
    assert results.read(whole).column("subject").to_pylist() == sorted(
        rows.column("subject").to_pylist()
    )
