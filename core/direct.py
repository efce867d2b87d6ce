"""The first statement of a transaction with its BEGIN, and its COMMIT, by libpq's own calls.

They wait without the interpreter's lock, and cost the client half of what the driver's do. BEGIN and
the statement go over the wire together. Whatever this cannot do, the driver does in its own way.
"""

import select as waiting
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8

# what a value is to PostgreSQL; text and nothing are what the statement makes of them
_OIDS = {int: 20, str: 0, date: 1082, datetime: 1184, type(None): 0}
_names = count()

Known = dict[Any, bytes]  # names of prepared statements


def ask(driver: Any, info: dict[str, Any], statement: str, values: Sequence[Any]) -> Any:
    """The one text that `statement` gives, in the transaction that is open or begins with it.

    info  what is remembered of this connection; statements are prepared the first time
    Raises psycopg.Error.
    """
    types = tuple(map(_OIDS.get, map(type, values)))
    if is_idle(driver) and None not in types and _able(driver, info):
        written = [_written(value) for value in values]
        try:
            return _with_begin(driver, info, statement, types, written)
        except psycopg.errors.InvalidSqlStatementName:
            # the driver drops every prepared statement when something was rolled back
            driver.rollback()  # nothing had been done yet
            info["direct"].clear()
            return _with_begin(driver, info, statement, types, written)
    # one type for all numbers: another size would be another prepared statement
    told = [Int8(value) if type(value) is int else value for value in values]
    return driver.execute(statement, told).fetchone()[0]


def commit(driver: Any) -> None:
    """End what is open for good; raises psycopg.Error."""
    if not is_idle(driver):
        _run(driver.pgconn.exec_(b"COMMIT"))


def is_idle(driver: Any) -> bool:
    """Whether nothing is open on the driver's connection."""
    return bool(driver.pgconn.transaction_status == TransactionStatus.IDLE)


def has_gone(kept: Any) -> bool:
    """Whether the server of an idle connection has said farewell: nothing else can wait there."""
    return bool(is_idle(kept.driver_connection) and kept.info["said"].poll(0))


def _able(driver: Any, info: dict[str, Any]) -> bool:
    able = info.get("able")
    if able is None:
        able = info["able"] = (
            driver.info.encoding == "utf-8"
            and not driver.autocommit
            and driver.isolation_level is None
        )
    return bool(able)


def _with_begin(
    driver: Any,
    info: dict[str, Any],
    statement: str,
    types: tuple[Any, ...],
    values: list[bytes | None],
) -> Any:
    pgconn, known = driver.pgconn, info.setdefault("direct", {})
    begin = known.get("begin") or _prepared(pgconn, known, "begin", b"BEGIN", ())
    name = known.get((statement, types))
    if name is None:
        name = _prepared(pgconn, known, (statement, types), _numbered(statement), types)
    try:
        pgconn.enter_pipeline_mode()
        pgconn.send_query_prepared(begin, ())
        pgconn.send_query_prepared(name, values)
        pgconn.pipeline_sync()
        # each of the two answers has an end, and the pipeline has one
        begun, _, answer, _, _ = [_next(pgconn, info["said"]) for _ in range(5)]
        pgconn.exit_pipeline_mode()
    except BaseException:  # whoever is interrupted here would leave answers for somebody else
        driver.close()
        raise
    _run(begun)
    value = _run(answer).get_value(0, 0)
    return None if value is None else value.decode()


def _prepared(pgconn: Any, known: Known, key: Any, statement: bytes, types: Sequence[int]) -> bytes:
    name = b"direct_%d" % next(_names)
    _run(pgconn.prepare(name, statement, types))
    known[key] = name
    return name


def _next(pgconn: Any, said: Any) -> Any:
    """The next answer; waits for it outside the interpreter's lock, as get_result would not."""
    while pgconn.is_busy():
        if pgconn.flush():  # more than the socket takes at once goes on when that was read
            both = waiting.poll()
            both.register(pgconn.socket, waiting.POLLIN | waiting.POLLOUT)
            both.poll()
        else:
            said.poll()
        pgconn.consume_input()
    return pgconn.get_result()


def _run(result: Any) -> Any:
    """The result of a call; raises the psycopg.Error that it stands for."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if result.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(result)
    raise psycopg.OperationalError("the connection is lost")


@lru_cache(maxsize=512)
def _numbered(statement: str) -> bytes:
    """The statement with $1, $2 … where the driver's has %s."""
    first, *others = statement.split("%s")
    return (first + "".join(f"${n}{part}" for n, part in enumerate(others, 1))).encode()


def _written(value: Any) -> bytes | None:
    if value is None:
        return None
    text = value if type(value) is str else str(value) if type(value) is int else value.isoformat()
    if "\0" in text:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return str(text).encode()
