"""An operation's own row after an answer: its state, what was said, and when to ask again."""

from core import clock
from payments.gateway import Answer
from payments.models import GatewayOp
from payments.rules import FINAL, next_poll


def note(op: GatewayOp, answer: Answer, there: str) -> None:
    """Write down that `op` went `there` by this answer."""
    if answer.object_id and op.object_id is None:
        op.object_id = answer.object_id
    if there == answer.state or there == "failed":
        op.code, op.message = answer.code, answer.message[:240]
        op.answered_at = clock.now()
    op.state = there
    op.lease_until = None
    wait = next_poll(there, op.attempts)
    op.due_at = clock.now() + wait if wait else None
    if there in FINAL:
        op.due_at = None
        op.live = op.live and there == "succeeded" and op.kind != "evidence"
