"""Features from the terminal: of one subject, and the page that says what they are."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from core import clock
from core.money import Money
from finance.contracts import consents
from finance.risk.engines import base, kept
from finance.risk.features import writing
from finance.risk.features.building import Feature, features_of, missing_of
from finance.risk.features.known import KEYS

PAGE = Path(__file__).parents[3] / "docs" / "features.md"


@click.command("features")
@click.option("--subject", help="seller:ID or buyer:ID.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Start of this day; default: today."
)
@click.option("--write-docs", is_flag=True, help="Write docs/features.md instead.")
def features(subject: str | None, as_of: datetime | None, write_docs: bool) -> None:
    """Print the features of one seller or buyer; the row is kept, as for a decision."""
    if write_docs:
        PAGE.write_text(writing.document())
        click.echo("Wrote docs/features.md.")
        return
    who, _, id = (subject or "").partition(":")
    if who not in KEYS or not id.isdigit():
        raise click.UsageError("Say --subject seller:ID or --subject buyer:ID.")
    day = as_of.date() if as_of else clock.today()
    consents.check_scoring(who, int(id))
    found = kept.features_of(who, int(id), clock.day_number(day))
    if found is None:
        raise click.UsageError(f"No {who} {id} was known before {day}.")
    click.echo(f"{who} {id} as of the start of {day}, definition {base.definition(who)}")
    for each in features_of(who):
        click.echo(f"{each.id:<5}{each.name:<26}{_shown(each, found[each.name]):>20}")
    click.echo(f"{len(missing_of(who))} more cannot be said yet: docs/features.md.")


def _shown(feature: Feature, value: int | None) -> str:
    if value is None:
        return "not known"
    if feature.unit == "money":
        return str(Money(value, current_app.config["MALL_CURRENCY"]))
    if feature.unit == "ppm":
        return f"{'-' if value < 0 else ''}{abs(value) // 10_000}.{abs(value) % 10_000:04} %"
    return f"{value:,} {feature.unit}"
