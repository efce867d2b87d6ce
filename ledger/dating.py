"""Journals are dated when they were written, unless the mall travels in time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import text

from core import clock
from core.db import db

_APART = text("""
    select format('%s: of %s, at %s, written %s', idempotency_key, business_date, event_at, created_at)
      from ledger_journal
     where created_at > :since
       and (abs(extract(epoch from event_at - created_at)) > 86400 or business_date not between
            (created_at at time zone :zone)::date - :days and (created_at at time zone :zone)::date + 1)
     order by id
""")


def dated_elsewhere(traveled_until: Callable[[], datetime | None]) -> Iterator[str]:
    """Journals whose date is not that of the database's own clock when it wrote them.

    traveled_until   up to this instant the mall was built in a past of its own (a demo)

    A night that is caught up books under its own day, so the business date may lie
    JOURNALS_BACK_DAYS days back, and a day ahead; 0, or a process that has traveled, asks nothing.
    """
    days = current_app.config["JOURNALS_BACK_DAYS"]
    if not days or clock.has_traveled():
        return
    since = traveled_until() or datetime.min.replace(year=1970, tzinfo=UTC)
    values = {"since": since, "zone": clock.zone().key, "days": days}
    yield from map(str, db.session.connection().execute(_APART, values).scalars())
