"""Commits 2 to 4 of an operation: lease it, ask the gateway with no transaction open, apply."""

from dataclasses import dataclass

from sqlalchemy import select

from core import clock, jobs
from core.crash import crashpoint
from core.db import db
from core.errors import NotFound
from core.use_case import end_read, use_case
from payments import gateways
from payments.applying import apply_answer, locked
from payments.gateway import Answer, Request, Unavailable, send
from payments.models import GatewayOp
from payments.requests import thawed
from payments.rules import FINAL, LEASE, RESEND_UNTIL


@dataclass(frozen=True, slots=True)
class _Work:
    """A leased operation: its request, what is known of it, and whether it may be sent (again)."""

    op_id: int
    gateway: str
    request: Request
    object_id: str
    first_time: bool
    may_resend: bool


def drive(op_id: int) -> str:
    """Bring one operation as far forward as it goes now; gives its state. Safe at any time.

    Called outside any use case: by the page right after its own, by a job as a safety net, and by
    two of them at once, of which one waits for nothing and returns.
    """
    end_read()
    work = _lease(op_id)
    if isinstance(work, str):
        return work
    end_read()
    crashpoint("before:send")
    answer = _ask(work)
    crashpoint("after:send")
    return apply_answer(op_id, answer)


@use_case
def _lease(op_id: int) -> _Work | str:
    """Commit 2: this worker has it now; or the state, when there is nothing to do."""
    payment, op = locked(op_id)
    if op.state in FINAL or (op.lease_until is not None and op.lease_until > clock.now()):
        return op.state
    first_time = op.state == "intended"
    if first_time and op.kind == "charge" and payment is not None and payment.captured_minor:
        # an older try has turned out paid before this one was sent: nobody pays twice
        return apply_answer(op_id, Answer("refused", code="paid_before"))
    if first_time:
        op.state, op.first_sent_at = "sending", clock.now()
    op.attempts += 1
    op.lease_until = op.due_at = clock.now() + LEASE
    sent_at = op.first_sent_at or clock.now()
    return _Work(
        op_id=op.id,
        gateway=op.gateway,
        request=thawed(op),
        object_id=op.object_id or "",
        first_time=first_time,
        may_resend=clock.now() - sent_at < RESEND_UNTIL,
    )


def _ask(work: _Work) -> Answer:
    """Commit 3's place: the network. What may have been sent before is looked up, never just resent."""
    gateway = gateways.named(work.gateway)
    try:
        if work.first_time:
            return send(gateway, work.request)
        found = gateway.look_up(work.request, work.object_id)
        if found is not None:
            return found
        if not work.may_resend:
            return Answer("unknown", code="too_old_to_resend")
        return send(gateway, work.request)
    except Unavailable as error:
        return Answer("unknown", code=str(error)[:60])


@jobs.job("payments.drive")
def drive_job(op_id: int) -> None:
    """The safety net of a use case that intended an operation; mostly it is over by then."""
    if db.session.scalar(select(GatewayOp.state).where(GatewayOp.id == op_id)) in FINAL:
        end_read()
        return
    try:
        drive(op_id)
    except NotFound:
        db.session.rollback()  # its transaction never came to be
