"""The nights of sellers' advances, and grades, from the terminal."""

from datetime import datetime

import click
from flask import Flask, current_app

from core import clock
from core.money import Money
from finance.capital import nightly
from finance.collections.cli import finance


def init_app(app: Flask) -> None:
    """Put the command beside the lender's others."""
    finance.add_command(run_capital)


@click.command("run-capital")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
def run_capital(day: datetime | None) -> None:
    """Reckon interest, look at minimums, call in and collect what is due; safe to run twice."""
    night = nightly.run(day.date() if day else clock.today())
    currency = current_app.config["MALL_CURRENCY"]
    click.echo(f"{night.advances} running advances looked at.")
    click.echo(f"  interest  {Money(night.interest, currency)}")
    click.echo(f"  collected {Money(night.collected, currency)}")
    click.echo(f"  lapsed    {night.lapsed} order lines")
    click.echo(f"  missed    {night.missed} minimums")
