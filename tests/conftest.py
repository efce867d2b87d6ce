"""What tests stand on: a throw-away PostgreSQL, one database a worker, one transaction a test."""

import contextvars
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.globals import _cv_app, _cv_request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, delete, text

from core import jobs
from core.db import db as database
from core.postgres import throwaway
from payments.sandbox_tables import notices

# a busy machine is no fault of what is tested: examples have no deadline, and may come slowly
settings.register_profile("mall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mall")

_stack = ExitStack()
_SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "only for tests",
    "WTF_CSRF_ENABLED": False,
    "ARGON2_MEMORY_KIB": 64,
    "RATELIMIT_ENABLED": False,
    "DEVICE_TRACES": False,  # one test client plays everybody
    "CAPITAL_LADDER": False,  # rooms' tests need large sums at once; stories have what is shipped
    "LENDERS_CHECK": True,
    "JOURNALS_BACK_DAYS": 0,  # tests live on days of their own
    "STRIPE_SECRET_KEY": "",
}


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts one PostgreSQL and migrates a template that every worker copies."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    server = os.environ.get("MALL_TEST_DATABASE_URL")
    if not server:
        cluster = _stack.enter_context(throwaway())
        server = cluster.url("postgres")
    os.environ["MALL_TEST_SERVER"] = server
    _run(server, "drop database if exists mall_test_template")
    _run(server, "create database mall_test_template")
    _migrate(_url_of("mall_test_template"))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _stack.close()


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _url_of(name: str) -> str:
    head, _, tail = os.environ["MALL_TEST_SERVER"].partition("?")
    base = head.rpartition("/")[0]
    return f"{base}/{name}" + (f"?{tail}" if tail else "")


def _migrate(url: str) -> None:
    from flask_migrate import upgrade

    from wsgi import create_app

    app = create_app(_SETTINGS | {"DATABASE_URL": url})
    with app.app_context():
        upgrade(directory="migrations")
        database.engine.dispose()


def _let_in(url: str) -> None:
    """The owner lets into the book what tests declared when they were imported."""
    from ledger import declaring

    engine = create_engine(url)
    with engine.begin() as owner:
        declaring.save(owner, forget=False)
    engine.dispose()


@pytest.fixture(scope="session")
def make_database() -> Iterator[Any]:
    """Make an empty migrated database by name and give its URL; dropped at the end."""
    worker, made = os.environ.get("PYTEST_XDIST_WORKER", "main"), []

    def make(name: str) -> str:
        full = f"mall_test_{worker}_{name}"
        _run(os.environ["MALL_TEST_SERVER"], f'drop database if exists "{full}" with (force)')
        _run(
            os.environ["MALL_TEST_SERVER"], f'create database "{full}" template mall_test_template'
        )
        made.append(full)
        _let_in(_url_of(full))
        return _url_of(full)

    yield make
    for full in made:
        _run(os.environ["MALL_TEST_SERVER"], f'drop database if exists "{full}" with (force)')


@pytest.fixture(scope="session")
def app(make_database: Any) -> Flask:
    """The mall on this worker's database."""
    from wsgi import create_app

    app = create_app(_SETTINGS | {"DATABASE_URL": make_database("shared")})
    app.test_client_class = FreshClient
    return app


class FreshClient(FlaskClient):
    """Each request in a context of its own, but at the test's time and with its dice."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context() and database.session.registry.has():
            database.session.commit()  # else a later rollback of ours would undo the request too
        context = contextvars.copy_context()
        context.run(_cv_app.set, None)  # type: ignore[arg-type]
        context.run(_cv_request.set, None)  # type: ignore[arg-type]
        response = context.run(super().open, *args, **kwargs)
        if database.session.registry.has():
            database.session.expire_all()
        return response


@pytest.fixture
def db(app: Flask) -> Iterator[Any]:
    """The database inside one outer transaction that is rolled back; commits become savepoints."""
    with app.app_context():
        engines = database._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection
        database.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield database
        finally:
            database.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine
            _let_the_bank_forget(app)


def _let_the_bank_forget(app: Flask) -> None:
    """What the sandbox's bank, whose commits are real, still has to tell is nobody's any more."""
    if "sandbox_bank" in app.extensions:
        with app.extensions["sandbox_bank"].begin() as bank:
            bank.execute(delete(notices))


@pytest.fixture(autouse=True)
def pile() -> Iterator[jobs.Pile]:
    """Jobs stay in this process: `pile.run_due()` runs what is due by the clock."""
    with jobs.in_this_process() as pile:
        yield pile


@pytest.fixture
def client(app: Flask, db: Any) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def committed_app(make_database: Any) -> Iterator[Flask]:
    """The mall on a database of its own where commits are real; for tests of concurrency."""
    from wsgi import create_app

    app = create_app(_SETTINGS | {"DATABASE_URL": make_database("committed")})
    app.test_client_class = FreshClient
    yield app
    with app.app_context():
        database.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium a worker: Playwright runs once in a process."""
    from tests.look.chromium import chromium

    with chromium() as browser:
        yield browser
