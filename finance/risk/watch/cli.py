"""`flask risk watch`: are people, features and outcomes still those of the training?"""

import json
import sys

import click

from finance.risk.watch import reading, rules, services
from finance.risk.watch.rules import CALM, STOP, WATCH, Finding
from finance.risk.watch.services import Watched

_EXIT = {CALM: 0, WATCH: 1, STOP: 2}


@click.command("watch")
@click.option("--all", "everything", is_flag=True, help="Print calm figures too.")
@click.option("--keep", is_flag=True, help="Write it down, and tell admins what is over a line.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def watch_command(everything: bool, keep: bool, as_json: bool) -> None:
    """PSI of the score, CSI and missing values of each feature, approvals, volume, calibration.

    By month and card. Exit code 0: calm, 1: watch, 2: a stop line is crossed.
    """
    found = services.look()
    shadows = reading.shadows()
    if as_json:
        click.echo(
            json.dumps({"cards": [f.as_data() for f in found], "shadows": shadows}, indent=1)
        )
    else:
        for each in found:
            _tell(each, everything)
        for line in shadows:
            click.echo(
                f"{line['card']} in the shadow of {line['decisions']} decisions: would approve "
                f"{line['approved']}, the champion {line['champion_approved']}; "
                f"{line['otherwise']} otherwise."
            )
        if not found:
            click.echo("No card has decided yet.")
    if keep:
        services.keep(found)
    level = rules.worst(finding for each in found for finding in each.findings)
    sys.exit(_EXIT[level])


def _tell(each: Watched, everything: bool) -> None:
    shown = [f for f in each.findings if everything or f.level != CALM]
    click.echo(f"{each.card} ({each.subject}s) against {each.against}: {each.level}")
    for found in shown:
        click.echo(f"  {found.month}  {found.level:<5}  {found.what:<32} {words(found)}")
    calm = len(each.findings) - len(shown)
    if calm:
        click.echo(f"  {calm} figures are calm.")


def words(found: Finding) -> str:
    """`0.312 (watch from 0.100, stop from 0.250; 420 decisions)`, deviations and shares alike."""
    unit = 1_000 if found.what == "calibration" else 1_000_000
    value, watch, stop = (_decimal(n, unit) for n in (found.value, found.watch, found.stop))
    return f"{value} (watch from {watch}, stop from {stop}; {found.count} counted)"


def _decimal(value: int, unit: int) -> str:
    """Three decimals."""
    sign, size = ("-" if value < 0 else ""), abs(value) * 1_000 // unit
    return f"{sign}{size // 1_000}.{size % 1_000:03d}"
