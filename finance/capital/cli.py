"""The nights of sellers' advances, and their proof, from the terminal."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from core import clock
from core.errors import DomainError
from core.money import Money
from finance.capital import nightly, verify
from finance.collections.cli import finance


def init_app(app: Flask) -> None:
    """Put the command beside the lender's others."""
    finance.add_command(run_capital)
    finance.add_command(verify_advances)
    app.cli.add_command(capital)


capital = AppGroup("capital", help="What may safely be advanced to sellers.")
_NUMBERS = "0.1,0.2,0.3,0.5"


class _NewFile(click.Path):
    """A file that can be written, told before anything is reckoned."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        found = super().convert(value, param, ctx)
        if not Path(os.fsdecode(found)).parent.is_dir():
            self.fail(f"There is no folder {Path(os.fsdecode(found)).parent}.", param, ctx)
        return found


@capital.command("backtest")
@click.option("--sales", "path", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--term-days", type=click.IntRange(7, 720), default=90, show_default=True)
@click.option("--remittance", type=click.FLOAT, default=0.20, show_default=True)
@click.option("--budget-share", default=_NUMBERS, show_default=True)
@click.option("--cutoffs", default="", help="Dates with commas; default: the last four terms.")
@click.option("--policy", multiple=True, help="naive, shipped or package.module:function.")
@click.option("--loss", type=click.FLOAT, default=2.0, show_default=True, help="In per cent.")
@click.option(
    "--report", type=_NewFile(dir_okay=False, writable=True), help="Write the figures, as JSON."
)
def backtest_command(
    path: str,
    term_days: int,
    remittance: Any,
    budget_share: str,
    cutoffs: str,
    policy: tuple[str, ...],
    loss: Any,
    report: str | None,
) -> None:
    """What advances would have lost on sales that were not known when they were made.

    The file (CSV or Parquet) has seller_id, period_start, period_end, orders, net_sales; late_share,
    review_mean, first_sale_on and category are used where given (docs/backtest.md).
    """
    from finance.risk.capacity import reporting  # numpy is loaded here only

    try:
        found = reporting.report(
            Path(path),
            policies=policy or ("naive", "shipped"),
            term=term_days,
            remittance=remittance,
            shares=reporting.shares_of(budget_share),
            cutoffs=cutoffs,
            loss=loss,
        )
    except DomainError as refusal:
        raise click.UsageError(str(refusal)) from refusal
    if report:
        Path(report).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for line in reporting.lines(found):
        click.echo(line)


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
    click.echo(f"  released  {night.released} kept offers")
    click.echo(f"  lost      {night.charged_off} charged off")


@click.command("verify-advances")
def verify_advances() -> None:
    """Fold every advance from its terms and events; exits 1 when a row says something else."""
    found = list(verify.every())
    for line in found:
        click.echo(line)
    click.echo(f"{len(found)} differences.")
    sys.exit(1 if found else 0)
