"""The features in the mall's own database, where the relations are queries over its tables."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from core.db import db
from finance.risk.features.building import assemble, features_of, text
from finance.risk.features.portable import BINDS
from mall.facts import published

Values = dict[str, int | None]


@lru_cache(maxsize=8)
def sql(subject: str, one: bool = False) -> str:
    """The common text behind what each relation is here; binds %(as_of)s and %(subject)s."""
    relations = published.with_clause(assemble(subject, one).relations)
    both = f"WITH {relations},\n{text(subject, one).removeprefix('WITH ')}".replace("%", "%%")
    return re.sub(rf":({'|'.join(BINDS)})\b", r"%(\1)s", both)


def compute(subject: str, id: int, as_of: int) -> Values | None:
    """The features of one, as of the start of a day number; None for nobody known by then."""
    rows = _prepared(sql(subject, True), {"as_of": as_of, "subject": id})
    return _named(subject, rows).get(id)


def compute_all(subject: str, as_of: int) -> dict[int, Values]:
    """The features of everyone known by then, by id."""
    rows = db.session.connection().exec_driver_sql(sql(subject), {"as_of": as_of})
    return _named(subject, rows)


def _prepared(statement: str, binds: dict[str, int]) -> Iterable[Any]:
    """The rows of a statement whose plan this connection keeps from the first time on.

    Planning it takes some twenty times what it takes to run for a shop of usual size, and
    PostgreSQL would do so ten times before it tries a plan for everybody.
    """
    driver: Any = db.session.connection().connection.driver_connection
    driver.execute("set local plan_cache_mode = force_generic_plan")
    rows: list[Any] = driver.execute(statement, binds, prepare=True).fetchall()
    driver.execute("set local plan_cache_mode = auto")
    return rows


def _named(subject: str, rows: Iterable[Any]) -> dict[int, Values]:
    names = [each.name for each in features_of(subject)]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
