"""Where simulations run outside the tests: a throw-away database, given back after each seed."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade

from core import jobs
from core.db import db
from core.postgres import throwaway
from tests.chaos.malls import SETTINGS


@contextmanager
def mall() -> Iterator[Flask]:
    """A mall of its own on an empty migrated database."""
    from wsgi import create_app

    with throwaway() as cluster:
        cluster.ensure_database("simulation")
        app = create_app(SETTINGS | {"DATABASE_URL": cluster.url("simulation")})
        with app.app_context():
            upgrade(directory="migrations")
            yield app
            db.engine.dispose()


@contextmanager
def clean_slate(app: Flask) -> Iterator[jobs.Pile]:
    """One transaction around everything that is undone at the end; commits become savepoints."""
    engines = db._app_engines[app]
    engine = engines[None]
    connection = engine.connect()
    outer = connection.begin()
    engines[None] = connection
    db.session.configure(join_transaction_mode="create_savepoint")
    try:
        with jobs.in_this_process() as pile:
            yield pile
    finally:
        db.session.remove()
        outer.rollback()
        connection.close()
        engines[None] = engine
