"""What is usual in a category, written down once a day by the engine that runs the night."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.use_case import end_read, use_case
from finance.risk.engines import base, results
from finance.risk.engines.base import Engine, Part
from finance.risk.features.models import CategoryNorm
from finance.risk.features.norms import KINDS, SUBJECT


def _nobody(words: str) -> None:
    """Nobody listens."""


def keep(as_of: int, engine: Engine, folder: Path, tell: Callable[[str], None] = _nobody) -> int:
    """Work out the norms as of the start of a day and keep them; 0 where they are kept already."""
    kept = db.session.scalar(select(exists().where(CategoryNorm.as_of == as_of)))
    end_read()
    if kept:
        return 0
    place = folder / f"{SUBJECT}-{as_of}-{base.definition(SUBJECT)}"
    engine.prepare(SUBJECT, as_of, tell)
    rows = results.read(results.computed(engine, SUBJECT, as_of, Part(), place)).to_pylist()
    _write(as_of, rows)
    results.forget(place)
    tell(f"{len(rows)} numbers of what is usual in categories")
    return len(rows)


@use_case
def _write(as_of: int, rows: Iterable[dict[str, Any]]) -> None:
    """All of a day or, where another run was first, what it wrote."""
    now = clock.now()
    found = [
        {
            "as_of": as_of,
            "category_id": row["subject"],
            "kind": KINDS[row["kind"]],
            "created_at": now,
            **{name: row[name] for name in ("bucket", "part", "whole", "shops")},
        }
        for row in rows
    ]
    if found:
        db.session.execute(insert(CategoryNorm).on_conflict_do_nothing(), found)
