"""Runs processes of our own: starts them, revives them, and never leaves one behind."""

import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn, Protocol

from core import waiting

SECONDS_TO_SERVE = 60
SECONDS_TO_STOP = 0.5  # enough for a page; whatever is cut off rolls back
QUICK_SECONDS = 10
QUICK_ENDS_MAX = 3


class ProcessError(RuntimeError):
    """A process of ours does not do its work; the message carries its last words."""


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + 100):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise ProcessError(f"No free port from {first} to {first + 99}: set PORT.")


def say(words: str) -> None:
    print(f"» {words}", flush=True)  # noqa: T201  whoever started us watches the terminal


class Service:
    """A long-running process of ours, its words in var/log."""

    def __init__(self, name: str, command: list[str], log_folder: Path) -> None:
        self.name, self.command = name, command
        self.log = log_folder / f"{name.replace(' ', '-')}.log"
        self.quick_ends = 0
        self.begin()

    def begin(self) -> None:
        """Start it beside a guard that ends it when we are gone, however that came about."""
        self.since = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, start_new_session=True
            )
        guard = ["sh", "-c", 'read -r dismissed || kill "$1"', "guard", str(self.process.pid)]
        self.guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)

    def check(self) -> None:
        """Raise ProcessError with its last words when it has ended."""
        if self.process.poll() is not None:
            words = self.log.read_text(errors="replace")[-2000:]
            raise ProcessError(f"The {self.name} ended:\n{words}")

    def revive(self) -> None:
        """Start it anew when it ended; ending thrice in quick succession is a fault of its own."""
        if self.process.poll() is None:
            return
        lived = time.monotonic() - self.since
        self.quick_ends = self.quick_ends + 1 if lived < QUICK_SECONDS else 0
        if self.quick_ends == QUICK_ENDS_MAX:
            self.check()
        say(f"The {self.name} ended and is started anew")
        self.guard.communicate(b"dismissed\n")
        self.begin()

    def end(self, deadline: float) -> None:
        """Wait for it to heed the request to end, and insist at the deadline."""
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.guard.poll() is None:
            self.guard.communicate(b"dismissed\n")


@contextmanager
def services(commands: dict[str, list[str]], log_folder: Path) -> Iterator[list[Service]]:
    """Run the commands, each under its name, until the block ends."""
    log_folder.mkdir(parents=True, exist_ok=True)
    running: list[Service] = []
    try:
        for name, command in commands.items():
            running.append(Service(name, command, log_folder))
        yield running
    finally:
        for service in running:
            service.process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for service in running:
            service.end(deadline)


@contextmanager
def waking(
    modules: dict[str, list[str]], log_folder: Path
) -> Iterator[tuple[list[Service], Callable[[], None]]]:
    """Run `python -m` of each, loaded already when the second value is called: then they begin."""
    log_folder.mkdir(parents=True, exist_ok=True)
    with (log_folder / "doors.lock").open("a") as doors:
        fcntl.flock(doors, fcntl.LOCK_EX)
        commands = {name: waiting.command(Path(doors.name), m) for name, m in modules.items()}
        with services(commands, log_folder) as running:
            yield running, lambda: fcntl.flock(doors, fcntl.LOCK_UN)


def wait_until_served(address: str, running: list[Service]) -> None:
    """Return once a GET of `address` is answered with 200; ProcessError when one ends before."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_SERVE
    answer = "nothing"
    while time.monotonic() < deadline:
        for service in running:
            service.check()
        try:
            with direct.open(address, timeout=10):
                return
        except OSError as error:  # not yet listening, or a page that fails
            answer = str(error)
        time.sleep(0.1)
    raise ProcessError(f"{address} is not served ({answer}); {running[0].log} says more.")


class Revivable(Protocol):
    """What else must keep running beside our processes: the database."""

    def running(self) -> bool: ...
    def start(self) -> None: ...


def keep(running: list[Service], database: Revivable | None) -> None:
    """Revive whatever ends, for ever; an exception, as Ctrl-C raises it, is the way out."""
    while True:
        time.sleep(1)
        if database and not database.running():
            say("The database ended and is started anew")
            database.start()
        for service in running:
            service.revive()


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first request to end into KeyboardInterrupt, and ignore those that follow.

    Set by hand because a shell starts background commands with SIGINT ignored.
    """

    def interrupt(number: int, frame: object) -> NoReturn:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # stopping must not be cut short
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, interrupt)
    yield
