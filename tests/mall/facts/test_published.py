"""What is published has the columns it promises, and a day shows nothing that came after it."""

from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from mall.facts import published
from tests.factories.history import NOW, imported_shop


@pytest.mark.parametrize("name", published.SOURCES)
def test_a_relation_has_its_columns(db: Any, name: str) -> None:
    result = db.session.connection().exec_driver_sql(published.sql_of(name).replace("%", "%%"))
    found = {column.name: column.type_code for column in result.cursor.description}
    promised = {c.name: 25 if str(c.type) == "TEXT" else 20 for c in published.table(name).c}
    assert found == promised  # 20 bigint, 25 text
    assert list(found) == list(promised)


def test_every_promise_has_a_source() -> None:
    assert set(published.PUBLISHED.tables) == set(published.SOURCES)


def test_settlements_are_dated(db: Any) -> None:
    seller_id, _ = imported_shop(db)
    rows = db.session.execute(
        text(
            f"select kind, amount, known_day from ({published.sql_of('fact_settlements')}) s"
            " where seller_id = :seller order by known_day, amount desc"
        ),
        {"seller": seller_id},
    ).all()
    today = clock.day_number(NOW)
    assert [(kind, amount, today - known) for kind, amount, known in rows] == [
        ("settled", 50_000, 98),
        ("settled", 20_000, 18),
        ("refunded", -5_000, 17),
        ("settled", 30_000, 8),
    ]
