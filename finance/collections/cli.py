"""The lender's day, from the terminal."""

from datetime import datetime

import click
from flask.cli import AppGroup

from core import clock
from finance.collections.services import run_day
from finance.lending import cli as arithmetic

finance = AppGroup("finance", help="The lender.")
arithmetic.add_to(finance)


@finance.command("run-day")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--check", is_flag=True, help="Ledger = loans after each chunk; audit each day.")
def run_day_command(day: datetime | None, check: bool) -> None:
    """Fall due, autopay, late, default, charge off; days that were missed come first."""
    report = run_day(day.date() if day else clock.today(), check=check or None)
    count = len(report.days)
    click.echo(f"{count} business {'day' if count == 1 else 'days'} up to {report.days[-1]}.")
    for kind, count in report.counts.items():
        click.echo(f"  {kind:<18}{count:>8}")
