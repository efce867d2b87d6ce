"""Commit 1's last step: an operation is written down with its request frozen, under its slot."""

from datetime import timedelta

from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from payments import gateways
from payments.gateway import Request
from payments.models import GatewayOp
from payments.requests import frozen, kind_of
from payments.rules import SAFETY_NET


class PurposeTaken(Conflict):
    message = "A payment for this is already under way with another amount."


def checked(amount: Money, what: str) -> None:
    """Raises InvalidInput for nothing or less."""
    if amount.minor <= 0:
        raise InvalidInput(f"A {what} is more than nothing.")


def live(slot: str, amount: Money | None = None, kind: str = "") -> GatewayOp | None:
    """What holds this slot, if anything; raises PurposeTaken when it was asked for otherwise."""
    query = select(GatewayOp).where(GatewayOp.slot == slot, GatewayOp.live)
    known = db.session.scalars(query).one_or_none()
    if known is not None and amount is not None and known.money != amount:
        raise PurposeTaken(f"This {known.kind} is already under way with another amount.")
    if known is not None and kind and known.kind != kind:
        raise PurposeTaken(f"A {known.kind} of this is already under way.")
    return known


def write_down(
    request: Request, slot: str, ref: str, payment_id: int | None = None, gateway: str = ""
) -> int:
    """Write the operation and defer the job that drives it should the page die; gives its id."""
    db.session.add(
        GatewayOp(
            id=request.op_id,
            kind=kind_of(request),
            gateway=gateway or gateways.current().name,
            slot=slot,
            payment_id=payment_id,
            ref=ref,
            amount=request.amount.minor,
            currency=request.amount.currency,
            params=frozen(request),
            due_at=clock.now() + timedelta(minutes=1),
        )
    )
    db.session.flush()
    jobs.defer("payments.drive", at=clock.now() + SAFETY_NET, op_id=request.op_id)
    return request.op_id
