"""Whether the mall can serve: the database answers and its tables are those of this code."""

from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.db import db, forget

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", _healthz)


def _healthz() -> tuple[Response, int]:
    problem = problem_found()
    body = {"ok": not problem, "problem": problem}
    return jsonify(body), 503 if problem else 200


def problem_found() -> str:
    """What keeps the mall from serving, in one sentence; empty when nothing does."""
    try:
        here = set(db.session.scalars(text("select version_num from alembic_version")))
    except SQLAlchemyError:
        forget()
        return "The database cannot be asked."
    if here != heads():
        return "The database is not at this version: run `flask db upgrade`."
    return ""


@lru_cache
def heads() -> set[str]:
    """The newest migrations this code knows."""
    return set(ScriptDirectory(str(MIGRATIONS)).get_heads())
