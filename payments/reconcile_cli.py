"""Reconciliation from the terminal."""

from datetime import date, datetime, timedelta
from pathlib import Path

import click

from core import clock
from core.errors import DomainError
from payments import gateways, reconcile, reconcile_bank
from payments.cli import payments
from payments.gateway import Unavailable
from payments.reconcile import Result

DAY = click.DateTime(formats=["%Y-%m-%d"])
DAYS = 30


@payments.command("reconcile")
@click.option("--gateway", multiple=True, help="stripe or sandbox; may be given several times.")
@click.option(
    "--statement",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A bank statement file, taken in and compared; may be given several times.",
)
@click.option("--since", type=DAY, help="First day, 2026-11-01; 30 days ago when left out.")
@click.option("--until", type=DAY, help="Last day; today when left out.")
def command(
    gateway: tuple[str, ...],
    statement: tuple[Path, ...],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Compare gateways and bank statements with the book; exit 1 when something is unexplained."""
    last = until.date() if until else clock.today()
    first = since.date() if since else last - timedelta(DAYS)
    names = gateway or (() if statement else (gateways.current().name,))
    try:
        results = [one for name in names for one in run_days(name, first, last, by="terminal")]
        for file in statement:
            results += reconcile_bank.run_statement(file.read_bytes(), file.name, by="terminal")
    except (DomainError, LookupError) as refusal:
        raise click.ClickException(str(refusal)) from None
    except Unavailable as trouble:
        raise click.ClickException(f"The gateway cannot be asked now: {trouble}") from None
    for result in results:
        _show(result)
    unexplained = sum(result.unexplained for result in results)
    if unexplained:
        raise click.exceptions.Exit(1)


def run_days(name: str, first: date, last: date, *, by: str) -> list[Result]:
    """A gateway's business days from `first` to `last`, both included."""
    until = clock.start_of(last + timedelta(1))
    return reconcile.run_gateway(name, clock.start_of(first), until, by=by)


def _show(result: Result) -> None:
    first = clock.day_of(result.since)
    click.echo(
        f"{result.source}, {first} to {result.last_day}: they say {result.theirs}, we {result.ours}."
    )
    named = len(result.items)
    click.echo(
        f"{result.matched} match, {named} differ: {named - result.unexplained} explained,"
        f" {result.unexplained} unexplained."
    )
    for item in result.items:
        case = f"  case {item.case_id}" if item.case_id else ""
        click.echo(
            f"  {item.kind:18} {item.ref:34} theirs {item.theirs or '—'!s}"
            f"  ours {item.ours or '—'!s}{case}"
        )
