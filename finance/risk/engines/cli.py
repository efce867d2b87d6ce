"""`flask risk score-all`: everyone's features and scores from the terminal."""

import sys
from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from core import clock
from core.errors import DomainError
from finance.risk import features
from finance.risk.engines import ENGINES, scoring
from finance.risk.engines.scoring import Heard, Report

_SUBJECTS = tuple(features.KEYS)


@click.command("score-all")
@click.option("--engine", type=click.Choice(ENGINES), help="Default: RISK_ENGINE.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="What was known before this day; default: today.",
)
@click.option("--subject", type=click.Choice(_SUBJECTS), help="Default: sellers and shoppers.")
@click.option(
    "--parts",
    type=click.IntRange(1, 10_000),
    default=1,
    show_default=True,
    help="Compute so many buckets of subjects one after another, to need less memory at once.",
)
def score_all_command(
    engine: str | None, as_of: datetime | None, subject: str | None, parts: int
) -> None:
    """Compute everyone's features, score them by the card and keep both for the day.

    Said again after it died it goes on where it was; said again after it ended it does nothing.
    """
    day = clock.day_number(as_of.date() if as_of else clock.now())
    folder = Path(current_app.config["RISK_FOLDER"]).absolute()
    for each in (subject,) if subject else _SUBJECTS:
        if features.features_of(each):
            _score(each, day, engine or current_app.config["RISK_ENGINE"], folder, parts)


def _score(subject: str, day: int, engine: str, folder: Path, parts: int) -> None:
    length = scoring.count_of(subject, day)
    with click.progressbar(length=length, label=f"{subject}s", file=sys.stderr) as bar:
        heard = Heard(lambda words: click.echo(f"\n  {words}", err=True), bar.update)
        try:
            report = scoring.score_all(subject, day, engine, folder, parts=parts, heard=heard)
        except DomainError as refusal:
            raise click.ClickException(str(refusal)) from refusal
    _tell(subject, engine, report)


def _tell(subject: str, engine: str, report: Report) -> None:
    how = "scored before" if report.already else f"scored on {engine}"
    grades = ", ".join(f"{letter} {count:,}" for letter, count in report.grades.items())
    click.echo(f"{report.kept:,} {subject}s {how}{': ' if grades else ''}{grades}")
    if report.unread:
        click.echo(f"  the card also reads what is not computed yet: {', '.join(report.unread)}")
