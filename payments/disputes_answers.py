"""An answer to a dispute that the gateway did not take: the room that gave it may try again."""

from sqlalchemy import select

from core.db import db
from payments.disputes_model import Dispute
from payments.disputes_purposes import HearsAnswers, handler_of
from payments.disputes_values import view_of
from payments.gateway import Answer
from payments.models import GatewayOp, Payment


def apply(nothing: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Tell the room of a refusal, once; of an answer taken, the dispute's own notice tells."""
    if there != "refused" or here == "refused":
        return
    query = (
        select(Dispute, Payment)
        .join(Payment, Payment.id == Dispute.payment_id)
        .where(Dispute.gateway == op.gateway, Dispute.dispute_id == op.ref)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return
    dispute, payment = found
    handler = handler_of(payment.purpose)
    if isinstance(handler, HearsAnswers):
        view = view_of(dispute, payment.purpose, payment.payer_id)
        handler.not_taken(view, op.id, answer.message or answer.code)
