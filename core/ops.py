"""Backup and restore of the database with PostgreSQL's own tools, and the proof of what came back.

A backup is two files: `mall-….dump` (pg_dump's custom format) and `mall-….json`, its manifest:
versions, the checksum, and facts that rooms give about the very snapshot that was dumped. The
manifest is written last: a dump without one is not a backup.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from core import clock, health
from core.db import db
from core.errors import DomainError
from core.postgres_programs import find_client

Fact = Callable[[Connection], Any]
Check = Callable[[], Iterable[str]]
Comparison = Callable[[datetime], Iterable[str]]

FORMAT = 1
_facts: dict[str, Fact] = {}
_afterwards: dict[str, Fact] = {}
_checks: dict[str, Check] = {}
_comparisons: dict[str, Comparison] = {}


class OpsError(DomainError):
    """A backup or restore that cannot be; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """The two files of one backup, and what the manifest says."""

    dump: Path
    manifest: Path
    says: dict[str, Any]


def describe(name: str, fact: Fact) -> None:
    """Let manifests say `name`: a JSON value read in the snapshot that is dumped."""
    _facts[name] = fact


def after_restore(name: str, action: Fact) -> None:
    """Do this in a restored database before it is checked (roles, grants)."""
    _afterwards[name] = action


def check(name: str, question: Check) -> None:
    """Ask this of a restored database; every answer is a fault."""
    _checks[name] = question


def compare(name: str, question: Comparison) -> None:
    """Ask somebody elsewhere whether a restored database is right, as of the moment it was dumped."""
    _comparisons[name] = question


def backup(folder: Path) -> Backup:
    """Dump the mall's database into `folder`, consistent while others write; gives the files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = folder / f"mall-{clock.now():%Y%m%dT%H%M%S}Z"
    draft, url = stem.with_suffix(".part"), _owner_url()
    if stem.with_suffix(".json").exists():
        raise OpsError(f"{stem.with_suffix('.json')} is there already; wait a second.")
    with _engine(url).connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        as_of, snapshot = clock.now(), str(reader.scalar(text("select pg_export_snapshot()")))
        server = int(str(reader.scalar(text("show server_version_num"))))
        facts = {name: fact(reader) for name, fact in sorted(_facts.items())}
        head = reader.scalar(text("select version_num from alembic_version"))
        try:
            _run("pg_dump", server // 10_000, url, *_how_to_dump(snapshot, draft))
        except OpsError:
            draft.unlink(missing_ok=True)
            raise
    says = {
        "format": FORMAT,
        "as_of": as_of.isoformat(),
        "made_at": clock.now().isoformat(),
        "server_version": server,
        "migration": head,
        "bytes": draft.stat().st_size,
        "sha256": _checksum(draft),
        "facts": facts,
    }
    return _put_in_place(stem, draft, says)


def _how_to_dump(snapshot: str, draft: Path) -> tuple[str, ...]:
    return (
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-unlogged-table-data",  # rate limits are not worth keeping
        f"--snapshot={snapshot}",
        f"--file={draft}",
    )


def _put_in_place(stem: Path, draft: Path, says: dict[str, Any]) -> Backup:
    dump, manifest = stem.with_suffix(".dump"), stem.with_suffix(".json")
    draft.chmod(0o600)
    _to_disk(draft)
    draft.replace(dump)
    written = stem.with_suffix(".part")
    written.write_text(json.dumps(says, indent=2, sort_keys=True) + "\n")
    written.chmod(0o600)
    _to_disk(written)
    written.replace(manifest)
    _to_disk(stem.parent)
    return Backup(dump, manifest, says)


def read(file: Path) -> Backup:
    """The backup that `file` (its dump or its manifest) belongs to; raises OpsError when damaged."""
    dump, manifest = file.with_suffix(".dump"), file.with_suffix(".json")
    try:
        says = json.loads(manifest.read_text())
        whole = says["bytes"] == dump.stat().st_size and says["sha256"] == _checksum(dump)
    except FileNotFoundError as missing:
        raise OpsError(f"{missing.filename} is missing: a backup is a .dump and a .json.") from None
    except (ValueError, KeyError, TypeError):
        raise OpsError(f"{manifest} is not a manifest of ours.") from None
    if says.get("format") != FORMAT:
        raise OpsError(f"{manifest} has format {says.get('format')}; this mall reads {FORMAT}.")
    if not whole:
        raise OpsError(f"{dump} is not what was written: its checksum differs. Take another one.")
    return Backup(dump, manifest, says)


def restore(file: Path, *, into: str = "", force: bool = False) -> Backup:
    """Put a backup into an empty database; raises OpsError when it is not empty.

    into   URL of the database, the mall's own when not given
    force  throw away what is in it first
    """
    kept, url = read(file), into or _owner_url()
    with _engine(url).connect() as connection:
        server = int(str(connection.scalar(text("show server_version_num"))))
        tables = _tables(connection)
        if tables and not force:
            raise OpsError(
                f"The database holds {tables} tables. Restore into an empty one with --into, "
                "or throw its content away with --force."
            )
        if tables:
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
            connection.commit()
    how = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run("pg_restore", server // 10_000, url, *how, f"--dbname={_name(url)}", str(kept.dump))
    with _engine(url).begin() as connection:
        for action in _afterwards.values():
            action(connection)
    with _engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
    return kept


def _tables(connection: Connection) -> int:
    query = text("select count(*) from pg_tables where schemaname = 'public'")
    return int(connection.scalar(query) or 0)


def faults(
    kept: Backup | None, url: str = "", *, elsewhere: bool = True
) -> Iterator[tuple[str, list[str]]]:
    """(what was asked, its faults) of the database at `url`: the manifest's facts, every check.

    kept       the backup it should equal; None where trade has gone on since
    elsewhere  whether those who hold our money are asked as well
    """
    with serving(url or _owner_url()):
        if kept is not None:
            yield "migration", _differs(kept.says["migration"], *sorted(health.heads()))
            with db.engine.connect() as connection:
                for name, fact in sorted(_facts.items()):
                    yield name, _differs(kept.says["facts"].get(name), fact(connection))
        for name, question in _checks.items():
            yield name, list(question())
            db.session.rollback()
        for name, comparison in _comparisons.items() if elsewhere else ():
            yield name, list(comparison(_as_of(kept)))
            db.session.rollback()


def _as_of(kept: Backup | None) -> datetime:
    """The moment whose truth a database holds: its dump's snapshot, or now."""
    if kept is None:
        return clock.now()
    return datetime.fromisoformat(kept.says.get("as_of") or kept.says["made_at"])


