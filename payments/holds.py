"""Amounts set aside on a card: captured, or let go; once, whoever asks."""

from core import clock, ids
from core.db import get
from core.errors import Conflict, IllegalMove
from core.money import Money
from core.use_case import use_case
from payments import outbox
from payments.gateway import Cancel, Capture
from payments.models import Payment


class NotAuthorized(IllegalMove):
    message = "Nothing is set aside for this payment: it is {state}."


class MoreThanAuthorized(Conflict):
    message = "This is more than was set aside on the card."


@use_case
def intend_capture(*, payment_id: int, amount: Money) -> int:
    """Take `amount` of what the payment set aside; the rest is let go. Gives the op's id.

    Said twice it is the same operation; while it or a cancel is under way the other is a Conflict.
    """
    outbox.checked(amount, "capture")
    payment = get(Payment, payment_id, lock=True)
    known = outbox.live(_slot(payment), amount, "capture")
    if known is not None:
        return known.id
    _must_wait_for_it(payment)
    if amount > Money(payment.authorized_minor, payment.currency):
        raise MoreThanAuthorized()
    request = Capture(ids.new_id(), payment.charge_id or "", amount, clock.now())
    return outbox.write_down(request, _slot(payment), payment.purpose, payment.id, payment.gateway)


@use_case
def intend_cancel(*, payment_id: int) -> int:
    """Let go of all that the payment set aside; gives the op's id."""
    payment = get(Payment, payment_id, lock=True)
    known = outbox.live(_slot(payment), kind="cancel")
    if known is not None:
        return known.id
    _must_wait_for_it(payment)
    request = Cancel(ids.new_id(), payment.charge_id or "", payment.money, clock.now())
    return outbox.write_down(request, _slot(payment), payment.purpose, payment.id, payment.gateway)


def _slot(payment: Payment) -> str:
    """One of the two at a time, for this try of the payment."""
    return f"hold:{payment.id}:{payment.op_id}"


def _must_wait_for_it(payment: Payment) -> None:
    if payment.state != "requires_capture":
        raise NotAuthorized(state=payment.state)
