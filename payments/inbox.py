"""What the gateway tells us by itself: stored once, then applied like any other answer."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.use_case import end_read, use_case
from payments import gateways, purposes
from payments.applying import apply_answer
from payments.gateway import Facts, Fetched, Notice, Unavailable
from payments.models import GatewayEvent, GatewayOp

log = logging.getLogger(__name__)
TURNS_UP_WITHIN = timedelta(hours=23)


def receive(gateway: str, headers: Mapping[str, str], body: bytes) -> str:
    """Take a notice: check its signature (raises Forged), store it once, apply it.

    Gives what became of it: a state, `repeated`, `not_ours`, or `waiting` when the gateway could
    not be asked; a sweep then tries again.
    """
    notice = take(gateway, headers, body)
    return apply_notice(gateway, notice) if notice else "repeated"


def take(gateway: str, headers: Mapping[str, str], body: bytes) -> Notice | None:
    """Check a notice's signature (raises Forged) and store it; None when it was stored before."""
    end_read()
    notice = gateways.named(gateway).read_notice(headers, body)
    return notice if _stored(gateway, notice) else None


@use_case
def _stored(gateway: str, notice: Notice) -> bool:
    """Whether this notice still has to be applied."""
    values = {
        "gateway": gateway,
        "event_id": notice.event_id,
        "type": notice.type,
        "object_id": notice.object_id,
        "account": notice.account,
        "received_at": clock.now(),
    }
    new = insert(GatewayEvent).values(**values).on_conflict_do_nothing()
    return db.session.scalar(new.returning(GatewayEvent.event_id)) is not None


def apply_notice(gateway: str, notice: Notice) -> str:
    """Fetch what is true now, with no transaction open, and apply that; the notice is a hint."""
    end_read()
    try:
        fetched = gateways.named(gateway).fetch(notice)
    except Unavailable as error:
        log.warning("notice %s waits: %s", notice.event_id, error)
        return "waiting"
    return _applied(gateway, notice, fetched)


@use_case
def _applied(gateway: str, notice: Notice, facts: Facts | None) -> str:
    """What is true and the mark on the notice, in one transaction."""
    op_id = facts.op_id if isinstance(facts, Fetched) else None
    result = "not_ours"
    if isinstance(facts, Fetched):
        op = db.session.get(GatewayOp, facts.op_id)
        if op is not None and op.gateway == gateway:
            result = apply_answer(facts.op_id, facts.answer)
        else:
            op_id = None
    elif facts is not None:
        result = purposes.tell(gateway, facts)
    if result == purposes.WAITING:  # about something of ours that we have not heard of yet
        if _is_fresh(gateway, notice):
            return result
        result = "not_ours"
    mark = update(GatewayEvent).where(
        GatewayEvent.gateway == gateway, GatewayEvent.event_id == notice.event_id
    )
    db.session.execute(mark.values(applied_at=clock.now(), op_id=op_id, result=result))
    return result


def _is_fresh(gateway: str, notice: Notice) -> bool:
    """Whether what it is about may still turn up: what we asked is known within a day."""
    event = db.session.get(GatewayEvent, (gateway, notice.event_id))
    return event is not None and event.received_at > clock.now() - TURNS_UP_WITHIN


def apply_waiting() -> int:
    """Apply notices stored over a minute ago whose process died before it applied them."""
    stored = clock.now() - timedelta(minutes=1)
    query = select(GatewayEvent).where(
        GatewayEvent.applied_at.is_(None), GatewayEvent.received_at < stored
    )
    waiting = [
        (event.gateway, Notice(event.event_id, event.type, event.object_id, event.account))
        for event in db.session.scalars(query.order_by(GatewayEvent.received_at).limit(200))
    ]
    return sum(_tried(gateway, notice) for gateway, notice in waiting)


def _tried(gateway: str, notice: Notice) -> bool:
    """Whether it is applied now; one that breaks does not stop the others."""
    try:
        return apply_notice(gateway, notice) != "waiting"
    except Exception:
        log.exception("notice %s could not be applied", notice.event_id)
        return False
