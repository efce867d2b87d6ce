"""Processes that may be killed: a fork of ours acts on the mall, says what it saw, and ends."""

import logging
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from flask import Flask

from core import clock, crash, ids, jobs
from core.db import db
from tests.factories import loans, people

SECONDS_MAX = 90  # what takes longer hangs
Kill = Callable[[int], None]


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    status  0, the signal that killed it as a negative number, or 1 after an exception
    said    what it gave back; None when it did not come to that
    error   the traceback of what it raised
    """

    status: int
    said: Any
    error: str

    @property
    def was_killed(self) -> bool:
        return self.status == -signal.SIGKILL


class Broken(Exception):
    """A process that should have ended well did not."""


def start(
    app: Flask,
    action: Callable[[], Any],
    *,
    at: datetime | None = None,
    point: str = "",
    passes: int = 1,
) -> "Running":
    """Fork a process that runs `action` in the mall `app`, and let it go on by itself.

    at      the clock stands still there
    point   the crash point that kills it, at its `passes`th pass
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Running(pid, reader)
    code = 1
    try:
        os.close(reader)
        os.environ |= {"CRASHPOINT": point, "CRASHPOINT_NTH": str(passes)}
        signal.alarm(SECONDS_MAX)
        _say(writer, _act(app, action, at))
        code = 0
    except BaseException:
        _say(writer, (None, traceback.format_exc()))
    finally:
        os._exit(code)


def _say(writer: int, words: Any) -> None:
    with os.fdopen(writer, "wb", closefd=False) as pipe:
        pickle.dump(words, pipe)


def _act(app: Flask, action: Callable[[], Any], at: datetime | None) -> tuple[Any, str]:
    forget_connections(app)
    jobs._flask[:] = [app]
    clock.use_zone(app.config["MALL_ZONE"])
    with ExitStack() as stack:
        if at is not None:
            stack.enter_context(clock.travel(at))
        stack.enter_context(app.app_context())
        ids.part_from_other_processes()
        people._number = loans._number = count(ids.new_id() % 10**9)  # names are short
        crash.arm()
        return action(), ""


def warm_up(app: Flask, actions: list[Callable[[], Any]]) -> None:
    """Do this in our own process, so that those we fork need not compile every statement anew."""
    with app.app_context():
        jobs._flask[:] = [app]
        for action in actions:
            action()
        db.session.remove()
        db.engine.dispose()
    bank = app.extensions.pop("sandbox_bank", None)
    if bank is not None:
        bank.dispose()
    app.extensions.pop("payment_gateways", None)


def forget_connections(app: Flask) -> None:
    """Open none of our parent's: a socket serves one process."""
    logging.disable(logging.ERROR)
    app.extensions.pop("payment_gateways", None)
    bank = app.extensions.pop("sandbox_bank", None)
    if bank is not None:
        bank.dispose(close=False)
    with app.app_context():
        db.engine.dispose(close=False)


class Running:
    """A process under way."""

    def __init__(self, pid: int, reader: int) -> None:
        self.pid, self._reader = pid, reader

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        """Its end, however it came."""
        with os.fdopen(self._reader, "rb") as pipe:
            words = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        said, error = pickle.loads(words) if words else (None, "")
        return Ended(os.waitstatus_to_exitcode(status), said, error)


def run(app: Flask, action: Callable[[], Any], **how: Any) -> Ended:
    """`start` and wait for the end."""
    return start(app, action, **how).wait()


def ask(app: Flask, action: Callable[[], Any], **how: Any) -> Any:
    """What `action` gives in a process that nobody kills; raises Broken when it fails."""
    ended = run(app, action, **how)
    if ended.status != 0:
        raise Broken(ended.error or f"ended with {ended.status}")
    return ended.said
