"""Through which day a loan's interest lies in the control account; both sides of it stand still.

A chunk of the day and an event of a loan exclude each other: the chunk waits for open events,
an event waits for the chunk (part of a second), and then sees how far it came.
"""

from datetime import date

from sqlalchemy import func, select, text

from core.db import db
from finance.collections.models import DayChunk

SELLERS = "sellers"
STEP = "interest accrued"
_SHARED = text("select pg_advisory_xact_lock_shared(hashtext('accrued_interest'))")


def through(advance_id: int) -> date | None:
    """The day through which the control account has this loan's interest; None before any run.

    It stays so until this transaction ends.
    """
    db.session.connection().execute(_SHARED)
    query = select(func.max(DayChunk.on)).where(
        DayChunk.step == STEP, DayChunk.last_id >= advance_id
    )
    return db.session.scalar(query)
