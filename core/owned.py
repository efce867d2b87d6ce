"""Functions of the database whose text follows from the code: the owner makes them, we only call.

A rule that Python has already (an expression, a file of rates) is not written a second time in a
migration: the migration makes an empty function, and after each migration the owner gives it the
text that the code says. The self-check refuses to serve while it is another.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core import roles, selfcheck
from core.db import db

_FOUND = text(
    "select proname, prosrc from pg_proc where pronamespace = current_schema()::regnamespace"
)


@dataclass(frozen=True, slots=True)
class _Function:
    arguments: str
    gives: str
    body: Callable[[], str]
    definer: bool


_functions: dict[str, _Function] = {}


def function(
    name: str, arguments: str, gives: str, body: Callable[[], str], *, definer: bool = True
) -> None:
    """Let the owner make `name(arguments) returns gives` in PL/pgSQL, with what `body` says.

    definer  it acts as the owner, for whoever calls it
    """
    _functions[name] = _Function(arguments, gives, body, definer)


def save(owner: Connection) -> None:
    """Make each function that a migration has begun what the code says; only the owner may."""
    there = {name: source for name, source in owner.execute(_FOUND)}
    schema = owner.execute(text("select quote_ident(current_schema())")).scalar_one()
    for name, wanted in _functions.items():
        body = wanted.body()
        if there.get(name, body) == body:
            continue
        rights = "security definer" if wanted.definer else "stable"
        made = (
            f"create or replace function {name}({wanted.arguments}) returns {wanted.gives}"
            f" language plpgsql {rights} set search_path = {schema}, pg_temp as $body${body}$body$"
        )
        owner.exec_driver_sql(made.replace("%", "%%"))  # the driver takes a % for a place


def faults() -> list[str]:
    """`function NAME is not what the code says`, for each that the database has otherwise."""
    there = {name: source for name, source in db.session.connection().execute(_FOUND)}
    return [
        f"function {name} is not what the code says"
        for name, wanted in sorted(_functions.items())
        if there.get(name) != wanted.body()
    ]


selfcheck.also(faults)
roles.whenever_set(save)
