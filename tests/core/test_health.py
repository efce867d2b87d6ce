"""/healthz says whether the database is there and current."""

from typing import Any

from sqlalchemy import text

from tests.factories.owner import as_owner


def test_a_current_database_is_well(client: Any) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True, "problem": ""})


def test_an_old_database_is_not(client: Any, db: Any) -> None:
    with as_owner():
        db.session.execute(text("update alembic_version set version_num = 'long_ago'"))
    db.session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503 and "flask db upgrade" in answer.json["problem"]


def test_a_database_that_cannot_be_asked_is_not(client: Any, db: Any) -> None:
    with as_owner():
        db.session.execute(text("alter table alembic_version rename to elsewhere"))
    db.session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503 and "cannot be asked" in answer.json["problem"]
