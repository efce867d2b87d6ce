"""What follows from a capture or a cancel: the charge that set the amount aside has come to its end."""

from dataclasses import replace

from core import clock
from core.db import get
from payments import apply_charge
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.noting import note
from payments.rules import merged, words


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Follow the capture or cancel `op` from `here` to `there`."""
    assert payment is not None, "a hold has a payment"
    if here == there or there not in ("succeeded", "refused"):
        return
    charge = get(GatewayOp, payment.op_id, lock=True)
    if there == "refused":
        charge.due_at = clock.now()  # ask what became of the hold itself
        return
    before = charge.state
    told = _told(op, answer)
    after = merged("charge", before, told.state)
    note(charge, told, after)
    apply_charge.apply(payment, charge, told, before, after)
    op.journal_key = charge.journal_key if op.kind == "capture" else ""


def _told(op: GatewayOp, answer: Answer) -> Answer:
    """The same answer, as the charge would have heard it."""
    if op.kind == "cancel":
        return Answer("refused", code="canceled", message=words("canceled", "refused"))
    return replace(answer, object_id="", amount=answer.amount or op.money)
