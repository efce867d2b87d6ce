"""The one clock: the only file that asks what time it is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ever_traveled = False
_traveled: ContextVar[datetime | None] = ContextVar("traveled", default=None)
_zone = ZoneInfo("Asia/Shanghai")
_holidays: frozenset[date] = frozenset()


def use_zone(name: str) -> None:
    """Set the zone in which the mall's business day runs from 00:00 to 24:00."""
    global _zone
    _zone = ZoneInfo(name)


def zone() -> ZoneInfo:
    """The zone of the mall's business day."""
    return _zone


def now() -> datetime:
    """The present instant, in UTC."""
    return _traveled.get() or datetime.now(UTC)


def today() -> date:
    """The mall's business date of this instant."""
    return now().astimezone(_zone).date()


def day_of(instant: datetime) -> date:
    """The mall's business date of `instant`."""
    return instant.astimezone(_zone).date()


def day_number(when: datetime | date) -> int:
    """The business date as days since 1970-01-01, the way features and snapshots count."""
    day = day_of(when) if isinstance(when, datetime) else when
    return (day - date(1970, 1, 1)).days


def start_of(day: date) -> datetime:
    """The first instant of a business day, in UTC."""
    return datetime.combine(day, time.min, _zone).astimezone(UTC)


def use_holidays(days: Iterable[date]) -> None:
    """Set the days on which banks are closed besides weekends."""
    global _holidays
    _holidays = frozenset(days)


def is_business_day(day: date) -> bool:
    """Whether banks are open: Monday to Friday, no holiday."""
    return day.weekday() < 5 and day not in _holidays


def business_day_from(day: date) -> date:
    """`day` itself, or the first business day after it."""
    while not is_business_day(day):
        day += timedelta(1)
    return day


@contextmanager
def travel(to: datetime | date) -> Iterator[None]:
    """Make `now()` stand still at `to`; a date means noon of that business day."""
    instant = to if isinstance(to, datetime) else start_of(to) + timedelta(hours=12)
    if instant.tzinfo is None:
        raise ValueError("travel needs an instant with a time zone")
    global _ever_traveled
    _ever_traveled = True
    token = _traveled.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _traveled.reset(token)


def has_traveled() -> bool:
    """Whether this process ever did: what it wrote may be dated anywhere."""
    return _ever_traveled
