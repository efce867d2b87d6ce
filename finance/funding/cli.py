"""A bank's files from the terminal."""

import json
import sys
from datetime import datetime

import click
from flask.cli import with_appcontext

from core import clock
from core.money import Money
from finance.funding import changes, reports
from finance.funding.queries import bank_of

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("bank")
@click.argument("code")
@click.option("--cashflows", is_flag=True, help="CSV, a line a loan and day, as a hash chain.")
@click.option("--trial-balance", "balance", is_flag=True, help="Exit 1 when the book differs.")
@click.option("--from", "since", type=_DAY, help="Default: the first day of all.")
@click.option("--to", "until", type=_DAY, help="Default: today.")
@with_appcontext
def bank_command(
    code: str, cashflows: bool, balance: bool, since: datetime | None, until: datetime | None
) -> None:
    """What a funding bank gets to read."""
    bank = bank_of(code)
    if cashflows:
        first = since.date() if since else bank.created_at.date().replace(month=1, day=1)
        for line in reports.cashflows(code, first, until.date() if until else clock.today()):
            click.echo(line)
    if balance:
        balances = reports.trial_balance(code)
        for each in balances:
            sums = (Money(m, bank.currency) for m in (each.debits, each.credits, each.balance))
            word = "" if each.agrees else f"  loans say {Money(each.ours, bank.currency)}"
            click.echo(f"{each.name:<18}" + "".join(f"{m!s:>20}" for m in sums) + word)
        sys.exit(0 if all(each.agrees for each in balances) else 1)


@click.command("propose-funding")
@click.argument("kind", type=click.Choice(["bank", "terms", "place", "waterfall", "resume"]))
@click.argument("subject")
@click.option("--data", default="{}", help="As JSON: see docs/funding.md.")
@click.option("--why", required=True)
@click.option("--by", required=True, type=int, help="The id of the admin who proposes.")
@with_appcontext
def propose_command(kind: str, subject: str, data: str, why: str, by: int) -> None:
    """Propose a bank, its terms, or a product's waterfall; another admin decides on the page."""
    change = changes.propose(kind, subject, json.loads(data), why=why, by=by)
    click.echo(f"Proposed as {change.id}.")
