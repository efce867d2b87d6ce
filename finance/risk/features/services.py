"""Features for a decision: the row that is kept, else worked out in the database and kept."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.errors import NotFound
from core.use_case import use_case
from finance.risk.features import postgres
from finance.risk.features.building import assemble, features_of, text
from finance.risk.features.models import FeatureRow
from finance.risk.features.postgres import Values
from mall.facts import published

CHUNK = 500


@lru_cache(maxsize=2)
def definition(subject: str) -> str:
    """SHA-256 of all that says what the features of a subject are."""
    behind = [published.sql_of(name) for name in assemble(subject).relations]
    return hashlib.sha256("\n".join([text(subject), *behind]).encode()).hexdigest()


def of(subject: str, id: int, on: date) -> Values:
    """The features of one as of the start of a day, the same all day; raises NotFound for nobody."""
    day = clock.day_number(on)
    found = kept(subject, id, day)
    if found is None:
        found = postgres.compute(subject, id, day)
        if found is None:
            raise NotFound()
        keep(subject, day, {id: found})
    return found


def kept(subject: str, id: int, day: int) -> Values | None:
    """The row kept for a day number under today's definition; None when there is none."""
    query = select(FeatureRow.figures).where(
        FeatureRow.subject == subject,
        FeatureRow.subject_id == id,
        FeatureRow.as_of_day == day,
        FeatureRow.definition == definition(subject),
    )
    figures = db.session.scalar(query)
    if figures is None:
        return None
    names = (each.name for each in features_of(subject))
    return dict(zip(names, figures, strict=True))


@use_case
def keep(subject: str, day: int, rows: Mapping[int, Values]) -> None:
    """Keep features by subject's id; a row that is there already stays as it is."""
    names = [each.name for each in features_of(subject)]
    same = {"subject": subject, "as_of_day": day, "definition": definition(subject)}
    made = [same | {"subject_id": id, "figures": [v[n] for n in names]} for id, v in rows.items()]
    for first in range(0, len(made), CHUNK):
        db.session.execute(insert(FeatureRow).on_conflict_do_nothing(), made[first : first + CHUNK])
