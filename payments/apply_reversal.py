"""What follows from pulling a payout back: the money is with us again, or the part is free again."""

from sqlalchemy import select, update

from core import clock
from core.db import db, one
from ledger import book
from payments import bookkeeping, purposes
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.rules import words


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Follow the reversal `op` from `here` to `there`."""
    if here == there:
        return
    number, _, ref = op.slot.removeprefix("reversal:").partition(":")
    if there == "succeeded":
        clearing = bookkeeping.clearing(op.gateway)
        moves = purposes.reversal_handler().pulled_back(number, ref, op.money, clearing)
        if purposes.sum_of(moves, clearing, op.currency) != op.money:
            raise ValueError(f"the reversal {ref} of {number} is not {op.money} in all")
        posted = bookkeeping.pulled_back(number, op.id, moves, clock.today())
        book.post(posted)
        op.journal_key = posted.key
    elif there == "refused":
        _free(op, number)
        why = op.message or words(op.code, there)
        purposes.reversal_handler().not_pulled_back(number, ref, why)


def _free(op: GatewayOp, number: str) -> None:
    """The part of the payout that it had taken may be pulled back again."""
    of_payout = (GatewayOp.kind == "payout", GatewayOp.ref == number, GatewayOp.live)
    payout = one(select(GatewayOp).where(*of_payout).with_for_update())
    db.session.execute(
        update(GatewayOp)
        .where(GatewayOp.id == payout.id, GatewayOp.reversed_minor >= op.amount)
        .values(reversed_minor=GatewayOp.reversed_minor - op.amount)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(payout)
