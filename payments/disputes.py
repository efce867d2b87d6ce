"""What a gateway tells of disputes is applied once, in any order of its notices."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from ledger import book
from payments import bookkeeping, cases, purposes
from payments.disputes_model import Dispute
from payments.disputes_purposes import handler_of
from payments.disputes_rules import CLOSED, RANKS, Room, merged
from payments.disputes_values import DisputeView, view_of
from payments.gateway import Disputed
from payments.models import Payment

log = logging.getLogger(__name__)


class OtherCurrency(Conflict):
    message = "Dispute {dispute} is told in another currency than its payment's."


@use_case
def apply(gateway: str, told: Disputed) -> str:
    """Bring a dispute to what the gateway tells of it now, with all that follows; gives its state.

    Ranks decide, never the order of arrival; what was taken and what was given back are facts of
    their own, each booked once. `waiting` when the charge is not one of ours so far.
    """
    found = _payment_of(gateway, told.charge_id)
    if found is None:
        return purposes.WAITING
    payment_id, purpose = found
    if handler := handler_of(purpose):
        handler.lock(purpose)
    payment = get(Payment, payment_id, lock=True)
    if told.amount.currency != payment.currency:
        raise OtherCurrency(dispute=told.dispute_id)
    dispute = _row(payment, gateway, told)
    new = _note(dispute, told)
    if handler and new:
        handler.told(_view(dispute, payment))
    _moved(dispute, payment, told)
    _decided(dispute, payment)
    _won_in_part(dispute)
    db.session.flush()
    return dispute.state


purposes.on_facts(Disputed, apply)


def _payment_of(gateway: str, charge_id: str) -> tuple[int, str] | None:
    query = select(Payment.id, Payment.purpose).where(
        Payment.gateway == gateway, Payment.charge_id == charge_id
    )
    row = db.session.execute(query).one_or_none()
    return (row.id, row.purpose) if row else None


def _row(payment: Payment, gateway: str, told: Disputed) -> Dispute:
    """The dispute's row; the payment's lock lets one at a time make it."""
    query = select(Dispute).where(Dispute.gateway == gateway, Dispute.dispute_id == told.dispute_id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    dispute = db.session.scalars(locked).one_or_none()
    if dispute is None:
        dispute = Dispute(
            number=ids.code("D"),
            gateway=gateway,
            dispute_id=told.dispute_id,
            payment_id=payment.id,
            amount=told.amount.minor,
            currency=told.amount.currency,
            reason="",
            state="warning",
        )
        db.session.add(dispute)
        db.session.flush()
    return dispute


def _note(dispute: Dispute, told: Disputed) -> bool:
    """Take over what is newer; whether anything is."""
    if RANKS[told.state] < RANKS[dispute.state]:
        return False
    before = (dispute.state, dispute.reason, dispute.due_by, dispute.amount)
    dispute.state = merged(dispute.state, told.state)
    dispute.reason, dispute.due_by = told.reason[:40] or "general", told.due_by
    if not dispute.withdrawn:
        dispute.amount = told.amount.minor
    return before != (dispute.state, dispute.reason, dispute.due_by, dispute.amount)


def _moved(dispute: Dispute, payment: Payment, told: Disputed) -> None:
    """Book what was taken, charged and given back since the last time."""
    if told.withdrawn and not dispute.withdrawn:
        _withdrawn(dispute, payment, told.withdrawn)
    if told.fee.minor > dispute.fee:
        more = told.fee - Money(dispute.fee, dispute.currency)
        dispute.fee = told.fee.minor
        book.post(
            bookkeeping.dispute_fee(dispute.number, dispute.gateway, more, told.fee, clock.today())
        )
    if told.reinstated and dispute.withdrawn:
        _reinstated(dispute, payment, told.reinstated)


def _withdrawn(dispute: Dispute, payment: Payment, amount: Money) -> None:
    dispute.withdrawn, dispute.withdrawn_at = amount.minor, clock.now()
    dispute.counted = _room(payment).counts(amount.minor)
    payment.disputed_open_minor += dispute.counted
    book.post(bookkeeping.dispute_opened(dispute.number, dispute.gateway, amount, clock.today()))
    db.session.flush()
    if handler := handler_of(payment.purpose):
        handler.opened(_view(dispute, payment))


def _reinstated(dispute: Dispute, payment: Payment, amount: Money) -> None:
    if dispute.lost:
        if not dispute.recovered:
            _recovered(dispute, payment, min(amount, Money(dispute.lost, dispute.currency)))
        return
    if dispute.reinstated:
        return
    dispute.reinstated, dispute.reinstated_at = amount.minor, clock.now()
    book.post(bookkeeping.dispute_won(dispute.number, dispute.gateway, amount, clock.today()))


def _recovered(dispute: Dispute, payment: Payment, amount: Money) -> None:
    """The bank gives back what it had awarded: to who had borne it, the rest was our loss."""
    dispute.recovered, dispute.reinstated_at = amount.minor, clock.now()
    clearing = bookkeeping.clearing(dispute.gateway)
    handler = handler_of(payment.purpose)
    view = replace(_view(dispute, payment), reinstated=amount)
    wanted = handler.recovered(view, clearing) if handler else ()
    rest = amount - purposes.sum_of(wanted, clearing, dispute.currency)
    book.post(
        bookkeeping.dispute_recovered(dispute.number, dispute.gateway, wanted, rest, clock.today())
    )


def _decided(dispute: Dispute, payment: Payment) -> None:
    """What follows from the verdict, once: nothing more of it is open."""
    if dispute.closed_at is not None or dispute.state not in CLOSED:
        return
    if dispute.state == "lost" and not dispute.withdrawn:
        return  # told before its money was taken: that is still to come
    if dispute.state == "lost":
        _lost(dispute, payment)
    else:
        _won(dispute, payment)


def _won(dispute: Dispute, payment: Payment) -> None:
    dispute.closed_at = clock.now()
    payment.disputed_open_minor -= dispute.counted
    dispute.counted = 0
    if handler := handler_of(payment.purpose):
        handler.won(_view(dispute, payment))


def _lost(dispute: Dispute, payment: Payment) -> None:
    dispute.closed_at = clock.now()
    held = dispute.counted
    dispute.counted = _room(payment).counts(dispute.withdrawn - dispute.reinstated, own=held)
    payment.disputed_open_minor -= held
    payment.disputed_lost_minor += dispute.counted
    db.session.flush()
    handler = handler_of(payment.purpose)
    borne = handler.lost(_view(dispute, payment)) if handler else Money.zero(dispute.currency)
    _book_loss(dispute, borne)
    _ask_about_excess(dispute, payment)


def _ask_about_excess(dispute: Dispute, payment: Payment) -> None:
    """What the payment did not hold any more the shopper has twice: a person may ask for it."""
    excess = dispute.lost - dispute.counted
    if excess > 0:
        cases.open_case(
            "dispute_uncovered",
            payment.purpose,
            Money(-excess, dispute.currency),
            f"Dispute {dispute.number} took more than the payment still held: it was refunded before.",
            f"dispute:{dispute.number}:excess",
        )


def _won_in_part(dispute: Dispute) -> None:
    """Of a won one, what the bank keeps nevertheless is our loss."""
    ended_for_us = dispute.closed_at is not None and dispute.state != "lost"
    if ended_for_us and not dispute.lost and 0 < dispute.reinstated < dispute.withdrawn:
        _book_loss(dispute, Money.zero(dispute.currency))


def _book_loss(dispute: Dispute, borne: Money) -> None:
    """What rooms do not bear is our loss, above all what had been given back before."""
    dispute.lost, dispute.borne = dispute.withdrawn - dispute.reinstated, borne.minor
    ours = Money(dispute.lost, dispute.currency) - borne
    if ours.minor < 0:
        raise ValueError(f"more was taken for {dispute.number} than it took")
    if ours:
        book.post(bookkeeping.dispute_lost(dispute.number, ours, clock.today()))


def _room(payment: Payment) -> Room:
    return Room(
        payment.captured_minor,
        payment.refunded_minor,
        payment.disputed_lost_minor,
        payment.disputed_open_minor,
    )


def _view(dispute: Dispute, payment: Payment) -> DisputeView:
    return view_of(dispute, payment.purpose, payment.payer_id)


def view(number: str) -> DisputeView:
    """The dispute by our number; raises NotFound."""
    dispute: Dispute = one(select(Dispute).where(Dispute.number == number))
    return _view(dispute, get(Payment, dispute.payment_id))


def of_payment(payment_id: int) -> list[DisputeView]:
    """Every dispute of a payment, the oldest first."""
    payment = get(Payment, payment_id)
    query = select(Dispute).where(Dispute.payment_id == payment_id).order_by(Dispute.id)
    return [_view(dispute, payment) for dispute in db.session.scalars(query)]


def views(numbers: Iterable[str]) -> dict[str, DisputeView]:
    """Disputes by our numbers, in one question."""
    query = (
        select(Dispute, Payment.purpose, Payment.payer_id)
        .join(Payment, Payment.id == Dispute.payment_id)
        .where(Dispute.number.in_(set(numbers)))
    )
    return {
        dispute.number: view_of(dispute, purpose, payer)
        for dispute, purpose, payer in db.session.execute(query)
    }
