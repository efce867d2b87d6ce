"""Two database roles: the owner migrates, and the application may do only what its models allow.

Every connection of the application acts as `mall_app`, whoever signs in. What that role may do to
a table follows from the table's model:

    {"info": {"append_only": True}}        in __table_args__: rows stay as they were written
    {"info": {"read_only": True}}          only functions that act as the owner write here
    {"info": {"removable": True}}          rows may be deleted; nowhere else
    {"info": {"frozen": "amount currency"}}   these columns keep their first value; of one alone:
    mapped_column(…, info={"frozen": True})

Ids and `created_at` are always frozen, and nothing can be truncated.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from psycopg import errors
from sqlalchemy import Connection, Engine, Table, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from core.db import Base

ROLE = "mall_app"
OTHERS = {"alembic_version": frozenset({"SELECT"})}
QUEUE = "procrastinate_"  # the tables of the job queue, which are not models of ours
QUEUE_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_whenever_set: list[Callable[[Connection], None]] = []


class RoleMissing(RuntimeError):
    """The database user may not make the application's role; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the application may do with a table: whole-table rights, and columns it may change."""

    table: frozenset[str]
    columns: frozenset[str] = frozenset()


def application_url(url: str) -> str:
    """The same address, with every connection acting as the application's role.

    A connection's own options would hide those of PGOPTIONS, so these come along.
    """
    given = make_url(url)
    before = given.query.get("options") or os.environ.get("PGOPTIONS", "")
    options = f"{before} -c role={ROLE}".strip()
    if f"role={ROLE}" in str(before):
        options = str(before)
    made = given.update_query_dict({"options": options}).render_as_string(hide_password=False)
    head, _, query = made.partition("?")
    return f"{head}?{query.replace('+', '%20')}"  # the driver takes a + for a +


def owner_engine(app: Flask | None = None) -> Engine:
    """Connections of the owner, for migrations and for throwing a demo world away."""
    return create_engine((app or current_app).config["OWNER_DATABASE_URI"])


def rights_of(table: Table) -> Rights:
    """What the application may do with the rows of a model."""
    if table.info.get("read_only"):
        return Rights(frozenset({"SELECT"}))
    rights = {"SELECT", "INSERT"}
    if table.info.get("removable"):
        rights.add("DELETE")
    if table.info.get("append_only"):
        return Rights(frozenset(rights))
    frozen = {"created_at", *_names(table)} | {c.name for c in table.primary_key}
    free = {c.name for c in table.columns if not c.info.get("frozen") and not c.computed}
    return Rights(frozenset(rights), frozenset(free - frozen))


def _names(table: Table) -> set[str]:
    """The columns that a table's info freezes; raises KeyError for a name it does not have."""
    words = table.info.get("frozen", "")
    names = words.split() if isinstance(words, str) else words
    return {table.columns[name].name for name in names}


def ensure(owner: Connection, sign_ins: tuple[str, ...] = ()) -> None:
    """Make the role if it is missing, and let the owner and `sign_ins` act as it.

    Raises RoleMissing with the SQL to run when the owner may not.
    """
    me = owner.execute(text("select current_user")).scalar_one()
    if me == ROLE:
        raise RoleMissing(
            f"{ROLE} is the application's role and may not change tables: set DATABASE_OWNER_URL "
            "to the owner of the database and migrate again."
        )
    exists = text("select 1 from pg_roles where rolname = :role")
    if owner.execute(exists, {"role": ROLE}).scalar() is None:
        _try(owner, f"create role {ROLE} nologin", me)
    for name in {me, *sign_ins} - {ROLE}:
        if not _may_act(owner, name):
            _try(owner, f"grant {ROLE} to {_quoted(owner, name)}", me)


def _may_act(owner: Connection, name: str) -> bool:
    """Whether this user can SET ROLE; from version 16 on a member may be barred from that."""
    word = "SET" if owner.dialect.server_version_info >= (16,) else "MEMBER"  # type: ignore[operator]
    asked = text("select pg_has_role(:name, :role, :word)")
    return bool(owner.execute(asked, {"name": name, "role": ROLE, "word": word}).scalar())


def _try(owner: Connection, statement: str, me: str) -> None:
    try:
        with owner.begin_nested():
            owner.execute(text(statement))
    except DBAPIError as error:
        if isinstance(error.orig, errors.DuplicateObject | errors.UniqueViolation):
            return  # made this moment by another migration on the same server
        if not isinstance(error.orig, errors.InsufficientPrivilege):
            raise
        raise RoleMissing(
            f"The mall acts in the database as the role {ROLE}, so that not even a hole in it can "
            f"change what was written; {me} may not set that up. As a superuser of this server "
            f'run once:\n\n    create role {ROLE} nologin;\n    grant {ROLE} to "{me}";\n\n'
            "and migrate again."
        ) from None


def _quoted(owner: Connection, name: str) -> str:
    return owner.dialect.identifier_preparer.quote_identifier(name)


def restored(owner: Connection) -> None:
    """A database that came out of a backup has its tables, but no rights of the application's."""
    ensure(owner)
    apply(owner)


def whenever_set(action: Callable[[Connection], None]) -> None:
    """Do this as the owner each time the rights are set: after a migration and after a restore."""
    _whenever_set.append(action)


