"""A backup taken while people buy comes back whole: the audit is clean, what was open is ended."""

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from core import clock, ops
from core.postgres_programs import PostgresError
from tests.chaos import processes
from tests.chaos.checks import complaints, sweep
from tests.chaos.flows import FLOWS
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted

STRANGER = "the gateway has objects of operation"  # bought after the backup was taken


def run(city: City, wanted: Wanted, report: Report) -> None:
    mall = city.mall("stripe backup")
    ask(mall.app, partial(_buy, 2))
    with tempfile.TemporaryDirectory(prefix="mall-chaos-") as folder:
        buying = [processes.start(mall.app, partial(_buy, 6)) for _ in range(2)]
        try:
            dump = ask(mall.app, partial(_back_up, folder))
        except processes.Broken as error:
            if PostgresError.__name__ not in str(error):
                raise
            report.skip("restore", "PostgreSQL's client programs are not here")
            return
        finally:
            ended = [each.wait() for each in buying]
        copy = city.copy(mall, empty=True)
        report.count("backup under load, restored", "checkout", 1)
        found = [each.error for each in ended if each.status != 0]
        found += ask(copy.app, partial(_restore, Path(dump), copy.url))
        found += ask(copy.app, partial(_look, copy), at=clock.now() + timedelta(minutes=3))
    report.lose(f"--only restore --seed {wanted.seed}", found)


def _buy(times: int) -> None:
    for _ in range(times):
        flow = FLOWS["checkout"]
        flow.act(flow.prepare(0))


def _back_up(folder: str) -> str:
    return str(ops.backup(Path(folder)).dump)


def _restore(dump: Path, url: str) -> list[str]:
    kept = ops.restore(dump, into=url)
    return [f"{name}: {words}" for name, words in ops.faults(kept, url) if words]


def _look(mall: Mall) -> list[str]:
    """What was open in the backup is looked up; only what was bought afterwards is not known."""
    sweep()
    found = complaints(mall)
    return [
        words
        for words in found
        if not words.startswith(STRANGER) and not words.startswith("the gateway holds")
    ]
