"""`flask risk replay`: decide again from the terminal."""

import json
import sys
from pathlib import Path

import click
from sqlalchemy import Select, select

from core.db import db
from finance.risk import replaying
from finance.risk.models import Decision

_SHOWN = 20


@click.command("replay")
@click.argument("decision_id", required=False, type=int)
@click.option("--all", "everything", is_flag=True, help="Every decision there is.")
@click.option("--sample", type=click.IntRange(1), help="So many by chance.")
@click.option("--keep", is_flag=True, help="Write the run down for the models page.")
@click.option(
    "--export",
    type=click.Path(dir_okay=False),
    help="Write them, one JSON a line, for python -m finance.risk.again.",
)
def replay_command(
    decision_id: int | None, everything: bool, sample: int | None, keep: bool, export: str | None
) -> None:
    """Decide again from kept inputs and compare every byte; exit code 1 if any differs."""
    if sum((decision_id is not None, everything, sample is not None)) != 1:
        raise click.UsageError("Say a decision's ID, --all or --sample N.")
    ids = _chosen(decision_id, sample)
    total = replaying.count_of(ids)
    if not total and decision_id is not None:
        raise click.UsageError(f"There is no decision {decision_id}.")
    if export:
        _write(ids, Path(export))
    with click.progressbar(length=total, label="Decisions", file=sys.stderr) as bar:
        report = replaying.replay(ids, bar.update)
    _tell(report)
    if keep:
        replaying.keep(report, "all" if everything else f"sample of {sample}")
    sys.exit(1 if report.different else 0)


def _chosen(decision_id: int | None, sample: int | None) -> Select[int]:
    if decision_id is not None:
        return replaying.one(decision_id)
    return replaying.every() if sample is None else replaying.sample(sample)


def _tell(report: replaying.Report) -> None:
    for decision_id, why in report.different[:_SHOWN]:
        made = db.session.get_one(Decision, decision_id)
        click.echo(f"{decision_id} ({made.policy}, {made.card} {made.card_hash[:12]}): {why}")
    if len(report.different) > _SHOWN:
        click.echo(f"and {len(report.different) - _SHOWN} more")
    for name, count in _models(report).items():
        click.echo(f"{name}: {count}")
    click.echo(f"{report.count} replayed, {len(report.different)} differ.")


def _models(report: replaying.Report) -> dict[str, int]:
    """How many were replayed by policy, card and the card's hash."""
    return {
        f"{policy}, {card} {digest[:12]}": count
        for (policy, card, digest), count in sorted(report.models.items())
    }


def _write(ids: Select[int], path: Path) -> None:
    query = select(Decision).where(Decision.id.in_(ids)).order_by(Decision.id)
    with path.open("w", encoding="utf-8") as file:
        for decision in db.session.scalars(query.execution_options(yield_per=500)):
            file.write(json.dumps(replaying.as_kept(decision), sort_keys=True) + "\n")
