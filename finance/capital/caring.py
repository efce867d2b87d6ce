"""What waits for an admin over all sellers, and the record of one contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.db import db
from finance.capital.care_models import ASKED, PROPOSED, GiveUp, HardshipRequest
from finance.capital.models import ACTIVE, CHARGED_OFF, Advance, AdvanceEvent
from mall import facts

_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """requests to answer, proposals to decide on, contracts to look at, and what was lost."""

    requests: Sequence[HardshipRequest]
    proposals: Sequence[GiveUp]
    reviews: Sequence[tuple[Advance, AdvanceEvent]]
    late: Sequence[Advance]
    lost: Sequence[Advance]
    shops: dict[int, str]


def waiting() -> Waiting:
    """All that waits, the oldest first."""
    asked = select(HardshipRequest).where(HardshipRequest.state == ASKED)
    proposed = select(GiveUp).where(GiveUp.state == PROPOSED)
    requests = db.session.scalars(asked.order_by(HardshipRequest.id).limit(_LIMIT)).all()
    proposals = db.session.scalars(proposed.order_by(GiveUp.id).limit(_LIMIT)).all()
    reviews, late, lost = _reviews(), _late(), _lost()
    advances = [r.advance for r in requests] + [p.advance for p in proposals]
    advances += [a for a, _ in reviews] + [*late, *lost]
    names = facts.seller_names(a.seller_id for a in advances)
    return Waiting(requests, proposals, reviews, late, lost, names)


def _reviews() -> list[tuple[Advance, AdvanceEvent]]:
    query = (
        select(Advance, AdvanceEvent)
        .join(AdvanceEvent, AdvanceEvent.advance_id == Advance.id)
        .where(Advance.state == ACTIVE, AdvanceEvent.kind == "review")
        .order_by(AdvanceEvent.id)
        .limit(_LIMIT)
    )
    return [(advance, event) for advance, event in db.session.execute(query)]


def _late() -> Sequence[Advance]:
    query = select(Advance).where(Advance.state == ACTIVE, Advance.late_since.is_not(None))
    return db.session.scalars(query.order_by(Advance.late_since).limit(_LIMIT)).all()


def _lost() -> Sequence[Advance]:
    query = select(Advance).where(Advance.state == CHARGED_OFF)
    return db.session.scalars(query.order_by(Advance.closed_on.desc()).limit(_LIMIT)).all()


def shop_name(advance: Advance) -> str:
    return facts.seller_names([advance.seller_id]).get(advance.seller_id, "")


def proposals_of(advance: Advance) -> Sequence[GiveUp]:
    """What was ever proposed to be given up of it, the newest first."""
    query = select(GiveUp).where(GiveUp.advance_id == advance.id)
    return db.session.scalars(query.order_by(GiveUp.id.desc())).all()


def requests_of(advance: Advance) -> Sequence[HardshipRequest]:
    """What the seller asked for on it, the newest first."""
    query = select(HardshipRequest).where(HardshipRequest.advance_id == advance.id)
    return db.session.scalars(query.order_by(HardshipRequest.id.desc())).all()


def admins_of(proposals: Sequence[GiveUp]) -> dict[int, str]:
    """Names of who proposed and who decided."""
    ids = {p.proposed_by for p in proposals} | {p.decided_by for p in proposals if p.decided_by}
    return facts.person_names(ids)
