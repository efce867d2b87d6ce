"""Lives the demo world on a throw-away database and asks the whole audit after every day.

python -m demo.year [--days 365] [--seed 1] [--until 2026-10-31]
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import click

from core import clock
from core.postgres import throwaway
from core.use_case import end_read
from demo.state import Size

LAST = date(2026, 10, 31)


def main(arguments: list[str]) -> int:
    """Live and audit; 1 when anything was wrong on any day, each day's first finding printed."""
    parser = argparse.ArgumentParser("python -m demo.year", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=date.fromisoformat, default=LAST, help="the last day")
    asked = parser.parse_args(arguments)
    with throwaway() as cluster:
        cluster.ensure_database("mall")
        os.environ |= cluster.environment("mall") | {"SECRET_KEY": "only here"}
        command = [sys.executable, "-W", "ignore", "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return _live(Size.of(asked.days), asked.seed, asked.until)


def _live(size: Size, seed: int, last: date) -> int:
    from demo.world import build
    from wsgi import create_app

    start = time.monotonic()
    with create_app().app_context():
        look = Look(last - timedelta(size.days - 1), click.echo)
        built = build(size, seed, last, look)
    for name, count in sorted(built.counts.items()):
        click.echo(f"  {name:<24}{count:>7}")
    click.echo(
        f"{look.days} days, each with {look.checks} checks, in {time.monotonic() - start:.0f} s: "
    )
    click.echo(f"wrong on {look.bad} of them." if look.bad else "nothing was wrong on any of them.")
    return int(bool(look.bad or built.wrong))


class Look:
    """Asks the audit after each day of a world that is being built; counts the days it was wrong."""

    def __init__(self, first: date, tell: Callable[[str], object]) -> None:
        self.days = self.checks = self.bad = 0
        self._first, self._tell = first, tell

    def __call__(self) -> None:
        """A day is over."""
        from ledger import audit

        self.days += 1
        night = self._first + timedelta(self.days)
        with clock.travel(clock.start_of(night)):
            found = audit.run()
        end_read()
        self.checks = len(found)
        wrong = [finding for finding in found if not finding.ok]
        self.bad += bool(wrong)
        for finding in wrong:
            self._tell(f"{night - timedelta(1)} {finding.name}: {finding.detail}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
