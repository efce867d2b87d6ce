"""Everyone scored for a day: kept once, the same from each engine, and after a death as well."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select

from core import clock
from core.db import db as database
from finance.contracts import consents
from finance.contracts.purposes import SCORING
from finance.risk import scorecard
from finance.risk.engines import kept, scoring
from finance.risk.engines.models import FeatureRow, ScoreChunk, ScoreRow, ScoreRun
from finance.risk.engines.scoring import DayToCome, Heard
from finance.risk.features import postgres
from finance.risk.jobs import score_all_job
from mall import facts
from tests.finance.risk.engines import shops

TODAY = clock.day_number(shops.NOW)


def rows_of(model: Any) -> list[tuple[Any, ...]]:
    """The kept rows without the instant they were made."""
    columns = [column for column in model.__table__.columns if column.name != "created_at"]
    rows = (tuple(row) for row in database.session.execute(select(*columns)))
    return sorted(rows, key=lambda row: row[:4])


def instants() -> dict[int, Any]:
    """When each shop's features were kept."""
    rows = database.session.execute(select(FeatureRow.subject_id, FeatureRow.created_at))
    return {id: at for id, at in rows}


def forget() -> None:
    for model in (ScoreChunk, ScoreRun, ScoreRow, FeatureRow):
        database.session.execute(delete(model))


def test_each_engine_keeps_the_same_rows(app: Any, db: Any, tmp_path: Path) -> None:
    app.config["RISK_CHUNK"] = 5
    ids, found = shops.make(db), {}
    for engine, parts in (("postgres", 1), ("postgres", 3), ("duckdb", 1), ("duckdb", 2)):
        more: list[int] = []
        report = scoring.score_all(
            "seller", TODAY, engine, tmp_path, parts=parts, heard=Heard(more=more.append)
        )
        assert report.kept == len(ids) == sum(more) and not report.already
        assert sum(report.grades.values()) == len(ids)
        found[engine, parts] = rows_of(FeatureRow), rows_of(ScoreRow)
        db.session.execute(db.text("set local role none"))  # the application may not forget
        forget()
    assert len(found["postgres", 1][0]) == len(ids)
    assert all(each == found["postgres", 1] for each in found.values())


def test_a_row_is_what_the_card_says(db: Any, tmp_path: Path) -> None:
    ids = shops.make(db)
    report = scoring.score_all("seller", TODAY, "postgres", tmp_path, heard=Heard())
    card = scorecard.load("seller_expert_1")
    for row in db.session.scalars(select(ScoreRow)):
        facts = postgres.compute("seller", row.subject_id, TODAY)
        assert kept.features_of("seller", row.subject_id, TODAY) == facts
        said = card.score(facts or {})
        assert (row.score, row.grade, row.pd_ppm) == (said.score, said.grade, said.pd_ppm)
        assert [each[0] for each in row.lost] == [why.code for why in said.lost]
        ids.remove(row.subject_id)
    assert ids == []
    assert set(report.unread) == {
        line.feature for line in card.lines if line.feature not in (facts or {})
    }
    again = scoring.score_all("seller", TODAY, "duckdb", tmp_path, heard=Heard())
    assert again.already and again.run_id == report.run_id and again.kept == report.kept


def test_who_refused_is_left_out(db: Any, tmp_path: Path) -> None:
    ids = shops.make(db)
    consents.revoke("seller", ids[3], SCORING)
    report = scoring.score_all("seller", TODAY, "postgres", tmp_path, heard=Heard())
    assert report.kept == len(ids) - 1
    assert db.session.scalars(
        select(FeatureRow.subject_id).order_by(FeatureRow.subject_id)
    ).all() == (sorted(set(ids) - {ids[3]}))


def test_a_question_before_the_night_keeps_its_row(db: Any, tmp_path: Path) -> None:
    ids = shops.make(db)
    first = kept.features_of("seller", ids[0], TODAY)
    assert first is not None and rows_of(FeatureRow)[0][-1] == first
    assert kept.features_of("seller", 1, TODAY) is None  # nobody has this id
    report = scoring.score_all("seller", TODAY, "postgres", tmp_path, heard=Heard())
    assert report.kept == len(ids) == len(rows_of(FeatureRow))


