"""The features in the mall's own database, where the relations are queries over its tables."""

import re
from functools import lru_cache

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
    found = _ask(sql(subject, True), subject, {"as_of": as_of, "subject": id})
    return found.get(id)


def compute_all(subject: str, as_of: int) -> dict[int, Values]:
    """The features of everyone known by then, by id."""
    return _ask(sql(subject), subject, {"as_of": as_of})


def _ask(statement: str, subject: str, binds: dict[str, int]) -> dict[int, Values]:
    rows = db.session.connection().exec_driver_sql(statement, binds)
    names = [each.name for each in features_of(subject)]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
