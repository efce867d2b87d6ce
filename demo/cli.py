"""The demo world's commands: build, status, sign-ins."""

import os
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from core import clock
from core.db import db
from core.use_case import end_read
from demo import marks

if TYPE_CHECKING:
    from demo.world import Built

# What builds the world is imported where it is needed: web servers never do.
demo = AppGroup("demo", help="A mall with a past, to look at.")


@demo.command("status")
def status_command() -> None:
    """Print empty, unfinished or ready."""
    click.echo(marks.status())


@demo.command("sign-ins")
def sign_ins_command() -> None:
    """Print who can sign in."""
    from demo import cast

    click.echo(cast.sign_ins())


@demo.command("build")
@click.option("--days", type=click.IntRange(2, 1_000), default=365, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; default: yesterday.")
@click.option(
    "--check/--no-check", default=True, help="Ask the audit at the end.", show_default=True
)
@click.option("--yes", is_flag=True, help="Empty the database without asking.")
def build_command(days: int, seed: int, until: datetime | None, check: bool, yes: bool) -> None:
    """Live through the last DAYS days; the same seed gives the same mall."""
    from demo.state import Size
    from demo.world import build

    _hurry()
    _make_room(yes)
    last: date = until.date() if until else clock.today() - timedelta(1)
    with click.progressbar(length=days, label="Living", width=40) as bar:
        built = build(Size.of(days), seed, last, lambda: bar.update(1), check=check)
    _tell(built)
    if check:
        _say_whether_it_holds(built)
    if built.wrong:
        sys.exit(1)


def _hurry() -> None:
    """An interrupted build is thrown away, so nothing is lost by not waiting for the disk."""
    os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off -c jit=off")
    db.engine.dispose()


def _make_room(yes: bool) -> None:
    state = marks.status()
    end_read()
    if state == "empty":
        return
    if state == "ready" and not yes:
        click.confirm("Everything in the database will be lost. Go on?", abort=True)
    marks.empty()


def _tell(built: "Built") -> None:
    for name, count in sorted(built.counts.items()):
        click.echo(f"  {name:<16}{count:>7}")
    for name, count in sorted(built.refusals.items()):
        click.echo(f"  refused: {name:<20}{count:>5}")
    click.echo(f"Digest {built.digest[:16]}")


def _say_whether_it_holds(built: "Built") -> None:
    for line in built.wrong:
        click.echo(f"WRONG {line}")
    click.echo("The book does not balance." if built.wrong else "Every check of the book holds.")