def test_a_very_large_shop_is_answered_from_the_last_night(
    db: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shops.make(db)
    large = max(ids, key=lambda id: sum(facts.has_more_orders(id, n) for n in range(9)))
    monkeypatch.setitem(app.config, "RISK_ONLINE_ORDERS", 0)
    with pytest.raises(kept.NotWorkedOut):
        kept.known_of("seller", large, TODAY)
    before = kept.features_of("seller", large, TODAY - 2)
    assert kept.known_of("seller", large, TODAY) == kept.Known(before, TODAY - 2)
    with pytest.raises(kept.NotWorkedOut):
        kept.known_of("seller", large, TODAY + 1)
    today = kept.features_of("seller", large, TODAY)
    assert kept.known_of("seller", large, TODAY) == kept.Known(today, TODAY)
    monkeypatch.setitem(app.config, "RISK_ONLINE_ORDERS", 100_000)
    other = next(id for id in ids if id != large)
    assert kept.known_of("seller", other, TODAY).day == TODAY


def test_a_day_to_come_cannot_be_known(db: Any, tmp_path: Path) -> None:
    tomorrow = clock.day_number(clock.now()) + 1
    with pytest.raises(DayToCome):
        scoring.score_all("seller", tomorrow, "postgres", tmp_path, heard=Heard())


def run(app: Any, folder: Path, engine: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = os.environ | more
    environment |= {
        "DATABASE_URL": app.config["DATABASE_URL"],
        "SECRET_KEY": "only for tests",
        "RISK_CHUNK": "3",
        "RISK_FOLDER": str(folder),
        "ALLOW_VOLATILE_DATABASE": "1",
    }
    words = ["risk", "score-all", "--engine", engine, "--as-of", "2026-03-01", "--parts", "2"]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words, "--subject", "seller"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("engine", ["postgres", "duckdb"])
def test_killed_in_the_middle_it_goes_on(committed_app: Any, tmp_path: Path, engine: str) -> None:
    with committed_app.app_context():
        ids = shops.make(database)
        database.session.commit()
    for point, nth in (("after:keep_chunk", "2"), ("before:keep_chunk", "1")):
        died = run(committed_app, tmp_path, engine, CRASHPOINT=point, CRASHPOINT_NTH=nth)
        assert died.returncode == -9, died.stderr
    with committed_app.app_context():
        before = {row[1] for row in rows_of(FeatureRow)}
        assert 0 < len(before) < len(ids)
        made = instants()
    done = run(committed_app, tmp_path, engine)
    assert done.returncode == 0, done.stderr
    assert f"{len(ids)} sellers scored on {engine}" in done.stdout
    with committed_app.app_context():
        kept_now = instants()
        assert set(kept_now) == set(ids)
        assert {id: kept_now[id] for id in made} == made  # what was kept was not written again
        assert {row[1]: row[-1] for row in rows_of(FeatureRow)} == {
            id: postgres.compute("seller", id, TODAY) for id in ids
        }
        chunks = database.session.scalars(select(ScoreChunk)).all()
        assert sum(chunk.kept for chunk in chunks) == len(ids)
        assert sum(chunk.last_id == kept.LAST for chunk in chunks) == 2
    assert not list((tmp_path / "results").glob("*"))
    assert "scored before" in run(committed_app, tmp_path, engine).stdout


def test_two_runs_at_once_keep_each_row_once(committed_app: Any, tmp_path: Path) -> None:
    committed_app.config["RISK_CHUNK"] = 3
    with committed_app.app_context():
        ids = shops.make(database)
        database.session.commit()
    both = Barrier(2)

    def night(folder: str) -> int:
        with committed_app.app_context():
            both.wait(30)
            return scoring.score_all(
                "seller", TODAY, "postgres", tmp_path / folder, heard=Heard()
            ).run_id

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(night, ("one", "two"))
    assert first == second
    with committed_app.app_context():
        assert len(rows_of(FeatureRow)) == len(rows_of(ScoreRow)) == len(ids)
        chunks = database.session.scalars(select(ScoreChunk)).all()
        assert sum(chunk.kept for chunk in chunks) == len(ids)


def test_the_night_scores_everyone_and_lets_old_rows_go(app: Any, db: Any, tmp_path: Path) -> None:
    ids = shops.make(db)
    app.config["RISK_FOLDER"], app.config["RISK_KEEP_DAYS"] = str(tmp_path), 2
    for days in range(4):
        with clock.travel(shops.NOW + timedelta(days)):
            score_all_job()
    kept_days = sorted({row.as_of for row in database.session.scalars(select(FeatureRow))})
    assert kept_days == [TODAY + 1, TODAY + 2, TODAY + 3]
    scores = select(ScoreRow.subject_id).filter_by(subject="seller", as_of=TODAY + 3)
    assert set(database.session.scalars(scores)) >= set(ids)
