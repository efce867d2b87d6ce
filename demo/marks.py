"""Whether a demo world stands here, and emptying the database for a new one."""

from datetime import date, datetime

from flask_migrate import upgrade
from sqlalchemy import select, text

from core import clock, roles
from core.db import db
from core.use_case import use_case
from demo.models import DemoBuild
from mall.accounts.models import Person

TABLES = "migrations"


def status() -> str:
    """empty, unfinished, or ready (also when people of its own live here)."""
    build = _latest()
    if build is None:
        return "empty" if db.session.scalar(select(Person.id).limit(1)) is None else "ready"
    return "ready" if build.finished_at else "unfinished"


def lived_until() -> datetime | None:
    """The instant at which the last demo was complete: what was written before is dated in its past."""
    build = _latest()
    return build.finished_at if build else None


def _latest() -> DemoBuild | None:
    return db.session.scalars(select(DemoBuild).order_by(DemoBuild.created_at.desc())).first()


@use_case
def begin(seed: int, days: int, last_day: date) -> None:
    db.session.add(DemoBuild(seed=seed, days=days, last_day=last_day))


@use_case
def finish(digest: str) -> None:
    build = _latest()
    assert build is not None, "a build has begun"
    build.finished_at, build.digest = clock.now(), digest


def empty() -> None:
    """Throw every table away and make them anew: the book refuses to forget single rows."""
    db.session.remove()
    db.engine.dispose()
    owner = roles.owner_engine()
    with owner.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    owner.dispose()
    upgrade(directory=TABLES)
