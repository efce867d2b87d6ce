"""Whether everything in the database that guards the book is there and switched on."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, TextClause, UniqueConstraint, text

from core.db import db
from ledger.models import accounts, journals, transfers

_TRIGGERS = {
    "ledger_account_guarded": "ledger_guard_account",
    "ledger_account_stays": "ledger_refuse",
    "ledger_journal_append_only": "ledger_refuse",
    "ledger_journal_sealed": "ledger_seal",
    "ledger_transfer_append_only": "ledger_refuse",
    "ledger_transfer_moves": "ledger_move",
}
# md5 of each body as its migration wrote it: a guard that was emptied is a guard that is missing
_BODIES = {
    "ledger_guard_account": "2558d2d01cbc5002eb2c0221c6683138",
    "ledger_move": "94239c84254eb59f9a972e46c1770c8e",
    "ledger_refuse": "a2a4267416ce4ee8e227900ca1fcd9a5",
    "ledger_seal": "2f33edea2f73bf9269f33f315a94d9e1",
}
_FOUND_TRIGGERS = text(
    "select t.tgname, p.proname from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
    " where not t.tgisinternal and t.tgenabled in ('O', 'A')"
    " and t.tgrelid in (to_regclass('ledger_account'), to_regclass('ledger_journal'),"
    " to_regclass('ledger_transfer'))"
)
_FOUND_BODIES = text(
    "select proname, md5(prosrc) from pg_proc"
    " where pronamespace = current_schema()::regnamespace and proname like 'ledger\\_%'"
)
_FOUND_CONSTRAINTS = text(
    "select conname from pg_constraint where convalidated and conrelid in"
    " (to_regclass('ledger_account'), to_regclass('ledger_journal'),"
    " to_regclass('ledger_transfer'))"
)
_ROLE = text("select current_setting('session_replication_role')")


def missing() -> list[str]:
    """Names of the triggers, function bodies and constraints that are not as they must be."""
    triggers, bodies = _pairs(_FOUND_TRIGGERS), _pairs(_FOUND_BODIES)
    constraints = set(db.session.connection().execute(_FOUND_CONSTRAINTS).scalars())
    return (
        [f"trigger {name}" for name, body in _TRIGGERS.items() if triggers.get(name) != body]
        + [f"function {name}" for name, digest in _BODIES.items() if bodies.get(name) != digest]
        + [f"constraint {name}" for name in sorted(_constraints() - constraints)]
        + _switched_off()
    )


def _pairs(query: TextClause) -> dict[str, str]:
    return {row[0]: row[1] for row in db.session.connection().execute(query)}


def _switched_off() -> list[str]:
    role = db.session.connection().execute(_ROLE).scalar_one()
    return [] if role == "origin" else [f"all triggers, switched off by role {role}"]


def _constraints() -> set[str]:
    """Names of the CHECK, foreign-key and unique constraints of the book's tables."""
    kinds = (CheckConstraint, ForeignKeyConstraint, UniqueConstraint)
    preparer = db.engine.dialect.identifier_preparer
    return {
        str(preparer.format_constraint(constraint))
        for table in (accounts, journals, transfers)
        for constraint in table.constraints
        if isinstance(constraint, kinds)
    }
