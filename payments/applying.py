"""Commit 4: an answer, whoever brought it, is applied once under the row's lock. The only such place."""

from sqlalchemy import select

from core.db import db, get
from core.use_case import use_case
from payments import (
    apply_charge,
    apply_hold,
    apply_payout,
    apply_platform,
    apply_refund,
    apply_reversal,
    disputes_answers,
    purposes,
)
from payments.gateway import Answer, PlatformPaid
from payments.models import GatewayOp, Payment
from payments.noting import note
from payments.rules import merged

_BY_KIND = {
    "charge": apply_charge.apply,
    "refund": apply_refund.apply,
    "payout": apply_payout.apply,
    "capture": apply_hold.apply,
    "cancel": apply_hold.apply,
    "reversal": apply_reversal.apply,
    "platform": apply_platform.apply,
    "evidence": disputes_answers.apply,
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
    note(op, answer, there)
    _BY_KIND[op.kind](payment, op, answer, here, there)
    return op.state


def locked(op_id: int) -> tuple[Payment | None, GatewayOp]:
    """The payment's row first, then the operation's: every writer takes them in this order."""
    query = (
        select(Payment)
        .join(GatewayOp, GatewayOp.payment_id == Payment.id)  # whose it is never changes
        .where(GatewayOp.id == op_id)
        .with_for_update(of=Payment)
        .execution_options(populate_existing=True)
    )
    payment = db.session.scalars(query).one_or_none()
    return payment, get(GatewayOp, op_id, lock=True)


def hear_platform_payout(gateway: str, paid: PlatformPaid) -> str:
    """A payout to our bank that the gateway began by itself is an operation like any other."""
    return apply_answer(apply_platform.adopted(gateway, paid).id, Answer(paid.state))


purposes.on_facts(PlatformPaid, hear_platform_payout)
