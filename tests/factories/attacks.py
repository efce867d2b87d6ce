"""Attacks by raw SQL: refused to the application, and found by the audit when nothing refuses them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import db
from ledger import audit
from tests.factories.owner import as_owner


@dataclass(frozen=True, slots=True)
class Attack:
    """Statements that break an invariant of `docs/ledger.md`, with {names} of a world's rows.

    why    what the database says when the application tries, at the statement or at the commit
    found  the line of the audit that names it when the owner does it with all triggers off
    off    what else the owner takes away first: a CHECK, a key
    """

    number: int
    statements: tuple[str, ...]
    why: str
    found: str
    off: str = ""


def post(
    kind: str, debit: str, credit: str, minor: str | int, key: str = "raw", ref: str = "raw"
) -> str:
    """A well-formed journal of one line, by the only function that writes the book."""
    return f"""
        select ledger_post((select max(id) + 1 from ledger_journal), '{key}', 'entry', '{kind}', '{ref}', '2026-03-01',
          now(), null, null, null, array['{debit}'], array['{credit}'], array[{minor}]::bigint[], array['CNY'], array['raw'])
    """


def check_all(attacks: Iterable[Attack], world: dict[str, Any]) -> None:
    """Each of them, and what went wrong with any."""
    wrong = []
    for attack in attacks:
        try:
            check(attack, world)
        except (AssertionError, pytest.fail.Exception, DBAPIError) as error:
            wrong.append(f"{attack.number} {attack.statements[-1][:90]}: {str(error)[:300]}")
    assert not wrong, "\n".join(wrong)


def check(attack: Attack, world: dict[str, Any]) -> None:
    """The application cannot; and the attack is one, since without the guards the audit names it."""
    wanted = [each.format(**world).replace(":", "\\:") for each in attack.statements]
    _refused(attack, wanted)
    _found(attack, wanted)


def _refused(attack: Attack, statements: list[str]) -> None:
    nested = db.session.begin_nested()
    try:
        with pytest.raises(DBAPIError, match=attack.why):
            _run(statements)
            db.session.execute(text("set constraints all immediate"))
    finally:
        nested.rollback()


def _found(attack: Attack, statements: list[str]) -> None:
    nested, known = db.session.begin_nested(), audit._OWN | audit._added
    try:
        with as_owner():
            if attack.off:
                db.session.execute(text(attack.off))
            db.session.execute(text("set local session_replication_role = replica"))
            _run(statements)
            db.session.execute(text("set local session_replication_role = origin"))
        db.session.expire_all()  # what is in the session is from before
        finding = audit._ask(attack.found, known[attack.found])
    finally:
        nested.rollback()
        db.session.expire_all()
    assert not finding.ok, f"no attack: the audit is content after {statements}"
    assert audit._ask(attack.found, known[attack.found]).ok, "and all is as it was"


def _run(statements: list[str]) -> None:
    for statement in statements:
        met = db.session.execute(text(statement))
        assert met.rowcount > 0, f"it met no row: {statement}"
        if "ledger_post" in statement:
            assert met.scalar_one() is None, f"the book did not take it: {statement}"
