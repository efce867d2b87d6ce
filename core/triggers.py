"""Which triggers the tables must have, with the function each calls and what that function says.

A room that writes a trigger in a migration names it here with `expect`; the self-check and the
audit ask whether it is still there, switched on, and not emptied.
"""

from sqlalchemy import text

from core.db import db

_triggers: dict[str, str] = {}
_bodies: dict[str, str] = {}
_FOUND = text(
    "select t.tgname, p.proname from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
    " join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and t.tgenabled in ('O', 'A')"
    " and c.relnamespace = current_schema()::regnamespace and c.relname not like 'procrastinate\\_%'"
)
# without a path of its own a session's temporary tables would be taken for the mall's
_BODIES = text(
    "select proname, md5(prosrc) from pg_proc where pronamespace = current_schema()::regnamespace"
    " and array_to_string(proconfig, ',') like"
    " 'search_path=' || quote_ident(current_schema()) || ', pg_temp'"
)
_SWITCH = text("select current_setting('session_replication_role')")


def expect(triggers: dict[str, str], bodies: dict[str, str]) -> None:
    """Name triggers with the function each calls, and the md5 of each function's body."""
    _triggers.update(triggers)
    _bodies.update(bodies)


def missing(only: str = "") -> list[str]:
    """What is not as it must be: `trigger NAME`, `function NAME`; of names that begin with `only`."""
    triggers, bodies = found_triggers(), found_bodies()
    role = db.session.connection().execute(_SWITCH).scalar_one()
    off = [] if role == "origin" else [f"all triggers, switched off by role {role}"]
    return (
        [f"trigger {t}" for t, f in _of(_triggers, only) if triggers.get(t) != f]
        + [f"function {f}" for f, digest in _of(_bodies, only) if bodies.get(f) != digest]
        + off
    )


def _of(expected: dict[str, str], only: str) -> list[tuple[str, str]]:
    return sorted(each for each in expected.items() if each[0].startswith(only))


def found_triggers() -> dict[str, str]:
    """Every trigger of the mall's tables that is switched on, with its function."""
    return {row[0]: row[1] for row in db.session.connection().execute(_FOUND)}


def found_bodies() -> dict[str, str]:
    """The md5 of every function that looks at the mall's own tables only."""
    return {row[0]: row[1] for row in db.session.connection().execute(_BODIES)}


def nobody_expects() -> set[str]:
    """Triggers that no room has named."""
    return set(found_triggers()) - set(_triggers)


def unknown_bodies() -> set[str]:
    """Functions of triggers whose body is not the one some room has named."""
    found, used = found_bodies(), set(found_triggers().values())
    return {name for name in used if _bodies.get(name) != found.get(name, "")}
