"""The first statement of a transaction and its BEGIN in one round trip, straight to libpq.

A round trip costs both sides as much as a small statement does, and the driver's own pipeline costs
what it saves. Whatever this cannot do, the driver does in its own way.
"""

import select as waiting
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8

# what a value is to PostgreSQL; text and nothing are what the statement makes of them
_OIDS = {int: 20, str: 0, date: 1082, datetime: 1184, type(None): 0}
_names = count()

Known = dict[Any, bytes]


def ask(driver: Any, info: dict[str, Any], statement: str, values: Sequence[Any]) -> Any:
    """The one text that `statement` gives, in the transaction that is open or begins with it.

    info  what is remembered of this connection; statements are prepared the first time
    Raises psycopg.Error.
    """
    types = tuple(map(_OIDS.get, map(type, values)))
    if is_idle(driver) and None not in types and _able(driver, info):
        known: Known = info.setdefault("direct", {})
        written = [_written(value) for value in values]
        try:
            return _with_begin(driver.pgconn, known, statement, types, written)
        except psycopg.errors.InvalidSqlStatementName:
            # the driver drops every prepared statement when something was rolled back
            driver.rollback()  # nothing had been done yet
            known.clear()
            return _with_begin(driver.pgconn, known, statement, types, written)
        except psycopg.Error:
            raise
        except BaseException:  # interrupted while it waited: what comes next is anybody's answer
            driver.close()
            raise
    # one type for all numbers: another size would be another prepared statement
    told = [Int8(value) if type(value) is int else value for value in values]
    return driver.execute(statement, told).fetchone()[0]


def is_idle(driver: Any) -> bool:
    """Whether nothing is open on the driver's connection."""
    return bool(driver.pgconn.transaction_status == TransactionStatus.IDLE)


def _able(driver: Any, info: dict[str, Any]) -> bool:
    able = info.get("able")
    if able is None:
        able = info["able"] = (
            psycopg.Pipeline.is_supported()
            and driver.info.encoding == "utf-8"
            and not driver.autocommit
            and driver.isolation_level is None
        )
    return bool(able)


def _with_begin(
    pgconn: Any, known: Known, statement: str, types: tuple[Any, ...], values: list[bytes | None]
) -> Any:
    name = known.get((statement, types))
    pgconn.enter_pipeline_mode()
    pgconn.send_query_params(b"BEGIN", None)
    if name is None:
        name = b"direct_%d" % next(_names)
        pgconn.send_prepare(name, _numbered(statement), types)
        answer = _answer(pgconn, name, values)
        known[statement, types] = name
        return answer
    return _answer(pgconn, name, values)


def _answer(pgconn: Any, name: bytes, values: list[bytes | None]) -> Any:
    """Send what waits together with the prepared statement; its one value as text."""
    pgconn.send_query_prepared(name, values)
    pgconn.pipeline_sync()
    for_it = waiting.poll()
    while pgconn.flush():
        for_it.register(pgconn.socket, waiting.POLLIN | waiting.POLLOUT)
        for_it.poll()
        pgconn.consume_input()
    for_it.register(pgconn.socket, waiting.POLLIN)
    answer = error = None
    while True:
        while pgconn.is_busy():
            for_it.poll()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status != ConnStatus.OK:
                break
        elif result.status == ExecStatus.PIPELINE_SYNC:
            pgconn.exit_pipeline_mode()
            break
        elif result.status == ExecStatus.FATAL_ERROR:
            error = error or result
        elif result.status == ExecStatus.TUPLES_OK:
            answer = result
    if error is not None:
        raise error_from_result(error)
    if answer is None:
        raise psycopg.OperationalError("the connection is lost")
    value = answer.get_value(0, 0)
    return None if value is None else value.decode()


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
