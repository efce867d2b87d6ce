"""When a seller is paid by itself: every business day, weekly, monthly, or only on demand."""

from calendar import monthrange
from datetime import date, timedelta

from core import clock
from core.errors import InvalidInput
from core.money import Money
from core.use_case import use_case
from mall.payouts.models import SellerTerms
from mall.payouts.terms import locked_terms

EVERY = {
    "daily": "Every business day",
    "weekly": "Once a week",
    "monthly": "Once a month",
    "on_demand": "Only when I ask",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FARTHEST = 45  # days: no monthly payout lies farther back, holidays included


def scheduled_on(every: str, day: int | None, on: date) -> bool:
    """Whether the schedule names `on`, before weekends and holidays move it."""
    if every == "daily":
        return clock.is_business_day(on)
    if every == "weekly":
        return on.isoweekday() == day
    if every == "monthly":
        return on.day == min(day or 1, monthrange(on.year, on.month)[1])
    return False


def day_due(terms: SellerTerms, today: date) -> date | None:
    """The newest scheduled business day up to today that has not been looked at; else None.

    Daily payouts need no catching up: the next business day pays everything.
    """
    if terms.payout_every == "daily":
        fresh = terms.scheduled_until is None or terms.scheduled_until < today
        return today if fresh and clock.is_business_day(today) else None
    for back in range(_FARTHEST):
        named = today - timedelta(back)
        if scheduled_on(terms.payout_every, terms.payout_day, named):
            moved = clock.business_day_from(named)
            if moved <= today:
                done = terms.scheduled_until
                return moved if done is None or moved > done else None
    return None


def next_day(terms: SellerTerms, after: date) -> date | None:
    """The next business day after `after` on which the seller is paid; None on demand."""
    for ahead in range(2 * _FARTHEST):
        named = after + timedelta(ahead - 14)
        if scheduled_on(terms.payout_every, terms.payout_day, named):
            moved = clock.business_day_from(named)
            if moved > after:
                return moved
    return None


def looked_at(seller_id: int, day: date) -> SellerTerms | None:
    """Note that this scheduled day is dealt with; None when it was already. In a use case."""
    terms = locked_terms(seller_id)
    if terms.scheduled_until is not None and terms.scheduled_until >= day:
        return None
    terms.scheduled_until = day
    return terms


@use_case
def choose(
    seller_id: int, every: str, *, day: int | None = None, minimum: Money | None = None
) -> None:
    """The seller's choice; the first payout of a new schedule is on its next day.

    day       weekly: 1 Monday to 7 Sunday; monthly: 1 to 31, the last of a shorter month
    minimum   smaller balances wait; None: the mall's
    """
    if every not in EVERY:
        raise InvalidInput("Choose daily, weekly, monthly or on demand.")
    if every == "weekly" and (day is None or not 1 <= day <= 7):
        raise InvalidInput("Choose a day of the week.")
    if every == "monthly" and (day is None or not 1 <= day <= 31):
        raise InvalidInput("Choose a day of the month, 1 to 31.")
    if minimum is not None and minimum.minor <= 0:
        raise InvalidInput("The smallest payout is more than nothing.")
    terms = locked_terms(seller_id)
    terms.payout_every = every
    terms.payout_day = day if every in ("weekly", "monthly") else None
    terms.payout_minimum = minimum.minor if minimum is not None else None
    terms.scheduled_until = clock.today() - timedelta(every == "daily")


def in_words(terms: SellerTerms) -> str:
    """`once a week, on Tuesday`"""
    if terms.payout_every == "weekly":
        return f"once a week, on {WEEKDAYS[(terms.payout_day or 1) - 1]}"
    if terms.payout_every == "monthly":
        return f"once a month, on day {terms.payout_day}"
    words = EVERY[terms.payout_every]
    return words[0].lower() + words[1:]
