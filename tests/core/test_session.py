"""One transaction, whether it begins at the driver or with rows: on a database where commits last."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import db
from core.use_case import end_read, use_case

NOTES = text("select string_agg(said, ',' order by said) from notes")


@pytest.fixture(autouse=True)
def notes(committed_app: Any) -> Iterator[None]:
    """A table of our own that a function writes, as the book's does."""
    with committed_app.app_context():
        url = committed_app.config["OWNER_DATABASE_URI"].replace("+psycopg", "")
        with psycopg.connect(url) as owner:
            owner.execute("create table notes (said text primary key)")
            owner.execute("grant select, insert, delete on notes to mall_app")
            owner.execute(
                "create function note(t text) returns text language plpgsql security definer as"
                " $$ begin insert into notes values (t); return t; end $$"
            )
        yield
        db.session.remove()
        assert db.engine.pool.checkedout() == 0
        told = "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
        with db.engine.connect() as connection:
            assert connection.execute(text(f"{told} and pid <> pg_backend_pid()")).scalar() == 0


def ask(said: str) -> Any:
    return db.session().ask("select note(%s)", (said,))


def by_rows(said: str) -> None:
    db.session.execute(text("insert into notes values (:said)"), {"said": said})


def written() -> Any:
    found = db.session.execute(NOTES).scalar()
    db.session.commit()
    return found


def both(*ways: Any, fail: bool = False) -> Any:
    @use_case
    def action() -> None:
        for number, way in enumerate(ways):
            way(f"{number}")
        if fail:
            raise LookupError

    return action


@pytest.mark.parametrize(
    "ways", [(ask,), (ask, ask), (by_rows, ask), (ask, by_rows), (ask, by_rows, ask), (by_rows,)]
)
def test_what_is_asked_and_what_is_written_by_rows_is_one_transaction(ways: Any) -> None:
    with pytest.raises(LookupError):
        both(*ways, fail=True)()
    assert written() is None
    both(*ways)()
    assert written() == ",".join(str(n) for n in range(len(ways)))


def test_an_error_is_the_one_of_any_statement_and_undoes_all() -> None:
    for ways in ((ask, ask), (by_rows, ask), (ask, by_rows, ask)):

        @use_case
        def twice(ways: Any = ways) -> None:
            for way in ways:
                way("same")

        with pytest.raises(DBAPIError, match="notes_pkey"):
            twice()
        assert written() is None
    both(ask)()
    assert written() == "0"


def test_a_statement_the_driver_has_dropped_is_prepared_again() -> None:
    both(ask)()
    db.session.execute(text("deallocate all"))
    db.session.commit()
    both(lambda _: ask("again"))()
    assert written() == "0,again"


def test_a_connection_that_is_gone_is_told_and_replaced() -> None:
    both(ask)()
    mine = db.session.execute(text("select pg_backend_pid()")).scalar()
    db.session.commit()

    @use_case
    def cut(first: Any) -> None:
        first("lost")
        end(mine)
        ask("never")

    for first in (ask, by_rows):
        with pytest.raises(DBAPIError):
            cut(first)
        mine = db.session.execute(text("select pg_backend_pid()")).scalar()
        db.session.commit()
        assert written() == "0"
    both(lambda _: ask("after"))()
    assert written() == "0,after"


def end(pid: Any) -> None:
    url = db.engine.url.difference_update_query(["options"])
    with psycopg.connect(
        host=url.query["host"], user="mall", dbname=url.database, autocommit=True
    ) as owner:
        owner.execute("select pg_terminate_backend(%s, 5000)", (pid,))


def test_values_arrive_as_they_are() -> None:
    at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    statement = "select concat_ws('|', %s::bigint, %s::text, %s::date, %s::timestamptz, %s::text)"
    values = (-(2**62), "Grüße 🛒", date(2026, 3, 1), at, None)
    alone = db.session().ask(statement, values)
    assert alone == "-4611686018427387904|Grüße 🛒|2026-03-01|2026-03-01 12:30:00+00"
    assert db.session().ask(statement, values) == alone  # inside the transaction, by the driver
    db.session.rollback()
    assert db.session().ask("select null::text", ()) is None
    db.session.rollback()
    assert db.session().ask("select note(%s::jsonb ->> 0)", ('["of json"]',)) == "of json"
    db.session.rollback()
    with pytest.raises(DBAPIError, match="NUL"):
        ask("a\0b")
    db.session.rollback()
    assert written() is None


def test_reading_goes_on_in_what_was_begun() -> None:
    """A savepoint and rows that are read see what was asked before them."""
    ask("first")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        by_rows("first")
    assert db.session.execute(NOTES).scalar() == "first"
    db.session.commit()
    db.session.rollback()
    assert written() == "first"


def test_a_connection_stays_with_whoever_only_asks_and_is_given_back_to_wait() -> None:
    pool = db.engine.pool
    both(ask)()
    assert pool.checkedout() == 1
    both(lambda _: ask("again"))()
    assert pool.checkedout() == 1
    end_read()
    assert pool.checkedout() == 0
    both(lambda _: ask("and again"))()
    both(lambda _: by_rows("rows"))()
    assert pool.checkedout() == 0
    assert written() == "0,again,and again,rows"


def test_a_connection_that_went_while_it_was_kept_is_replaced() -> None:
    both(ask)()
    end(db.session().ask("select pg_backend_pid()::text", ()))
    db.session.rollback()
    both(lambda _: ask("first"))()
    mine = db.session().ask("select pg_backend_pid()::text", ())
    db.session.commit()
    end(mine)
    both(lambda _: ask("second"))()
    assert written() == "0,first,second"


def test_more_than_the_wire_takes_at_once_goes_there_and_back() -> None:
    much = "0123456789" * 2_000_000
    assert db.session().ask("select %s || '!'", (much,)) == much + "!"
    db.session.rollback()


def test_others_go_on_while_one_waits(committed_app: Any) -> None:
    """Whoever holds the lock is a thread of the same process: it must come to release it."""
    patient = "set_config('lock_timeout', '9s', true) > ''"
    lock = f"select case when {patient} then pg_advisory_xact_lock(%s)::text end"
    told: list[Any] = []

    def wait() -> None:
        with committed_app.app_context():
            told.append(use_case(lambda: db.session().ask(lock, (7,)))())

    db.session().ask(lock, (7,))
    other = threading.Thread(target=wait)
    other.start()
    held = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    while not db.session.execute(held).scalar() and other.is_alive():
        time.sleep(0.01)
    db.session.commit()
    other.join()
    assert told == [""]


def test_whoever_is_interrupted_leaves_no_answer_to_others() -> None:
    both(ask)()

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, stop)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            both(lambda _: db.session().ask("select pg_sleep(30)::text", ()))()
    finally:
        signal.signal(signal.SIGUSR1, before)
    both(lambda _: ask("after"))()
    assert written() == "0,after"
