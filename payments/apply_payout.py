"""What follows from the answer to a payout: sent, paid, or back in the seller's balance."""

from core import clock
from ledger import book
from payments import bookkeeping, purposes, sources
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.rules import words

_SENT = ("processing", "succeeded")


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Follow the payout `op` from `here` to `there`; `processing` means sent, not yet arrived."""
    if here == there:
        return
    if there in _SENT and here not in _SENT:
        _sent(op)
    if there == "succeeded":
        _paid(op)
    elif there in ("refused", "failed"):
        if there == "refused":  # of a transfer taken back the gateway may not count the charge anew
            sources.free(payment, op.amount)
        _failed(op, here)


def _sent(op: GatewayOp) -> None:
    book.settle_hold(f"payout:{op.ref}", key=_sent_key(op), kind=bookkeeping.SENT, on=clock.today())
    for handler in purposes.payout_handlers(op.ref):
        handler.sent(op.ref)


def _paid(op: GatewayOp) -> None:
    posted = bookkeeping.payout_paid(op.ref, op.id, op.gateway, op.money, clock.today())
    book.post(posted)
    op.journal_key = posted.key
    for handler in purposes.payout_handlers(op.ref):
        handler.paid(op.ref)


def _failed(op: GatewayOp, here: str) -> None:
    """Undo exactly what had been posted: nothing, the sending, or the sending and the arrival."""
    why = op.message or words(op.code, "refused")
    if here == "succeeded":
        book.reverse(
            op.journal_key,
            new_key=f"payout:{op.ref}:{op.id}:returned",
            why=why,
            on=clock.today(),
        )
    if here in _SENT:
        book.reverse(
            _sent_key(op), new_key=f"payout:{op.ref}:{op.id}:failed", why=why, on=clock.today()
        )
    else:
        book.void_hold(f"payout:{op.ref}", on=clock.today())
    for handler in purposes.payout_handlers(op.ref):
        handler.failed(op.ref, why)


def _sent_key(op: GatewayOp) -> str:
    return f"payout:{op.ref}:{op.id}:sent"