def apply(owner: Connection) -> None:
    """Give the application exactly the rights that follow from the models of the tables there."""
    for action in _whenever_set:
        action(owner)
    there = _columns(owner)
    schema = _quoted(owner, owner.execute(text("select current_schema()")).scalar_one())
    statements = [
        f"revoke create on schema {schema} from public, {ROLE}",
        f"grant usage on schema {schema} to {ROLE}",
        f"grant usage, select on all sequences in schema {schema} to {ROLE}",
    ]
    for name, rights in _wanted(there).items():
        table = _quoted(owner, name)
        statements.append(f"revoke all on {table} from public, {ROLE}")
        if rights.table:
            statements.append(f"grant {', '.join(sorted(rights.table))} on {table} to {ROLE}")
        if rights.columns:
            columns = ", ".join(_quoted(owner, each) for each in sorted(rights.columns))
            statements.append(f"grant update ({columns}) on {table} to {ROLE}")
    owner.exec_driver_sql("; ".join(statements + _of_functions(owner, schema)))


def _of_functions(owner: Connection, schema: str) -> list[str]:
    """Functions look at our own tables only; what acts as the owner is for the application only."""
    statements = []
    for name, _, for_us in owner.execute(_FUNCTIONS, {"role": ROLE}):
        # else a session's temporary table of the same name would be looked at
        statements.append(f"alter function {name} set search_path = {schema}, pg_temp")
        statements.append(f"revoke all on function {name} from public, {ROLE}")
        if for_us:
            statements.append(f"grant execute on function {name} to {ROLE}")
    return statements


def _columns(connection: Connection) -> dict[str, set[str]]:
    """Every table of our schema with its columns."""
    found: dict[str, set[str]] = {}
    query = text(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')"
        " and a.attnum > 0 and not a.attisdropped"
    )
    for table, column in connection.execute(query):
        found.setdefault(table, set()).add(column)
    return found


def _wanted(there: dict[str, set[str]]) -> dict[str, Rights]:
    """The rights on each table that is there; a table nobody knows is nobody's."""
    wanted = {}
    for name, columns in there.items():
        table = Base.metadata.tables.get(name)
        if table is not None:
            rights = rights_of(table)
            wanted[name] = Rights(rights.table, rights.columns & columns)
        elif name.startswith(QUEUE):
            wanted[name] = Rights(QUEUE_RIGHTS)
        else:
            wanted[name] = Rights(OTHERS.get(name, frozenset()))
    return wanted


# functions of ours: signature, whether the application may call it, whether it should
_FUNCTIONS = text("""
    select p.oid::regprocedure::text, has_function_privilege(:role, p.oid, 'EXECUTE'),
           p.prosecdef and p.prorettype <> 'trigger'::regtype
      from pg_proc p join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
     where p.pronamespace = current_schema()::regnamespace
       and p.proname not like 'procrastinate\\_%' and not exists (select 1 from pg_depend d
     where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
     order by 1
""")
_GIVEN = text("""
    select c.relname, '' as attname, x.privilege_type
      from pg_class c, aclexplode(c.relacl) x
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
       and x.grantee in (0, to_regrole(:role))
    union
    select c.relname, a.attname, x.privilege_type
      from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
       and x.grantee in (0, to_regrole(:role))
""")
_POWERS = text("""
    select 'is a superuser' from pg_roles where rolname = :role and rolsuper
    union all
    select 'may create roles' from pg_roles where rolname = :role and rolcreaterole
    union all
    select 'is a member of ' || r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
     where m.member = to_regrole(:role)
    union all
    select 'owns ' || relname from pg_class where relowner = to_regrole(:role)
       and relnamespace = current_schema()::regnamespace
    union all
    select 'may create in the schema'
     where has_schema_privilege(:role, current_schema(), 'CREATE')
""")


def faults(connection: Connection) -> list[str]:
    """What the application may do and must not, or must and may not; each in a few words."""
    if connection.execute(text("select to_regrole(:role)"), {"role": ROLE}).scalar() is None:
        return [f"the role {ROLE} is missing"]
    found = [f"{ROLE} {power}" for power in connection.execute(_POWERS, {"role": ROLE}).scalars()]
    given = {tuple(row) for row in connection.execute(_GIVEN, {"role": ROLE})}
    wanted: set[Any] = set()
    for name, rights in _wanted(_columns(connection)).items():
        wanted |= {(name, "", right) for right in rights.table}
        wanted |= {(name, column, "UPDATE") for column in rights.columns}
    found += [f"{ROLE} may {_words(each)}" for each in sorted(given - wanted)]
    found += [f"{ROLE} may not {_words(each)}" for each in sorted(wanted - given)]
    functions = [tuple(row) for row in connection.execute(_FUNCTIONS, {"role": ROLE})]
    found += [f"{ROLE} may call {name}" for name, may, should in functions if may and not should]
    return found + [
        f"{ROLE} may not call {n}" for n, may, should in functions if should and not may
    ]


def _words(right: tuple[str, str, str]) -> str:
    table, column, what = right
    return f"{what} {table}" + (f".{column}" if column else "")
