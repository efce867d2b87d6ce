"""The patient part: what is due is brought forward again, minute by minute, until it is final."""

import logging
from datetime import timedelta

from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.use_case import end_read, use_case
from payments import gateways, inbox, purposes
from payments.drive import drive
from payments.gateway import Facts, Unavailable
from payments.models import GatewayOp

UNASKED_FOR = timedelta(days=120)  # cardholders may object for about that long

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


@jobs.job("payments.catch_up", cron="17 * * * *")
def catch_up() -> None:
    """Each hour: hear of what the gateway began by itself, should every notice have got lost.

    Told again, they change nothing.
    """
    gateway = gateways.current()
    end_read()
    try:
        told = list(gateway.unasked(clock.now() - UNASKED_FOR))
    except Unavailable as error:
        log.warning("what %s began by itself waits: %s", gateway.name, error)
        return
    for facts in told:
        _heard(gateway.name, facts)


def _heard(gateway: str, facts: Facts) -> None:
    try:
        _tell(gateway, facts)
    except Exception:
        log.exception("a fact of %s could not be applied: %s", gateway, facts)


@use_case
def _tell(gateway: str, facts: Facts) -> None:
    purposes.tell(gateway, facts)


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
