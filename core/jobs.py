"""Jobs that may wait, kept in PostgreSQL and deferred in the same transaction as their cause."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, cast

import procrastinate
import psycopg
from flask import Flask
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db

Job = Callable[..., object]

_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
# a worker gives `_app` a connector that waits; what jobs defer goes by our own connections
_deferring = procrastinate.manager.JobManager(procrastinate.SyncPsycopgConnector())
_jobs: dict[str, Job] = {}
_crons: list[tuple[str, str]] = []
_flask: list[Flask] = []


class Pile:
    """Jobs kept in this process, for the demo and tests, that run when told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[datetime, str, dict[str, Any]]] = []

    def run_due(self) -> int:
        """Run what is due by the clock, including what that defers; returns how many ran."""
        ran = 0
        while due := [job for job in self.waiting if job[0] <= clock.now()]:
            self.waiting = [job for job in self.waiting if job[0] > clock.now()]
            for _, name, arguments in due:
                _jobs[name](**arguments)
                ran += 1
        return ran


_pile: ContextVar[Pile | None] = ContextVar("pile", default=None)


def job(name: str, *, cron: str = "") -> Callable[[Job], Job]:
    """Register a job; it must be safe to run twice. `cron` lets the worker start it by itself."""

    def register(body: Job) -> Job:
        _jobs[name] = body

        @wraps(body)
        def run(**arguments: Any) -> None:
            arguments.pop("timestamp", None)
            with _flask[-1].app_context():
                body(**arguments)

        retry = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2)
        task = _app.task(name=name, queue="mall", retry=retry, pass_context=False)(run)
        if cron:
            _app.periodic(cron=cron)(cast(Any, task))
        return body

    return register


def defer(
    name: str, *, at: datetime | None = None, lock: str | None = None, **arguments: Any
) -> None:
    """Let job `name` run (not before `at`) if the transaction in which this is said commits."""
    if name not in _jobs:
        raise KeyError(f"no job called {name}")
    pile = _pile.get()
    if pile is not None:
        pile.waiting.append((at or clock.now(), name, arguments))
        return
    raw = db.session.connection().connection.driver_connection
    deferrer = _app.tasks[name].configure(schedule_at=at, lock=lock, connection=raw)
    deferrer.job_manager = _deferring
    try:
        deferrer.defer(**arguments)
    except procrastinate.exceptions.ConnectorException as error:
        # as our own statements fail: tried again after a deadlock, told as 503 when it is gone
        raise DBAPIError.instance(
            f"defer {name}", None, error.__cause__ or error, psycopg.Error
        ) from error


@contextmanager
def in_this_process() -> Iterator[Pile]:
    """Keep deferred jobs on a pile instead of in the database."""
    pile = Pile()
    token = _pile.set(pile)
    try:
        yield pile
    finally:
        _pile.reset(token)


def init_app(app: Flask) -> None:
    _flask.append(app)


def run_worker(database_url: str, *, wait: bool = True) -> None:
    """Work until stopped (or, with wait=False, until nothing is due)."""
    conninfo = database_url.replace("postgresql+psycopg://", "postgresql://")
    connector = procrastinate.PsycopgConnector(conninfo=conninfo)
    with _app.replace_connector(connector) as worker_app:
        worker_app.run_worker(queues=["mall"], wait=wait, concurrency=2, delete_jobs="successful")


@job("core.retry_stalled", cron="*/2 * * * *")
def retry_stalled() -> None:
    """Give jobs of workers that died to another one."""
    db.session.rollback()
    engine = db.engine
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "update procrastinate_jobs set status = 'todo', worker_id = null, attempts = attempts + 1"
            " where status = 'doing' and worker_id is null"
        )
