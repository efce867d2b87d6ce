"""Holds end at their time: what nobody settled by then is free again."""

from sqlalchemy import literal, select

from core import clock, jobs
from core.db import db
from core.use_case import use_case
from ledger import book
from ledger.models import journals


@jobs.job("ledger.void_expired", cron="*/5 * * * *")
def void_expired() -> int:
    """Void every open hold whose time is over, each in a transaction of its own; says how many."""
    answers = journals.alias()
    open_ = ~select(literal(1)).where(answers.c.resolves_id == journals.c.id).exists()
    over = (journals.c.form == "hold") & (journals.c.expires_at < clock.now())
    query = select(journals.c.idempotency_key).where(over, open_).order_by(journals.c.id)
    return sum(_void(key) for key in db.session.execute(query).scalars().all())


@use_case
def _void(key: str) -> int:
    try:
        return int(book.void_hold(key, on=clock.today()).fresh)
    except book.HoldResolved:  # settled at this very moment
        return 0
