"""The database dies under load, or its disk is full: 503, no half journal, and on it goes."""

import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import requests
from flask import current_app
from flask.testing import FlaskClient

from core import clock, ids
from core.postgres import Cluster
from tests.chaos.checks import complaints, work
from tests.chaos.flows import FLOWS, Made
from tests.chaos.load import enter, open_shop, said, second_clicks, settle, wait_for_pages
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.processes import run as run_process
from tests.chaos.report import Report
from tests.chaos.serving import Served, served, shopping
from tests.chaos.wanted import Wanted

DISK, SPARE = "256m", 200_000  # bytes left at first
SIGN_UPS = 300  # tables have some room of their own
GUARD = """
cat >/dev/null
kill -QUIT "$(head -n 1 "$1/postgres/data/postmaster.pid" 2>/dev/null)" 2>/dev/null; sleep 1
umount -l "$1"; rmdir "$1"
"""


def run(city: City, wanted: Wanted, report: Report) -> None:
    mall, dice = city.mall("sandbox database"), Random(wanted.seed)
    shop = ask(mall.app, open_shop)
    wrong: list[str] = []
    with served(mall) as place:
        buyers = enter(place, shop)
        with shopping(buyers):
            wait_for_pages(buyers, 40, seconds=30)
            for number in range(wanted.rounds(12, 3)):
                name = list(BLOWS)[number % len(BLOWS)]
                BLOWS[name](city, mall, dice)
                report.count(f"database: {name}", "under load")
                wrong += serves_again(city, place)
                wait_for_pages(buyers, dice.randint(4, 20))
        place.revive_worker()
        wrong += second_clicks(mall, buyers)
        report.note(place.words())
    wrong += settle(mall, shop, buyers)
    report.note(f"while the database was hit: {said(buyers)}")
    full_disk(wanted, report)
    report.lose(f"--only database --seed {wanted.seed}", wrong)


def _backends(city: City, mall: Mall) -> list[int]:
    """Processes of the server that work for this mall, those in a transaction first."""
    words = (
        "select pid from pg_stat_activity where backend_type = 'client backend' and datname like"
        " 'mall_sandbox_database%' order by state is not distinct from 'idle' limit 8"
    )
    return [int(pid) for (pid,) in _patiently(city, words)]


def _patiently(city: City, words: str) -> list[tuple[Any, ...]]:
    """The server may still be recovering from the last blow, or only now notice it."""
    for _ in range(200):
        with suppress(psycopg.OperationalError):
            return city.statement(words)
        time.sleep(0.1)
    return city.statement(words)


def _kill_backend(city: City, mall: Mall, dice: Random) -> None:
    """The server starts its recovery when it collects the dead; until then it answers as before."""
    pid = dice.choice(_backends(city, mall))
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        for _ in range(200):
            os.kill(pid, 0)
            time.sleep(0.05)


def _terminate(city: City, mall: Mall, dice: Random) -> None:
    for pid in _backends(city, mall):
        _patiently(city, f"select pg_terminate_backend({pid}, 10000)")


def _stop_at_once(city: City, mall: Mall, dice: Random) -> None:
    """What `pg_ctl stop -m immediate` does: no farewell, no flush."""
    mark = city.cluster.data / "postmaster.pid"
    os.kill(int(mark.read_text().split("\n")[0]), signal.SIGQUIT)
    for _ in range(200):
        if not mark.exists():
            break
        time.sleep(0.05)
    time.sleep(dice.uniform(0, 0.5))


BLOWS: dict[str, Callable[[City, Mall, Random], None]] = {
    "a backend killed": _kill_backend,
    "eight backends terminated": _terminate,
    "stopped at once, started again": _stop_at_once,
}


def serves_again(city: City, place: Served) -> list[str]:
    """Once the server answers, so do we, with no page lost to a dead connection of a pool."""
    city.cluster.start()
    _patiently(city, "select 1")
    place.revive_worker()
    answers = Counter(requests.get(place.base, timeout=60).status_code for _ in range(6))
    return [] if answers == {200: 6} else [f"after it came back the front door said {answers}"]


# -- a full disk


