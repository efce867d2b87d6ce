"""An empty database migrates to exactly our models, and back to nothing."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text

from core.db import Base
from core.db import db as database


def _differences(url: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_ours}
        )
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def _is_ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith("procrastinate_")


def test_an_empty_database_migrates_to_exactly_our_models(app: Any, make_database: Any) -> None:
    assert _differences(make_database("migrated")) == []


def test_every_migration_can_be_taken_back_and_made_again(app: Any, make_database: Any) -> None:
    from wsgi import create_app

    url = make_database("back")
    other = create_app({"DATABASE_URL": url, "SECRET_KEY": "x", "RATELIMIT_ENABLED": False})
    with other.app_context():
        downgrade(directory="migrations", revision="base")
        with database.engine.connect() as connection:
            left = connection.execute(
                text("select count(*) from pg_tables where schemaname = 'public'")
            ).scalar_one()
        assert left == 1  # alembic's own
        upgrade(directory="migrations")
        database.engine.dispose()
    assert _differences(url) == []
