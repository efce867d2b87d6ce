"""Loans from the terminal."""

import sys

import click
from flask.cli import with_appcontext

from finance.loans.verifying import verify


@click.command("verify")
@with_appcontext
def verify_command() -> None:
    """Recompute every loan from its events; exit 1 when rows, limits or the book differ."""
    found = verify()
    for word in found.wrong:
        click.echo(word)
    click.echo(f"{found.loans} loans recomputed, {len(found.wrong)} differences.")
    sys.exit(1 if found.wrong else 0)


def add_to(group: click.Group) -> None:
    """Give `group` (flask finance) this command."""
    group.add_command(verify_command)
