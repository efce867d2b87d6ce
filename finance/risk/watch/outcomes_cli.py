"""`flask risk outcomes`: how contracts ended, as a table that `flask risk train` learns from."""

import csv
from pathlib import Path

import click

from finance.risk.watch import reading


@click.command("outcomes")
@click.option("--subject", type=click.Choice(["buyer", "seller"]), required=True)
@click.option("--csv", "path", required=True, type=click.Path(dir_okay=False))
@click.option(
    "--days", default=180, show_default=True, help="A contract this old has shown how it ends."
)
def outcomes_command(subject: str, path: str, days: int) -> None:
    """Write a line a contract: what the card read, the decision, the month, and `bad` (1 or 0)."""
    rows = list(reading.outcomes(subject, days))
    if not rows:
        raise click.ClickException(f"No contract of a {subject} is {days} days old yet.")
    names = list(dict.fromkeys(name for row in rows for name in row))
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    click.echo(f"{len(rows)} contracts, {sum(row['bad'] for row in rows)} of them bad: {path}")
