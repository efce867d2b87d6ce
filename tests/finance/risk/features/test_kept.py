"""Features of a day are worked out once and kept; the page about them is written from them."""

from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from core import clock
from core.errors import NotFound
from finance.risk.features import cli, postgres, services, writing
from finance.risk.features.models import FeatureRow
from mall.history.models import HistoryOrder
from tests.mall.facts.test_records import NOW, _shop

DAY = clock.day_of(NOW)


def _rows(db: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(FeatureRow)))


def test_a_row_is_worked_out_once(db: Any) -> None:
    seller_id, _ = _shop(db)
    first = services.of("seller", seller_id, DAY)
    assert first["net_90"] == 45_000
    db.session.execute(update(HistoryOrder).values(total=1))  # what was answered stays answered
    assert services.of("seller", seller_id, DAY) == first
    assert _rows(db) == 1
    assert services.of("seller", seller_id, DAY + timedelta(1)) != first
    assert _rows(db) == 2


def test_the_row_of_the_night_is_the_answer(db: Any) -> None:
    seller_id, _ = _shop(db)
    day = clock.day_number(DAY)
    everyone = postgres.compute_all("seller", day)
    services.keep("seller", day, everyone)
    services.keep("seller", day, {seller_id: dict.fromkeys(everyone[seller_id], 7)})
    assert services.of("seller", seller_id, DAY) == everyone[seller_id]
    assert _rows(db) == len(everyone)


def test_a_changed_definition_is_another_row(db: Any, monkeypatch: Any) -> None:
    seller_id, _ = _shop(db)
    services.of("seller", seller_id, DAY)
    monkeypatch.setattr(services, "definition", lambda subject: "0" * 64)
    services.of("seller", seller_id, DAY)
    assert _rows(db) == 2


def test_nobody_has_none(db: Any) -> None:
    with pytest.raises(NotFound):
        services.of("seller", 1, date(2026, 3, 1))


def test_the_command_prints_them(app: Any, db: Any) -> None:
    seller_id, _ = _shop(db)
    words = ["--subject", f"seller:{seller_id}", "--as-of", str(DAY)]
    said = CliRunner().invoke(cli.features, words).output
    assert "CNY 450.00" in said or "450.00" in said
    assert "refund_rate_90_ppm" in said and "10.0000 %" in said
    assert "not known" in said
    assert CliRunner().invoke(cli.features, ["--subject", "shop"]).exit_code == 2


def test_the_page_is_what_the_definitions_say(app: Any) -> None:
    assert cli.PAGE.read_text() == writing.document(), "flask risk features --write-docs"
