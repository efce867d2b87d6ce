"""Who may owe less than before is told at once, with what made the difference."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core import clock, messages
from core.db import db
from core.money import MILLION, Money
from finance.products import Installments
from finance.risk import people
from finance.risk.models import Decision
from finance.risk.seller_words import name_of
from mall import facts

_BUYERS = "installments"  # its limit does not depend on what is used of other products
_SHOWN = 3
_NAMES = {
    "confirmed_orders_365": "Finished orders",
    "account_age_days": "Age of the account",
    "active_months_12": "Months with orders, of 12",
    "verified_level": "Confirmed identity",
    "refund_rate_ppm": "Share of what was returned",
    "no_receipt_claims_365": "Orders claimed as not received",
    "shared_address_people": "Accounts at the same address",
    "addresses_365": "Addresses in a year",
    "days_late_max_365": "Latest payment, days late",
    "plans_finished": "Finished plans",
    "plans_running": "Running plans",
    "load_ppm": "Payments due against usual spending",
    "reviews_365": "Reviews written",
    "favorites_365": "Favorites",
}


def tell(decision: Decision) -> None:
    """Compare a decision's limit with the one before; a limit that fell is told, once a day.

    A limit somebody set for themselves, or that a person at the desk had lifted once, is no fall.
    """
    if decision.subject == "buyer" and decision.product != _BUYERS:
        return
    before = _before(decision)
    if before is None or decision.credit_limit >= before.credit_limit:
        return
    if _own(decision) or _lifted(before):
        return
    messages.send(
        _person(decision),
        "limit_lowered",
        key=f"limit:{decision.subject}:{decision.subject_id}:{clock.today()}",
        link="/account/credit" if decision.subject == "buyer" else "/seller/capital/",
        before=Money(before.credit_limit, before.currency),
        after=Money(decision.credit_limit, decision.currency),
        grade_before=before.grade,
        grade_after=decision.grade,
        causes=causes(before, decision),
    )


def _before(decision: Decision) -> Decision | None:
    query = select(Decision).where(
        Decision.subject == decision.subject,
        Decision.subject_id == decision.subject_id,
        Decision.currency == decision.currency,
        Decision.id < decision.id,
    )
    if decision.subject == "buyer":
        query = query.where(Decision.product == decision.product)
    return db.session.scalars(query.order_by(Decision.id.desc()).limit(1)).one_or_none()


def _own(decision: Decision) -> bool:
    ceiling = decision.inputs.get("book", {}).get("own_ceiling")
    return ceiling is not None and decision.credit_limit >= ceiling


def _lifted(decision: Decision) -> bool:
    known = decision.inputs.get("person") or decision.inputs.get("standing") or {}
    return bool(known.get("lifted"))


def _person(decision: Decision) -> int:
    if decision.subject == "buyer":
        return decision.subject_id
    return facts.seller(decision.subject_id).owner_id


def causes(before: Decision, after: Decision) -> list[str]:
    """The features that lost most points since, at most three, by name."""
    was, now = _points(before), _points(after)
    fell = {name: now[name] - was.get(name, now[name]) for name in now}
    worst = sorted((name for name in fell if fell[name] < 0), key=lambda name: fell[name])
    return [_NAMES[n] if after.subject == "buyer" else name_of(n) for n in worst[:_SHOWN]]


def _points(decision: Decision) -> dict[str, int]:
    said: dict[str, Any] = json.loads(decision.outcome)
    found: dict[str, int] = {}
    for name, points in said["points"]:  # a feature may have a line for each of its ends
        found[name] = found.get(name, 0) + points
    return found


def notes_after_late(
    plans: Sequence[tuple[str, int]], terms: Installments, day: date
) -> dict[int, messages.Note]:
    """Payments of these plans (number, borrower) became late today: what is told, by person.

    Only whose limit stands on a lower rung for it; of several plans the first is named.
    """
    first: dict[int, str] = {}
    for number, borrower_id in plans:
        first.setdefault(borrower_id, number)
    rungs = people.ladders_of(first, terms, (day - timedelta(1), day))
    return {
        who: _halved(who, number, before.granted_ppm, after.granted_ppm, day)
        for who, number in first.items()
        for before, after in (rungs[who],)
        if after.granted_ppm < before.granted_ppm
    }


def _halved(person_id: int, number: str, before: int, after: int, day: date) -> messages.Note:
    return messages.note(
        person_id,
        "limit_halved",
        key=f"limit:late:{person_id}:{day}",
        link="/account/credit",
        number=number,
        percent=after * 100 // MILLION,
        before=before * 100 // MILLION,
    )
