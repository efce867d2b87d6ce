"""One action, one transaction: the outermost use case commits, nobody else does."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import chance
from core.crash import crashpoint
from core.db import db
from core.session import LateSession

P = ParamSpec("P")
R = TypeVar("R")

_ATTEMPTS = 10
_PAUSE_MS = 20  # at most, before another attempt
# Whoever lost once waits here for the losers before: among themselves they cannot meet again, and
# whoever holds no lock yet cannot be waited for. So a crowd ends after one deadlock each.
_AGAIN = text("select pg_advisory_xact_lock(hashtext('use_case.again'))")
_RETRIED = {"40001", "40P01"}  # serialization failure, deadlock: the loser tries again
_depth: ContextVar[int] = ContextVar("use_case_depth", default=0)


def use_case(action: Callable[P, R]) -> Callable[P, R]:
    """Run `action` in one transaction: commit its value, roll back its exception.

    Inside another use case it joins that one. A deadlock or serialization failure of the
    outermost is tried again, so an action must not act on the world outside the database.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _depth.get():
            return action(*args, **kwargs)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _in_one_transaction(attempt > 1, action, *args, **kwargs)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _RETRIED or attempt == _ATTEMPTS:
                    raise
                time.sleep(chance.dice().randint(1, _PAUSE_MS) / 1000)
        raise AssertionError("unreachable")

    return run


def _in_one_transaction(
    again: bool, action: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    token = _depth.set(1)
    try:
        if again:
            db.session.execute(_AGAIN)
        value = action(*args, **kwargs)
        crashpoint(f"before:{action.__name__}")
        db.session.commit()
        crashpoint(f"after:{action.__name__}")
        return value
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _depth.reset(token)


def outside_any_action() -> bool:
    """Whether no use case is open, so that one may wait for the network."""
    return _depth.get() == 0


def end_read() -> None:
    """Give the read transaction back before waiting for the network.

    By a commit, since nothing was changed: psycopg forgets its prepared statements at a rollback.
    """
    if not outside_any_action():
        raise RuntimeError("an action is open: the network must wait until it has ended")
    session = db.session
    if session.new or session.dirty or session.deleted:
        session.rollback()  # changed outside any action: nobody's, so it is forgotten
    session.commit()
    cast(LateSession, session()).rest()
