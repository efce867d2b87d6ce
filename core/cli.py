"""Commands every room shares: the worker, backup and restore."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from core import jobs, limits, ops, selfcheck
from core.errors import DomainError
from core.postgres_programs import PostgresError

STORAGE = limits.PostgresStorage  # known to flask-limiter by its scheme once imported


def init_app(app: Flask) -> None:
    app.cli.add_command(worker)
    app.cli.add_command(group)


@click.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def worker(once: bool) -> None:
    """Do the jobs that may wait."""
    from flask import current_app

    selfcheck.require(current_app._get_current_object())  # type: ignore[attr-defined]

    jobs.run_worker(current_app.config["SQLALCHEMY_DATABASE_URI"], wait=not once)


group = AppGroup("ops", help="Back up the database, restore it, and prove what came back.")
_FILE = click.Path(dir_okay=False, path_type=Path)


@group.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup_command(folder: Path) -> None:
    """Write a dump and its manifest into FOLDER; the mall goes on serving."""
    try:
        made = ops.backup(folder)
    except (DomainError, PostgresError) as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{made.dump}  {made.says['bytes']} bytes, sha256 {made.says['sha256']}")
    click.echo(f"{made.manifest}")


@group.command("restore")
@click.argument("file", type=_FILE)
@click.option("--into", default="", help="URL of an empty database; the mall's own if not given.")
@click.option("--force", is_flag=True, help="Throw away what the database holds.")
@click.option("--alone", is_flag=True, help="Do not ask the gateway whether it says the same.")
def restore_command(file: Path, into: str, force: bool, alone: bool) -> None:
    """Put the backup FILE into an empty database, then prove it; exit 1 when a proof fails."""
    try:
        kept = ops.restore(file, into=into, force=force)
    except (DomainError, PostgresError) as refusal:
        raise click.ClickException(str(refusal)) from None
    _tell(ops.faults(kept, into, elsewhere=not alone))


@group.command("verify")
@click.argument("file", type=_FILE, required=False)
@click.option("--into", default="", help="URL of the database; the mall's own if not given.")
@click.option("--alone", is_flag=True, help="Do not ask the gateway whether it says the same.")
def verify_command(file: Path | None, into: str, alone: bool) -> None:
    """Prove the database; with FILE also that it is what the backup says."""
    try:
        kept = ops.read(file) if file else None
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    _tell(ops.faults(kept, into, elsewhere=not alone))


def _tell(answers: Iterable[tuple[str, list[str]]]) -> None:
    broken = 0
    for name, faults in answers:
        click.echo(f"FAILED {name}: {'; '.join(faults)}" if faults else f"ok     {name}")
        broken += bool(faults)
    if broken:
        raise SystemExit(1)
