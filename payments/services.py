"""Commit 1: what a room asks for is written down, with its hold, before any gateway hears of it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict, IllegalMove
from core.money import Money
from core.use_case import use_case
from payments import cards, gateways, outbox, purposes
from payments.applying import apply_answer, locked
from payments.drive import drive
from payments.gateway import Answer, Charge, RefundRequest
from payments.holds import intend_cancel, intend_capture
from payments.models import GatewayOp, Payment
from payments.outbox import PurposeTaken
from payments.rules import FINAL, MOVING, PAGE_OPEN, STATES
from payments.sending import (
    intend_evidence,
    intend_giving_in,
    intend_payout,
    intend_platform_payout,
    intend_reversal,
)
from payments.values import OpView, PaymentView, op_view_of, view_of

__all__ = [
    "PurposeTaken",
    "drive",
    "give_up",
    "intend_cancel",
    "intend_capture",
    "intend_charge",
    "intend_evidence",
    "intend_giving_in",
    "intend_payout",
    "intend_platform_payout",
    "intend_refund",
    "intend_reversal",
    "is_moving",
    "op_of",
    "ops_of",
    "payment_for",
    "purpose_of",
    "refresh",
    "view",
]


class NotUnknown(IllegalMove):
    message = "Operation {op_id} is {state}: only an unknown one can be given up by hand."


class MoreThanCaptured(Conflict):
    message = "This is more than the payment still holds."


@use_case
def intend_charge(
    *,
    purpose: str,
    payer_id: int,
    amount: Money,
    source: str,
    description: str,
    off_session: bool = False,
    return_path: str = "/",
    moto: bool = False,
    capture: str = "automatic",
    gateway: str = "",
    open_for: timedelta = PAGE_OPEN,
) -> Payment:
    """Write down that `amount` is to be taken for `purpose`; `drive(payment.op_id)` then asks.

    source       token of a saved card, or "" for the gateway's own page
    return_path  where that page sends the shopper back to
    moto         an operator types the card in for a shopper on the telephone
    capture      "manual" only sets the amount aside (`intend_capture`, `intend_cancel`)
    gateway      "bank" awaits a transfer to our account; "" is the card processor that serves
    open_for     how long the shopper may take

    Said twice for one purpose it is the same payment; after a refusal it is another try.
    """
    purposes.handler_of(purpose)
    outbox.checked(amount, "payment")
    payment = _payment(purpose, payer_id, amount, gateway or gateways.current().name)
    if payment.op_id and payment.state != "refused":
        return payment
    op_id = ids.new_id()
    request = Charge(
        op_id=op_id,
        purpose=purpose,
        amount=amount,
        source=source,
        customer=cards.customer_of(payer_id, source),
        description=description,
        off_session=off_session,
        return_url=current_app.config["PUBLIC_URL"] + return_path,
        expires_at=clock.now() + open_for,
        asked_at=clock.now(),
        moto=moto,
        capture=capture,
    )
    outbox.write_down(request, f"charge:{payment.id}", purpose, payment.id, payment.gateway)
    payment.op_id, payment.state = op_id, "intended"
    payment.action_url = payment.code = payment.message = ""
    db.session.flush()
    return payment


def _payment(purpose: str, payer_id: int, amount: Money, gateway: str) -> Payment:
    """The one payment of this purpose, locked; two tabs meet here."""
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "purpose": purpose,
        "payer_id": payer_id,
        "gateway": gateway,
        "amount": amount.minor,
        "currency": amount.currency,
    }
    db.session.execute(insert(Payment).values(**values).on_conflict_do_nothing())
    query = select(Payment).where(Payment.purpose == purpose).with_for_update()
    payment = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if payment.state == "refused":
        payment.amount = amount.minor
        payment.gateway = gateway
    if payment.payer_id != payer_id or payment.money != amount:
        raise PurposeTaken()
    return payment


@use_case
def intend_refund(*, payment_id: int, refund_number: str, amount: Money) -> int:
    """Reserve `amount` of what the payment captured and write the refund down; gives the op's id.

    The counter is guarded in the database, so that refunds said at once never exceed the payment.
    Said twice for one refund number it is the same operation.
    """
    outbox.checked(amount, "refund")
    payment = get(Payment, payment_id, lock=True)
    slot = f"refund:{payment.id}:{refund_number}"
    known = outbox.live(slot, amount)
    if known is not None:
        return known.id
    _reserve(payment, amount)
    request = RefundRequest(
        op_id=ids.new_id(),
        charge_id=payment.charge_id or "",
        refund_number=refund_number,
        amount=amount,
        asked_at=clock.now(),
    )
    return outbox.write_down(request, slot, refund_number, payment.id, payment.gateway)


def _reserve(payment: Payment, amount: Money) -> None:
    taken = update(Payment).where(
        Payment.id == payment.id,
        Payment.currency == amount.currency,
        Payment.captured_minor
        >= Payment.refunded_minor
        + Payment.disputed_lost_minor
        + Payment.disputed_open_minor
        + amount.minor,
    )
    change = taken.values(refunded_minor=Payment.refunded_minor + amount.minor)
    result: Any = db.session.execute(change.execution_options(synchronize_session=False))
    if result.rowcount != 1:
        raise MoreThanCaptured()
    db.session.refresh(payment)


def view(payment_id: int) -> PaymentView:
    """The payment as it stands; raises NotFound."""
    return view_of(get(Payment, payment_id))


def payment_for(purpose: str) -> PaymentView | None:
    """The payment of this purpose, if one was ever intended."""
    payment = db.session.scalars(select(Payment).where(Payment.purpose == purpose)).one_or_none()
    return view_of(payment) if payment else None


def purpose_of(op_id: int) -> str:
    """What a charge or refund was for, or the number a payout has; "" for no operation of ours."""
    op = db.session.get(GatewayOp, op_id)
    return op.ref if op is not None else ""


def op_of(number: str) -> int:
    """The operation of a payout, by its number; raises NotFound."""
    query = select(GatewayOp.id).where(GatewayOp.kind == "payout", GatewayOp.ref == number)
    return int(one(query.order_by(GatewayOp.id.desc()).limit(1)))


def is_moving(payer_id: int, prefix: str, *, but: str = "") -> bool:
    """Whether money may be moving for a purpose that begins with `prefix`, other than `but`.

    One that waits for the payer does not move: she may pay in another way.
    """
    query = select(Payment.id).where(
        Payment.payer_id == payer_id,
        Payment.purpose.startswith(prefix, autoescape=True),
        Payment.purpose != but,
        Payment.state.in_(MOVING),
    )
    return db.session.scalar(query.limit(1)) is not None


def moving_of(payers: Collection[int]) -> set[tuple[int, str]]:
    """(payer, purpose) of all money of these people that may be moving."""
    query = select(Payment.payer_id, Payment.purpose).where(
        Payment.payer_id.in_(payers), Payment.state.in_(MOVING)
    )
    return {(payer, purpose) for payer, purpose in db.session.execute(query)}


def refresh(payment_id: int) -> PaymentView:
    """Bring an open payment forward (its page asks when a shopper returns), and give it."""
    seen = view(payment_id)
    if seen.is_open:
        drive(seen.op_id)
    return view(payment_id)


def ops_of(payment_id: int) -> list[OpView]:
    """Every operation of a payment, oldest first."""
    query = select(GatewayOp).where(GatewayOp.payment_id == payment_id).order_by(GatewayOp.id)
    return [op_view_of(op) for op in db.session.scalars(query)]


def op_view(op_id: int) -> OpView:
    """One operation; raises NotFound."""
    return op_view_of(get(GatewayOp, op_id))


def open_ops() -> dict[str, int]:
    """How many operations wait for an answer, by state."""
    under_way = tuple(state for state in STATES if state not in FINAL)
    query = select(GatewayOp.state, func.count()).where(GatewayOp.state.in_(under_way))
    return {state: count for state, count in db.session.execute(query.group_by(GatewayOp.state))}


@use_case
def give_up(op_id: int, why: str) -> str:
    """Treat an unknown operation as refused, after someone has looked at the gateway by hand.

    Should its money turn up after all, a charge still counts: a notice raises it to succeeded.
    """
    _, op = locked(op_id)
    if op.state != "unknown":
        raise NotUnknown(op_id=op_id, state=op.state)
    return apply_answer(op_id, Answer("refused", code="given_up", message=why))
