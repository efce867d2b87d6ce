"""Writing sightings down, and forgetting them after half a year."""

from datetime import timedelta

from sqlalchemy import delete

from core import clock
from core.db import db, get
from core.use_case import use_case
from mall.accounts.models import Person
from mall.traces.models import Trace
from mall.traces.tokens import Seen

KEPT = timedelta(180)


@use_case
def signed_in(person_id: int, seen: Seen) -> None:
    """A person came in: the device is the last one seen from now on."""
    if not seen.device:
        return
    get(Person, person_id).device = seen.device
    db.session.add(Trace(person_id=person_id, device=seen.device, network=seen.network))


def at_checkout(person_id: int, checkout_id: int, seen: Seen | None) -> None:
    """A person pays; without a request at hand the last device seen counts."""
    device = (seen.device if seen else "") or get(Person, person_id).device or ""
    if device:
        network = seen.network if seen else ""
        db.session.add(
            Trace(person_id=person_id, checkout_id=checkout_id, device=device, network=network)
        )


@use_case
def forget_old() -> int:
    """Throw away what is older than half a year; returns how many."""
    old = delete(Trace).where(Trace.created_at < clock.now() - KEPT)
    found = db.session.execute(old.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]
