"""Alembic's environment: the owner's connection, our models, procrastinate's tables left alone.

After every migration the application's role gets the rights that follow from the models.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import make_url

from core import roles
from core.db import Base

OURS = {"rate_limit"}


def _is_ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith("procrastinate_")


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    engine = roles.owner_engine()
    with engine.connect() as connection:
        _prepare(connection)
        _migrate(connection)
        roles.apply(connection)
        connection.commit()
    engine.dispose()


def _prepare(connection: Any) -> None:
    sign_in = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    try:
        roles.ensure(connection, (sign_in,) if sign_in else ())
    except roles.RoleMissing as problem:
        raise SystemExit(str(problem)) from None
    connection.commit()


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
