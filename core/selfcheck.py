"""Nothing is served on a database that would not guard the money, or would forget it."""

from collections.abc import Callable, Iterable, Iterator

from flask import Flask, current_app
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import OperationalError

from core import roles, triggers
from core.db import Base, db

_KINDS = (CheckConstraint, ForeignKeyConstraint, UniqueConstraint)
_CONSTRAINTS = text(
    "select conname from pg_constraint where convalidated"
    " and connamespace = current_schema()::regnamespace"
)

_more: list[Callable[[], Iterable[str]]] = []


class Unguarded(RuntimeError):
    """The database is not fit to hold money; the message says in which way."""


def also(question: Callable[[], Iterable[str]]) -> None:
    """Let a room name what is missing of its own in the database; every answer is a fault."""
    _more.append(question)


def require(app: Flask) -> None:
    """Raise Unguarded unless everything is in place.

    A database that does not answer cannot be asked and can do no harm: it is asked again before
    the first page.
    """
    with app.app_context():
        if not _ask():
            app.before_request(_ask_once)


def _ask() -> bool:
    try:
        found = faults()
    except OperationalError:
        return False
    finally:
        db.session.rollback()
    if found:
        told = "\n".join(f"  {fault}" for fault in found)
        raise Unguarded(f"The database does not guard the money; nothing is served:\n{told}")
    return True


def _ask_once() -> None:
    if "selfcheck" not in current_app.extensions and _ask():
        current_app.extensions["selfcheck"] = True


def faults() -> list[str]:
    """Everything that is missing, in a few words each; empty when the database may hold money."""
    return [*_not_the_role(), *unguarded(), *_volatile()]


def unguarded() -> list[str]:
    """Rights, triggers and constraints that are not as they must be."""
    return [
        *roles.faults(db.session.connection()),
        *triggers.missing(),
        *missing_constraints(*Base.metadata.tables.values()),
        *(fault for question in _more for fault in question()),
    ]


def _not_the_role() -> list[str]:
    me = db.session.connection().execute(text("select current_user")).scalar_one()
    return [] if me == roles.ROLE else [f"connections act as {me}, not as {roles.ROLE}"]


def missing_constraints(*tables: Table) -> list[str]:
    """`constraint NAME` for every CHECK, foreign or unique key of the models that is not there."""
    there = set(db.session.connection().execute(_CONSTRAINTS).scalars())
    return [f"constraint {name}" for name in sorted(set(_names(tables)) - there)]


def _names(tables: tuple[Table, ...]) -> Iterator[str]:
    preparer = db.engine.dialect.identifier_preparer
    for table in tables:
        for constraint in table.constraints:
            if isinstance(constraint, _KINDS):
                yield str(preparer.format_constraint(constraint)).strip('"')


def _volatile() -> Iterator[str]:
    if current_app.config["ALLOW_VOLATILE_DATABASE"]:
        return
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        value = db.session.connection().execute(text(f"show {setting}")).scalar_one()
        if value == "off" or (setting == "synchronous_commit" and value == "local"):
            yield f"{setting} is {value}: what is committed could be lost"
