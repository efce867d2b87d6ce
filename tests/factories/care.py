"""A seller's contract that somebody cares for: money to give up, and a request for air."""

from core.db import db as database
from finance.capital import giving_up
from finance.capital.care_models import HardshipRequest


def cared_for(number: str, seller_id: int) -> tuple[int, int]:
    """Something to give up of this advance, and a request for air."""
    proposal = giving_up.propose(number, "charge_off", amount=None, why="It burnt down", by=1)
    asked = HardshipRequest(
        advance_id=proposal.advance_id,
        seller_id=seller_id,
        key="air",
        choice="pause",
        why="Flood",
        state="asked",
    )
    database.session.add(asked)
    database.session.commit()
    return proposal.id, asked.id
