"""What follows from a payout to our own bank: it left the gateway, and its bank statement is awaited."""

from datetime import UTC, datetime

from sqlalchemy import select

from core import clock, ids
from core.db import db
from ledger import book
from payments import bookkeeping
from payments.gateway import Answer, PlatformPaid, PlatformPayout
from payments.models import GatewayOp, Payment
from payments.requests import frozen
from payments.rules import words

_SENT = ("processing", "succeeded")


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Follow the payout `op` from `here` to `there`; a seller's own account is not in our book."""
    if here == there or op.params["account"]:
        return
    if there in _SENT and here not in _SENT:
        posted = bookkeeping.platform_sent(op.ref, op.id, op.gateway, op.money, clock.today())
        book.post(posted)
        op.journal_key = posted.key
    elif there in ("refused", "failed") and here in _SENT:
        book.reverse(
            op.journal_key,
            new_key=f"platform:{op.ref}:{op.id}:failed",
            why=op.message or words(op.code, "failed"),
            on=clock.today(),
        )


def adopted(gateway: str, paid: PlatformPaid) -> GatewayOp:
    """The operation of a payout that the gateway began by itself, written down at its first notice."""
    slot = f"platform:{gateway}:{paid.payout_id}"
    known = db.session.scalars(select(GatewayOp).where(GatewayOp.slot == slot)).one_or_none()
    if known is not None:
        return known
    request = PlatformPayout(ids.new_id(), paid.number, paid.amount, clock.now())
    op = GatewayOp(
        id=request.op_id,
        kind="platform",
        gateway=gateway,
        slot=slot,
        ref=paid.number,
        amount=paid.amount.minor,
        currency=paid.amount.currency,
        params=frozen(request),
        state="sending",
        object_id=paid.payout_id,
        first_sent_at=datetime.fromtimestamp(0, UTC),  # never to be sent by us
    )
    db.session.add(op)
    db.session.flush()
    return op
