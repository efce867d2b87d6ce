"""A journal that is dated elsewhere than the clock of its writing is named."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock
from ledger import dating
from tests.factories.ledger import sold
from tests.factories.owner import as_owner

BOTH = ["paid", "released"]


def named(until: datetime | None = None) -> list[str]:
    return [each.split(":")[0] for each in dating.dated_elsewhere(lambda: until)]


@pytest.fixture
def book(db: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two journals, dated today."""
    sold()
    monkeypatch.setattr(clock, "_ever_traveled", False)
    monkeypatch.setitem(app.config, "JOURNALS_BACK_DAYS", 40)
    _dated(db, clock.today(), datetime.now(UTC))
    return db


def _dated(db: Any, day: date, at: datetime) -> None:
    with as_owner():
        db.session.execute(text("set local session_replication_role = replica"))
        change = text("update ledger_journal set business_date = :day, event_at = :at")
        db.session.execute(change, {"day": day, "at": at})
        db.session.execute(text("set local session_replication_role = origin"))


@pytest.mark.parametrize(
    ("days", "hours", "found"),
    [
        (0, 0, []),
        (-40, 0, []),
        (-42, 0, BOTH),
        (3, 0, BOTH),
        (0, -30, BOTH),
        (0, 30, BOTH),
    ],
)
def test_dates_keep_to_the_clock(book: Any, days: int, hours: int, found: list[str]) -> None:
    _dated(book, clock.today() + timedelta(days), datetime.now(UTC) + timedelta(hours=hours))
    assert named() == found


def test_a_mall_that_travels_is_not_asked(book: Any, app: Any, monkeypatch: Any) -> None:
    _dated(book, date(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC))
    assert named() == BOTH
    assert named(until=datetime.now(UTC) + timedelta(1)) == []  # a demo was complete only then
    monkeypatch.setitem(app.config, "JOURNALS_BACK_DAYS", 0)
    assert named() == []
    monkeypatch.setitem(app.config, "JOURNALS_BACK_DAYS", 40)
    with clock.travel(date(2020, 1, 1)):
        assert named() == []
