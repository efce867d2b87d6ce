"""What follows, night by night, when a part of an advance stays unpaid."""

from datetime import date
from fractions import Fraction

from core.money import MILLION
from finance.capital import giving_up, queries, recording
from finance.capital.fold.state import Event
from finance.capital.models import Advance
from finance.capital.terms import Ladder, SalesShare

_WORDS = {
    "retries_ended": "{days} days late: it is taken from settlements and the balance.",
    "plan_offered": "{days} days late: a longer plan can be asked for below.",
    "frozen": "{days} days late: nothing more can be drawn until it is paid.",
    "default": "{days} days late, in default: only settlements of this shop pay it, within the "
    "ceiling. The shop stays open.",
}


def of(advance: Advance) -> Ladder:
    """The steps it was agreed with."""
    kept = recording.settings_of(advance).get("ladder")
    assert isinstance(kept, dict)
    return Ladder(**kept)


def in_default(advance: Advance, on: date) -> bool:
    """Whether nothing but settlements may pay it."""
    return queries.days_late(advance, on) >= of(advance).default_days


def climb(advance: Advance, on: date) -> bool:
    """Say each step once, the first night it is reached; whether it was charged off tonight."""
    late, before, steps = queries.days_late(advance, on), advance.days_late_max, of(advance)
    advance.days_late_max = max(before, late)
    by_days = {
        "retries_ended": steps.retry_days + 1,
        "plan_offered": steps.plan_days,
        "frozen": steps.freeze_days,
        "default": steps.default_days,
    }
    for kind, days in by_days.items():
        if before < days <= late:
            text = _WORDS[kind].format(days=late)
            recording.remember(advance, Event(kind, on, advance.owed.minor), text=text, acts=False)
    if late < steps.charge_off_days:
        return False
    giving_up.charge_off(advance, on, why=f"{late} days late.")
    return True


def look_closer(advance: Advance, on: date) -> None:
    """Two minimums missed and far behind the forecast: a person looks, nothing else happens."""
    rules = SalesShare.from_data(recording.settings_of(advance))
    if advance.minimums_missed < rules.review_missed:
        return
    days = min((on - advance.began_on).days, advance.forecast_days)
    whole = advance.money(advance.principal + advance.fee)
    expected = whole.times(Fraction(days, advance.forecast_days or 1))
    if advance.repaid.minor * MILLION < expected.minor * rules.review_ppm:
        text = f"{advance.repaid.grouped()} repaid of {expected.grouped()} expected by now."
        recording.remember(advance, Event("review", on, advance.owed.minor), text=text, acts=False)
