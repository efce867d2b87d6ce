"""How late a payment is, and what that is called."""

from collections.abc import Iterable
from datetime import date

BUCKETS: tuple[tuple[int, str], ...] = ((0, "current"), (30, "1–30"), (60, "31–60"), (90, "61–90"))
WORST = "over 90"


def days_late(due_on: date, on: date) -> int:
    """Whole days since the due day; the day after it is the first."""
    return max(0, (on - due_on).days)


def is_late(due_on: date, on: date, grace: int) -> bool:
    """Whether the days of grace have passed too."""
    return days_late(due_on, on) > grace


def worst(unpaid: Iterable[date], on: date) -> int:
    """Days past due of a contract: those of its oldest unpaid row; 0 when nothing is due."""
    return max((days_late(due_on, on) for due_on in unpaid), default=0)


def bucket(days: int) -> str:
    """The usual name: current, 1–30, 31–60, 61–90, over 90."""
    return next((name for upto, name in BUCKETS if days <= upto), WORST)
