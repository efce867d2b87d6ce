"""Commit 4: an answer, whoever brought it, is applied once under the row's lock. The only such place."""

from core import clock
from core.db import db, get
from core.use_case import use_case
from payments import apply_charge, apply_payout, apply_refund
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.rules import FINAL, merged, next_poll

_BY_KIND = {
    "charge": apply_charge.apply,
    "refund": apply_refund.apply,
    "payout": apply_payout.apply,
}


@use_case
def apply_answer(op_id: int, answer: Answer) -> str:
    """Move the operation to what the gateway said, with all that follows; gives its state.

    Ranks decide, never the order of arrival: a notice may come before the worker's own answer,
    twice, or late. An answer that would lower the rank changes nothing.
    """
    payment, op = locked(op_id)
    here = op.state
    there = merged(op.kind, here, answer.state)
    _note(op, answer, there)
    _BY_KIND[op.kind](payment, op, answer, here, there)
    return op.state


def locked(op_id: int) -> tuple[Payment | None, GatewayOp]:
    """The payment's row first, then the operation's: every writer takes them in this order."""
    seen = db.session.get(GatewayOp, op_id)  # whose payment it is never changes
    payment = get(Payment, seen.payment_id, lock=True) if seen and seen.payment_id else None
    return payment, get(GatewayOp, op_id, lock=True)


def _note(op: GatewayOp, answer: Answer, there: str) -> None:
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
        op.live = op.live and there == "succeeded"
