"""A snapshot whose relation changed its meaning is written again, whatever its days count."""

from pathlib import Path
from typing import Any

from core import clock
from finance.risk.engines import snapshot
from mall.facts import published
from tests.finance.risk.engines import shops

TODAY = clock.day_number(shops.NOW)
NAME = "fact_order_lines"


def test_another_meaning_is_written_anew(db: Any, tmp_path: Path, monkeypatch: Any) -> None:
    shops.make(db)

    def written() -> int:
        return snapshot.update(tmp_path, [NAME], TODAY, str)[NAME]

    first = written()
    assert first > 50 and written() == 0
    old = published.sql_of
    monkeypatch.setattr(published, "sql_of", lambda name: old(name) + " -- means more")
    assert written() == first
    assert written() == 0