def full_disk(wanted: Wanted, report: Report) -> None:
    """On a file system of its own, which needs root."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(small_disk())
        except (OSError, subprocess.CalledProcessError) as error:
            report.skip("database: full disk", f"no small file system could be mounted: {error}")
            return
        cluster = Cluster(folder / "postgres", durable=True)
        cluster.start()
        stack.callback(cluster.stop)
        city = City(cluster, stack)
        seen, wrong = _fill(city, folder, wanted.rounds(12, 4))
        report.count("database: full disk", "checkout, sign-up", sum(seen.values()))
        report.note(f"with a full disk pages answered {dict(seen)}")
        report.lose(f"--only database --seed {wanted.seed}", wrong)


@contextmanager
def small_disk() -> Iterator[Path]:
    """A mounted tmpfs, gone afterwards even when we are killed."""
    if os.geteuid() != 0:
        raise PermissionError("only root may mount")
    folder = Path(tempfile.mkdtemp(prefix="mall-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        folder.rmdir()
        raise
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield folder
    finally:
        guard.communicate()


def _fill(city: City, folder: Path, rounds: int) -> tuple[Counter[int], list[str]]:
    """Buy and sign up until the disk is full and beyond; make room; look what is there."""
    mall, now = city.mall("sandbox"), clock.now()
    made = [ask(mall.app, partial(FLOWS["checkout"].prepare, 0)) for _ in range(rounds)]
    ballast = folder / "ballast"
    city.statement("checkpoint")  # so that no old log is cleared away while we fill
    _leave(folder, ballast, SPARE)
    seen: Counter[int] = Counter()
    wrong: list[str] = []
    acknowledged: list[Made] = []
    for each in made:
        told = run_process(mall.app, partial(_buy_and_sign_up, each))
        statuses, done = told.said or ([], False)
        seen.update(statuses)
        wrong += [told.error] if told.error else []
        acknowledged += [each] if done else []
        wrong += [f"a page answered {status}" for status in statuses if status not in (302, 503)]
        _leave(folder, ballast, 0)
    if 503 not in seen:
        wrong.append(f"the disk was never full enough: {dict(seen)}")
    ballast.unlink()
    city.cluster.start()
    for later in (timedelta(minutes=2), timedelta(hours=1)):
        ask(mall.app, partial(work, mall), at=now + later)
    checks = partial(_after_the_flood, mall, made, acknowledged)
    return seen, wrong + ask(mall.app, checks, at=now + timedelta(hours=3))


def _leave(folder: Path, ballast: Path, spare: int) -> None:
    """Let the ballast grow until only so many bytes are free."""
    disk = os.statvfs(folder)
    with ballast.open("ab") as file:
        file.write(b"\0" * max(0, disk.f_bavail * disk.f_bsize - spare))


def _buy_and_sign_up(made: Made) -> tuple[list[int], bool]:
    """Statuses of pages that write, and whether the purchase was acknowledged."""
    from sqlalchemy.exc import SQLAlchemyError

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    client = FlaskClient(app, app.response_class, use_cookies=False)
    statuses = []
    while 503 not in statuses and len(statuses) < SIGN_UPS:
        email = f"{ids.code('f').lower()}@example.com"
        answers = {"email": email, "name": "N" * 60, "password": "a long password"}
        statuses.append(Context().run(_status, client, answers))  # each asks who is there anew
    try:
        return statuses, FLOWS["checkout"].act(made).done
    except SQLAlchemyError:
        return statuses, False


def _status(client: FlaskClient, answers: dict[str, str]) -> int:
    return int(client.post("/sign-up", data=answers).status_code)


def _after_the_flood(mall: Mall, made: list[Made], acknowledged: list[Made]) -> list[str]:
    """What was acknowledged is paid; the others can be bought now."""
    flow = FLOWS["checkout"]
    found = [
        f"acknowledged and lost: {each['key']}"
        for each in acknowledged
        if [op.state for op in flow.ops(each)] != ["succeeded"]
    ]
    found += [f"cannot be bought now: {e['key']}" for e in made if not flow.act(e).done]
    return found + complaints(mall)
