"""Alembic's environment: one connection, our models, procrastinate's tables left alone."""

from typing import Any

from alembic import context
from flask import current_app

from core.db import Base, db

OURS = {"rate_limit"}


def _is_ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith("procrastinate_")


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with db.engine.connect() as connection:
        _migrate(connection)


def _migrate(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=_is_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if current_app:
    run()
