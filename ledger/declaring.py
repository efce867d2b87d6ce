"""What the database lets into the book: chart, declared postings and causes, said by the owner.

`ledger_post` refuses every line that is not in `ledger_posting`; `ledger_expected` says what must
stand behind a journal. After each migration the owner makes the two tables and the function what
the code says; the self-check refuses to serve while they differ.
"""

from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, text, tuple_

from core import roles, selfcheck
from core.db import db
from ledger import causes, postings
from ledger.accounts import BY_NAME, CHART
from ledger.models import chart, declared

Row = tuple[Any, ...]
_EXPECTED = text(
    "select prosrc from pg_proc where proname = 'ledger_expected'"
    " and pronamespace = current_schema()::regnamespace"
)


def chart_rows() -> set[Row]:
    """What `ledger_chart` must hold."""
    return {
        (k.code, k.name, k.side.value, k.limited, bool(k.owner), k.busy, k.asked) for k in CHART
    }


def posting_rows() -> set[Row]:
    """What `ledger_posting` must hold: each line, by codes, that journals of a kind may have."""
    return {
        (kind, d.code, c.code, d.busy, c.busy, d.asked, c.asked)
        for kind in postings.kinds()
        for d, c in ((BY_NAME[debit], BY_NAME[credit]) for debit, credit in postings.lines_of(kind))
    }


def save(owner: Connection, *, forget: bool = True) -> None:
    """Make tables and function what the code declares, where they are there; only the owner may.

    forget  take away what is declared no more; only when all rooms are imported
    """
    for table, rows in _wanted():
        if not owner.dialect.has_table(owner, table.name):
            continue
        there = {tuple(row) for row in owner.execute(select(table))}
        keys = list(table.primary_key.columns)
        for row in there - rows if forget else ():
            owner.execute(delete(table).where(tuple_(*keys) == row[: len(keys)]))
        if rows - there:
            names = table.columns.keys()
            owner.execute(
                insert(table), [dict(zip(names, row, strict=True)) for row in rows - there]
            )
    if forget:
        _save_expected(owner)


def _save_expected(owner: Connection) -> None:
    """Let the database know what must stand behind journals."""
    body, there = causes.body(*postings.asked()), owner.execute(_EXPECTED).scalar()
    if there in (None, body):
        return
    schema = owner.execute(text("select quote_ident(current_schema())")).scalar_one()
    owner.exec_driver_sql(
        "create or replace function ledger_expected(of_kind text, of_key text, of_ref text, of_on date)"
        f" returns jsonb language plpgsql set search_path = {schema}, pg_temp as $body${body}$body$"
    )


def faults() -> list[str]:
    """`TABLE lacks ROW` and `TABLE has ROW too many`, where the database is not what is declared."""
    found = []
    for table, rows in _wanted():
        there = {tuple(row) for row in db.session.connection().execute(select(table))}
        found += [f"{table.name} lacks {_told(row)}" for row in sorted(rows - there)]
        found += [f"{table.name} has {_told(row)} too many" for row in sorted(there - rows)]
    body = db.session.connection().execute(_EXPECTED).scalar()
    if body != causes.body(*postings.asked()):
        found.append("function ledger_expected is not what the postings declare")
    return found


def _wanted() -> tuple[tuple[Table, set[Row]], ...]:
    return (chart, chart_rows()), (declared, posting_rows())


def _told(row: Row) -> str:
    return " ".join(str(each) for each in row)


selfcheck.also(faults)
roles.whenever_set(save)
