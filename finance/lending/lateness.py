"""How late a payment is, and what that is called."""

from collections.abc import Iterable
from datetime import date

Buckets = tuple[tuple[int | None, str], ...]
"""(most days late, name), rising; None is without end."""
BUCKETS: Buckets = (
    (0, "current"),
    (30, "1–30"),
    (60, "31–60"),
    (90, "61–90"),
    (None, "over 90"),
)


def days_late(due_on: date, on: date, due_day_counts: bool = False) -> int:
    """Whole days since the due day; the day after it is the first.

    due_day_counts  the due day itself is the first, as India's norms have it once it has passed
                    unpaid
    """
    return max(0, (on - due_on).days + due_day_counts)


def is_late(due_on: date, on: date, grace: int) -> bool:
    """Whether the days of grace have passed too."""
    return days_late(due_on, on) > grace


def worst(unpaid: Iterable[date], on: date) -> int:
    """Days past due of a contract: those of its oldest unpaid row; 0 when nothing is due."""
    return max((days_late(due_on, on) for due_on in unpaid), default=0)


def bucket(days: int, buckets: Buckets = BUCKETS) -> str:
    """The name for so many days; by default current, 1–30, 31–60, 61–90, over 90.

    ValueError when the buckets end before.
    """
    for upto, name in buckets:
        if upto is None or days <= upto:
            return name
    raise ValueError(f"buckets: {days} days late lie behind the last one")
