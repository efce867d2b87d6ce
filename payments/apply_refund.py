"""What follows from the answer to a refund: it left for the card, or its part is free again."""

from sqlalchemy import select, update

from core import clock
from core.db import db
from ledger import book
from payments import bookkeeping, purposes
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.rules import words


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Settle, free or take back the refund `op`, which went from `here` to `there`."""
    assert payment is not None, "a refund has a payment"
    if here == there:
        return
    if there == "succeeded":
        _settled(op)
    elif there in ("refused", "failed"):
        _free(payment, op)
        if there == "failed":
            _take_back(op)
        for handler in purposes.refund_handlers():
            handler.failed(op.ref, op.message or words(op.code, there))


def _settled(op: GatewayOp) -> None:
    posted = bookkeeping.refund_settled(op.ref, op.id, op.gateway, op.money, clock.today())
    book.post(posted)
    op.journal_key = posted.key
    db.session.flush()
    open_parts = select(GatewayOp.id).where(
        GatewayOp.kind == "refund",
        GatewayOp.ref == op.ref,
        GatewayOp.live,
        GatewayOp.state != "succeeded",
    )
    if db.session.scalars(open_parts.limit(1)).first() is None:
        for handler in purposes.refund_handlers():
            handler.settled(op.ref)


def _free(payment: Payment, op: GatewayOp) -> None:
    change = update(Payment).where(Payment.id == payment.id, Payment.refunded_minor >= op.amount)
    db.session.execute(
        change.values(refunded_minor=Payment.refunded_minor - op.amount).execution_options(
            synchronize_session=False
        )
    )
    db.session.refresh(payment)


def _take_back(op: GatewayOp) -> None:
    """The bank sent it back after all: the promise stands again."""
    book.reverse(
        op.journal_key,
        new_key=f"refund:{op.ref}:{op.id}:failed",
        why=words(op.code, "failed"),
        on=clock.today(),
    )
