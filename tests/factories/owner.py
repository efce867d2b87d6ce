"""What only the owner of the tables can do; the application itself acts as `mall_app`."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from core.db import db
from core.roles import ROLE


@contextmanager
def as_owner() -> Iterator[None]:
    """Let statements of this session run as the owner, who is a superuser in tests."""
    db.session.execute(text("set local role none"))
    yield
    db.session.execute(text(f"set local role {ROLE}"))


def without_causes() -> None:
    """Until this transaction ends, a journal needs no cause: what the sums alone refuse is seen."""
    with as_owner():
        off = "alter table ledger_journal disable trigger ledger_journal_has_cause"
        db.session.execute(text(off))


@contextmanager
def without_orders() -> Iterator[None]:
    """Meanwhile accounts may move that belong to no row of this world; for what is committed."""
    _switch("disable")
    yield
    _switch("enable")


def _switch(how: str) -> None:
    with as_owner():
        db.session.execute(text(f"alter table ledger_account {how} trigger ledger_account_adds_up"))
        db.session.execute(
            text(f"alter table ledger_journal {how} trigger ledger_journal_has_cause")
        )
    db.session.commit()
