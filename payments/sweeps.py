"""The patient part: what is due is brought forward again, minute by minute, until it is final."""

import logging

from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.use_case import end_read
from payments import inbox
from payments.drive import drive
from payments.models import GatewayOp

log = logging.getLogger(__name__)


def due_ops(limit: int = 200) -> list[int]:
    """Operations nobody has brought to an end: never sent, leased by a dead worker, or unknown."""
    query = (
        select(GatewayOp.id)
        .where(GatewayOp.due_at.is_not(None), GatewayOp.due_at <= clock.now())
        .order_by(GatewayOp.due_at)
        .limit(limit)
    )
    return list(db.session.scalars(query))


@jobs.job("payments.sweep", cron="* * * * *")
def sweep() -> None:
    """Resolve what is due, and apply notices whose process died."""
    resolve(due_ops())
    inbox.apply_waiting()


def resolve(op_ids: list[int]) -> dict[int, str]:
    """Drive each operation; one that breaks does not stop the others. Gives their states."""
    states = {}
    for op_id in op_ids:
        try:
            states[op_id] = drive(op_id)
        except Exception:
            log.exception("operation %s could not be brought forward", op_id)
            states[op_id] = "broken"
    end_read()
    return states
