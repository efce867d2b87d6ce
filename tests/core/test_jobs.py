"""Jobs run by the real worker may defer further ones, in their own transaction."""

from contextvars import Context
from typing import Any

from flask import Flask
from sqlalchemy import text

from core import jobs
from core.db import db
from core.use_case import use_case

heard: list[int] = []


@jobs.job("tests.first")
def first(number: int) -> None:
    defer_second(number)


@use_case
def defer_second(number: int) -> None:
    jobs.defer("tests.second", number=number + 1)
    if number == 5:
        raise ValueError("nothing of this is to be kept")


@jobs.job("tests.second")
def second(number: int) -> None:
    heard.append(number)


@use_case
def defer_firsts() -> None:
    jobs.defer("tests.first", number=1)
    jobs.defer("tests.first", number=5)


def _work(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        defer_firsts()
        db.session.remove()
        jobs._flask[:] = [app]
        jobs.run_worker(app.config["SQLALCHEMY_DATABASE_URI"], wait=False)
        asked = text("select task_name, status, attempts from procrastinate_jobs where queue_name = 'mall'"
                     " and task_name like 'tests.%'")  # fmt: skip
        return [tuple(row) for row in db.session.execute(asked)]


def test_a_job_defers_another_in_the_real_worker(committed_app: Flask) -> None:
    heard.clear()
    before = jobs._flask[:]
    try:
        left = Context().run(_work, committed_app)  # not on a test's pile
    finally:
        jobs._flask[:] = before
    assert heard == [2]
    assert left == [("tests.first", "todo", 1)]  # the one that failed is tried again
