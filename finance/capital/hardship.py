"""A seller who cannot pay asks for air; the first time in a year it is granted at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import MILLION
from core.use_case import use_case
from finance.capital import exposure, queries, recording
from finance.capital.care_models import ASKED, DECLINED, GRANTED, HardshipRequest
from finance.capital.fold.state import Event
from finance.capital.models import Advance
from finance.capital.terms import SALES_SHARE, TERM_LOAN, Hardship
from finance.lending.calendar import add_months
from finance.risk.seller import terms

PAUSE, LOWER, LONGER = "pause", "lower", "longer"
CHOICES = {SALES_SHARE: (PAUSE, LOWER), TERM_LOAN: (LONGER,)}
NAMES = {
    PAUSE: "Pause the share",
    LOWER: "Lower the next minimums",
    LONGER: "A longer plan",
}


class NoAirHere(Conflict):
    message = "This contract has no such choice now."


class DecidedBefore(Conflict):
    message = "This request was decided before."


def choices_of(advance: Advance) -> tuple[str, ...]:
    """What may be asked for on this contract now."""
    if not advance.is_running:
        return ()
    possible = CHOICES.get(advance.product, ())
    return tuple(choice for choice in possible if _event(advance, choice) is not None)


@use_case
def ask(seller_id: int, number: str, choice: str, *, why: str, key: str) -> HardshipRequest:
    """Ask for it; the same key asks once. Raises NoAirHere, InvalidInput."""
    exposure.lock(seller_id)
    known = select(HardshipRequest).where(
        HardshipRequest.seller_id == seller_id, HardshipRequest.key == key
    )
    if before := db.session.scalars(known).one_or_none():
        return before
    advance = queries.advance_of(seller_id, number, lock=True)
    if len(why.strip()) < 3:
        raise InvalidInput("Say in a few words what happened.")
    if choice not in choices_of(advance):
        raise NoAirHere()
    made = HardshipRequest(
        advance_id=advance.id,
        seller_id=seller_id,
        key=key,
        choice=choice,
        why=why.strip()[:400],
        state=ASKED,
    )
    if not _granted_lately(seller_id):
        _grant(advance, made, "The first request is granted at once.", by=None)
    db.session.add(made)
    db.session.flush()
    return made


def _granted_lately(seller_id: int) -> bool:
    since = add_months(clock.today(), -terms().hardship.free_months)
    query = select(func.count()).where(
        HardshipRequest.seller_id == seller_id,
        HardshipRequest.state == GRANTED,
        HardshipRequest.decided_at >= clock.start_of(since),
    )
    return bool(db.session.scalar(query))


@use_case
def decide(request_id: int, *, grant: bool, answer: str, by: int) -> HardshipRequest:
    """An admin says yes or no, with words for the seller; raises DecidedBefore, NoAirHere."""
    request = get(HardshipRequest, request_id)
    exposure.lock(request.seller_id)
    request = get(HardshipRequest, request_id, lock=True)
    if request.state != ASKED:
        raise DecidedBefore()
    advance = get(Advance, request.advance_id, lock=True)
    if grant:
        _grant(advance, request, answer, by=by)
    else:
        request.state, request.answer = DECLINED, answer.strip()[:240]
        request.decided_by, request.decided_at = by, clock.now()
    return request


def _grant(advance: Advance, request: HardshipRequest, answer: str, *, by: int | None) -> None:
    event = _event(advance, request.choice)
    if event is None or not advance.is_running:
        raise NoAirHere()
    recording.record(advance, event, text=f"{NAMES[request.choice]}. {request.why}")
    if request.choice == PAUSE:  # minimums wait as long as the share does
        moved = _moved(advance, terms().hardship.pause_days)
        recording.record(advance, Event("minimums_changed", clock.today(), 0, {"minimums": moved}))
    request.state, request.answer = GRANTED, answer.strip()[:240]
    request.decided_by, request.decided_at = by, clock.now()


def _event(advance: Advance, choice: str) -> Event | None:
    """What granting it would be; None when there is nothing to grant."""
    rules, today = terms().hardship, clock.today()
    if choice == PAUSE:
        until = today + timedelta(rules.pause_days)
        if advance.paused_until and advance.paused_until > today:
            return None
        return Event("share_paused", today, 0, {"until": until.isoformat()})
    if choice == LOWER:
        steps = lowered(advance.minimums, advance.minimums_met, rules)
        return Event("minimums_changed", today, 0, {"minimums": steps}) if steps else None
    rows = longer(advance, today, rules)
    return Event("replanned", today, 0, {"rows": rows}) if rows else None


def _moved(advance: Advance, days: int) -> list[Any]:
    met = advance.minimums_met
    later = [
        [(date.fromisoformat(day) + timedelta(days)).isoformat(), least]
        for day, least in advance.minimums[met:]
    ]
    return [*advance.minimums[:met], *later]


def lowered(minimums: Sequence[Any], met: int, rules: Hardship) -> list[Any]:
    """The next steps ask for a part only, the later ones for what that leaves; all at the cap.

    [] when there are no later steps that could carry it. Steps are cumulative: 100, 200, 300, 400
    with none met, two lowered to half: 50, 100, 250, 400.
    """
    sums = [0, *(least for _, least in minimums)]
    rises = [after - before for before, after in pairwise(sums)]
    last = met + rules.lower_steps
    if last >= len(rises):
        return []
    less = 0
    for place in range(met, last):
        kept = rises[place] * rules.lower_ppm // MILLION
        less += rises[place] - kept
        rises[place] = kept
    later = len(rises) - last
    for place in range(last, len(rises)):
        share = less // (len(rises) - place)
        rises[place] += share
        less -= share
    assert later and not less
    total, found = 0, []
    for (day, _), rise in zip(minimums, rises, strict=True):
        total += rise
        found.append([day, total])
    return found


def longer(advance: Advance, today: date, rules: Hardship) -> list[Any]:
    """What is owed over the parts to come and some more, at most the longest plan there is.

    [[ISO date, principal], …], the first a month from today; [] when it cannot be longer.
    """
    settings = recording.settings_of(advance)
    coming = sum(1 for row in advance.rows if not row.fell_due and row.principal)
    used = len(advance.rows) - coming
    count = min(coming + rules.longer_months, int(str(settings["longer_months_max"])) - used)
    if count <= coming or not advance.principal_owed:
        return []
    parts = advance.principal_owed.split([1] * count)
    return [
        [add_months(today, month).isoformat(), part.minor] for month, part in enumerate(parts, 1)
    ]