def _differs(then: Any, *now: Any) -> list[str]:
    here = json.loads(json.dumps(now[0] if len(now) == 1 else list(now)))
    return [] if then == here else [f"the backup has {then}, this has {here}"]


@contextmanager
def serving(url: str) -> Iterator[None]:
    """Let everything in this process read and write the database at `url`."""
    db.session.remove()
    engines: dict[str | None, Any] = db.engines  # type: ignore[assignment]
    usual, engines[None] = engines[None], _engine(url)
    try:
        yield
    finally:
        db.session.remove()
        engines[None] = usual


def _owner_url() -> str:
    return str(current_app.config["OWNER_DATABASE_URI"])


def _engine(url: str) -> Any:
    full = make_url(url)
    return create_engine(full.set(drivername="postgresql+psycopg"), poolclass=NullPool)


def _name(url: str) -> str:
    return make_url(url).database or ""


def _run(program: str, major: int, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database; a password goes by the environment."""
    full = make_url(url)
    known = {
        "PGHOST": full.host or str(full.query.get("host", "")),
        "PGPORT": str(full.port or full.query.get("port", "")),
        "PGUSER": full.username or "",
        "PGPASSWORD": full.password or "",
        "PGDATABASE": full.database or "",
        "PGSSLMODE": str(full.query.get("sslmode", "")),
    }
    done = subprocess.run(
        [find_client(program, major), *arguments],
        env=os.environ | {name: value for name, value in known.items() if value},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise OpsError(f"{program} failed: {done.stdout.strip()[-2000:]}")


def _checksum(file: Path) -> str:
    mark = sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            mark.update(block)
    return mark.hexdigest()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
