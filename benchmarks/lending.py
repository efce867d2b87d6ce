"""How quickly the lender works: schedules, replays, and the day over a book of many loans.

python -m benchmarks lending [--loans 100000 1000000] [--sample 2000] [--rows 6] [--seconds 2]

The day runs on a throw-away PostgreSQL filled by sets, half of it shoppers' plans, half sellers'
term loans, through the real steps: interest accrued by the day, days late, bucket, stage and loss
allowance of each. Beside it the same work row by row through the ORM, on a sample of the same
loans. Seconds of CPU (ours and the database session's) are told beside those of the clock, since
only ratios mean anything on a busy machine.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import lending_rows, place
from benchmarks.lending_book import fill
from benchmarks.lending_plans import AHEAD

DAY = date(2026, 6, 1)
AIM, AIM_TIMES = 50_000, 20
# so many days after the first, what of the lender's day is measured of plans one by one to act on
EVENTS = (
    (AHEAD, ("fallen due", "reminded", "defaulted")),
    (AHEAD + 4, ("late",)),
    (AHEAD + 11, ("late fees",)),
)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of CPU here and in the database."""

    clock: float
    cpu: float

    def line(self, what: str, count: int) -> str:
        """`what` with its rates."""
        rates = f"{count / self.clock:>11,.0f} a second {count / self.cpu:>11,.0f} a CPU second"
        return f"{what:<44}{rates}   ({self.clock:.2f} s, {self.cpu:.2f} s CPU)"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks lending", description=__doc__)
    parser.add_argument("--loans", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--sample", type=int, default=2_000, help="loans done row by row")
    parser.add_argument("--rows", type=int, default=6, help="of each shopper's plan")
    parser.add_argument("--seconds", type=int, default=2, help="of schedules, and of replays")
    asked = parser.parse_args(arguments)
    _arithmetic(asked.seconds)
    rates = [_book(loans, asked.rows, min(asked.sample, loans)) for loans in asked.loans]
    if len(rates) > 1:
        print(f"\n{asked.loans[-1]:,} loans against {asked.loans[0]:,}: ", end="")
        print(f"{rates[-1] / rates[0]:.0%} of the rate a loan")


def _arithmetic(seconds: int) -> None:
    for name, work in (
        ("schedules of 12 rows", lending_rows.schedule),
        ("replays of 36 events", lending_rows.replay()),
    ):
        count, start = 0, time.process_time()
        while (spent := time.process_time() - start) < seconds:
            work()
            count += 1
        print(f"{name:<44}{count / spent:>11,.0f} a CPU second")


def _book(loans: int, rows: int, sample: int) -> float:
    """Fill a database with so many loans and work two days; loans a CPU second of the usual day."""
    with place.mall(durable=True) as cluster:
        # signed in as the owner, acting as the application: row by row the owner's part is ours too
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
        with psycopg.connect(place.plain(cluster.url("mall"))) as owner:
            fill(owner, loans, rows, DAY)
        return _work(loans, sample)


def _work(loans: int, sample: int) -> float:
    from core.db import db
    from finance.collections import accruing, chunks, provisioning
    from wsgi import create_app

    steps = (accruing.SELLERS_INTEREST, *provisioning.STEPS)
    with create_app().app_context():
        print(f"\n{loans:,} running loans")
        for step in steps[:1]:  # the interest of all days before, once
            chunks.run(step, DAY - timedelta(1))
        names = ("the first day, every row written", "a usual day", "the same day again")
        took = {}
        for name, day in zip(names, (DAY, DAY + timedelta(1), DAY + timedelta(1)), strict=True):
            took[name] = measured(lambda day=day: [chunks.run(step, day) for step in steps])  # type: ignore[misc]
            print(took[name].line(name, loans))
        usual = took["a usual day"]
        slow = measured(lambda: lending_rows.row_by_row(DAY + timedelta(2), sample))
        print(slow.line(f"row by row through the ORM, {sample:,} of them", sample))
        times = (loans / usual.cpu) / (sample / slow.cpu)
        print(
            f"{'accrual and ageing, one worker':<44}{loans / usual.clock:>11,.0f} a second", end=""
        )
        print(f", {loans / usual.cpu:,.0f} a CPU second", end="")
        print(f"   aim: at least {AIM:,}: {_holds(loans / usual.clock, loans / usual.cpu)}")
        print(f"{'sets against row by row, by CPU':<44}{times:>11,.1f} times", end="")
        print(f"   aim: at least {AIM_TIMES}: {'holds' if times >= AIM_TIMES else 'does not'}")
        _by_sets()
        db.session.remove()
        db.engine.dispose()
        return loans / usual.cpu


def _by_sets() -> None:
    """What happens to plans on a day: a thirtieth of them falls due, is reminded of, and is late."""
    from core import clock
    from finance.collections import order

    for after, names in EVENTS:
        day = DAY + timedelta(after)
        with clock.travel(day):
            for step in (step for step in order.steps_of(day) if step.name in names):
                _one_step(step, day)


def _one_step(step: Any, day: date) -> None:
    from finance.collections import chunks

    done: list[chunks.Done] = []
    took = measured(lambda: done.append(chunks.run(step, day)))
    count = done[0].count
    print(took.line(f"{step.name} by sets, {count:,} of them", max(count, 1)))


def _holds(by_clock: float, by_cpu: float) -> str:
    """A busy machine's clock tells little, so CPU is told too."""
    if by_clock >= AIM:
        return "holds"
    return "holds by CPU, not by the clock of this (busy?) machine" if by_cpu >= AIM else "does not"


def measured(work: Callable[[], Any]) -> Took:
    """Run it; CPU is ours and that of the database session that serves us."""
    from core.db import db

    pid = db.session.connection().exec_driver_sql("select pg_backend_pid()").scalar_one()
    before, here, start = _cpu_of(pid), time.process_time(), time.perf_counter()
    work()
    spent = time.perf_counter() - start
    pid_after = db.session.connection().exec_driver_sql("select pg_backend_pid()").scalar_one()
    if pid_after != pid:
        raise RuntimeError("the database session changed while it was measured")
    return Took(spent, time.process_time() - here + _cpu_of(pid) - before)


def _cpu_of(pid: int) -> float:
    """Seconds of CPU a process of this machine has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
