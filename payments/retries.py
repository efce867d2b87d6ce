"""Asking a saved card again: by itself on our own schedule, or with the payer there."""

from datetime import date, timedelta

from sqlalchemy import select

from core import clock
from core.db import db, one
from core.errors import Conflict
from core.use_case import use_case
from payments import purposes
from payments.models import GatewayOp, Payment
from payments.rules import retry_after
from payments.services import intend_charge
from payments.values import PaymentView, view_of


class NotOwed(Conflict):
    message = "Nothing is left to pay here."


def may_collect(purpose: str, source: str, day: date) -> bool:
    """Whether the saved card `source` may be asked for this purpose on this day.

    The first time always; after a refusal as the bank's word allows (`rules.retry_after`); a card
    not asked yet at once; never while a try is under way or when it is paid.
    """
    payment = db.session.scalars(select(Payment).where(Payment.purpose == purpose)).one_or_none()
    if payment is None:
        return True
    if payment.state != "refused":
        return False
    tries = [op for op in _charges(payment.id) if op.params["source"] == source]
    if not tries:
        return True
    wait = retry_after(tries[-1].code, len(tries))
    asked = tries[-1].first_sent_at or tries[-1].created_at
    return wait is not None and clock.day_of(asked) + timedelta(wait.days) <= day


def _charges(payment_id: int) -> list[GatewayOp]:
    """Every try of a payment, the oldest first."""
    query = select(GatewayOp).where(GatewayOp.payment_id == payment_id, GatewayOp.kind == "charge")
    return list(db.session.scalars(query.order_by(GatewayOp.id)))


def asks_again_on(payment_id: int) -> date | None:
    """The day from which the card that was refused last may be asked again by itself; None: never."""
    tries = _charges(payment_id)
    last = tries[-1]
    count = sum(op.params["source"] == last.params["source"] for op in tries)
    wait = retry_after(last.code, count)
    asked = last.first_sent_at or last.created_at
    return None if wait is None else clock.day_of(asked) + wait


def was_refused_last(payer_id: int, source: str) -> bool:
    """Whether the latest answer of this saved card, for whatever purpose, was a refusal."""
    query = (
        select(GatewayOp.state)
        .join(Payment, Payment.id == GatewayOp.payment_id)
        .where(
            Payment.payer_id == payer_id,
            GatewayOp.kind == "charge",
            GatewayOp.params["source"].astext == source,
            GatewayOp.state.in_(("succeeded", "refused")),
        )
        .order_by(GatewayOp.id.desc())
    )
    return db.session.scalars(query.limit(1)).first() == "refused"


def waiting_for(payer_id: int, prefix: str) -> list[PaymentView]:
    """Payments that were refused because the payer must confirm them, and are still owed."""
    query = select(Payment).where(
        Payment.payer_id == payer_id,
        Payment.purpose.startswith(prefix, autoescape=True),
        Payment.state == "refused",
        Payment.code == "authentication_required",
    )
    found = [view_of(payment) for payment in db.session.scalars(query.order_by(Payment.id))]
    return [payment for payment in found if _wanted(payment)]


def _wanted(payment: PaymentView) -> bool:
    handler = purposes.handler_of(payment.purpose)
    return isinstance(handler, purposes.AsksAgain) and handler.still_wanted(payment)


def of(payment_id: int, payer_id: int) -> tuple[PaymentView, str, bool]:
    """A payer's own payment, what it is for, and whether she may confirm it now; else NotFound."""
    payment = one(select(Payment).where(Payment.id == payment_id, Payment.payer_id == payer_id))
    view = view_of(payment)
    said = _charges(payment_id)[-1].params["description"]
    return view, str(said), view.waits_for_payer and _wanted(view)


@use_case
def confirm(payment_id: int, payer_id: int, return_path: str, *, other_card: bool = False) -> int:
    """Ask once more, with the payer there to answer her bank; gives the op's id.

    other_card   on the gateway's own page instead of with the card that was asked
    """
    query = select(Payment).where(Payment.id == payment_id, Payment.payer_id == payer_id)
    payment = one(query.with_for_update())
    view = view_of(payment)
    if view.is_open or view.state == "succeeded":
        return payment.op_id  # a second press: the first one counts
    if not (view.waits_for_payer and _wanted(view)):
        raise NotOwed()
    last = _charges(payment_id)[-1].params
    return intend_charge(
        purpose=payment.purpose,
        payer_id=payer_id,
        amount=payment.money,
        source="" if other_card else last["source"],
        description=last["description"],
        return_path=return_path,
    ).op_id
