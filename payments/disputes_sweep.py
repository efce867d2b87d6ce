"""Open disputes are asked for again, so that a missing notice does no harm."""

import logging

from sqlalchemy import and_, or_, select

from core import jobs
from core.db import db
from core.use_case import end_read
from payments import gateways
from payments.disputes import apply
from payments.disputes_model import Dispute
from payments.disputes_rules import OPEN
from payments.gateway import Disputed, Notice, Unavailable

log = logging.getLogger(__name__)


@jobs.job("payments.disputes", cron="40 * * * *")
def refresh_open() -> None:
    """Each hour: bring every dispute that is open, or whose money is still to come, up to date."""
    for number in unfinished():
        try:
            refresh(number)
        except Unavailable as error:
            log.warning("dispute %s could not be asked for: %s", number, error)
        except Exception:
            log.exception("dispute %s could not be brought up to date", number)


def unfinished() -> list[str]:
    """Disputes of which something is still to be heard."""
    money_to_come = and_(
        Dispute.state.in_(("won", "closed_warning")),
        Dispute.withdrawn > Dispute.reinstated + Dispute.lost,
    )
    lost_to_come = and_(Dispute.state == "lost", Dispute.closed_at.is_(None))
    query = select(Dispute.number).where(or_(Dispute.state.in_(OPEN), money_to_come, lost_to_come))
    return list(db.session.scalars(query.order_by(Dispute.id).limit(500)))


def refresh(number: str) -> str:
    """Ask the gateway how this dispute stands and apply it; gives its state. Raises Unavailable."""
    query = select(Dispute.gateway, Dispute.dispute_id, Dispute.state)
    gateway, dispute_id, state = db.session.execute(query.where(Dispute.number == number)).one()
    end_read()
    told = gateways.named(gateway).fetch(Notice("", "charge.dispute.updated", dispute_id))
    return apply(gateway, told) if isinstance(told, Disputed) else str(state)
