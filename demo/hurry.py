"""Makes a build quick: thousands of small actions in one process, with nobody else about."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Engine, create_engine, event

from core.db import db

STATEMENTS_KEPT = 1_000  # psycopg prepares a hundred; a whole mall says more different things
PREPARE_FROM = 2
GARBAGE_FROM = 100_000  # new objects; what a session holds is not garbage


@contextmanager
def hurried() -> Iterator[None]:
    """Prepare statements early and keep them all; look for garbage seldom."""
    usual = gc.get_threshold()
    event.listen(Engine, "connect", _keep_statements)
    db.engine.dispose()  # so that every connection from here on is one of ours
    bank = current_app.extensions.pop("sandbox_bank", None)
    if bank is not None:
        bank.dispose()
    # nobody cuts our connections: the bank need not try each one before it is used
    uri = current_app.config["SQLALCHEMY_DATABASE_URI"]
    current_app.extensions["sandbox_bank"] = create_engine(uri)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_FROM, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        current_app.extensions.pop("sandbox_bank").dispose()
        event.remove(Engine, "connect", _keep_statements)


def _keep_statements(connection: Any, record: Any) -> None:
    connection.prepared_max = STATEMENTS_KEPT
    connection.prepare_threshold = PREPARE_FROM
