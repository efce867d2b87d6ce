"""Checkouts nobody paid for in time are given up."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.errors import Conflict
from core.use_case import use_case
from mall.cart import services as carts
from mall.checkout import queries, services
from mall.checkout.cards import give_back_late
from mall.checkout.models import Checkout, CheckoutState
from mall.checkout.rules import PAID_OTHERWISE
from mall.ports import payment_methods
from payments import services as payments

UNSURE = ("sending", "unknown", "processing")  # money may have moved: ask before giving up
BATCH = 200
WHY = "The payment was not finished in time."


class MoneyMoves(Conflict):
    message = "The bank is working on this payment. Wait for its answer."


def give_up(number: str, buyer_id: int) -> None:
    """The shopper wants to pay in another way; not while money may be moving (MoneyMoves)."""
    checkout = queries.of_buyer(number, buyer_id)
    if _may_still_come(number):
        raise MoneyMoves()
    if _give_up(number, PAID_OTHERWISE) and checkout.offer_key in payment_methods.patient_ways():
        _put_back(checkout.id, buyer_id)


def _put_back(checkout_id: int, buyer_id: int) -> None:
    """What left the cart when the order was written down is in it again, as far as it is there."""
    for order in queries.orders_of(checkout_id):
        for line in order.lines:
            try:
                carts.add(variant_id=line.variant_id, quantity=line.quantity, person_id=buyer_id)
            except Conflict:
                continue


def give_up_overdue() -> int:
    """Give up checkouts whose reservation has run out, unless money may be moving; how many."""
    return sum(_give_up(number, WHY) for number in _overdue() if not _may_still_come(number))


def give_up_if_overdue(number: str) -> bool:
    """The same for one checkout that somebody looks at; whether it was given up now."""
    return number in _overdue(number) and not _may_still_come(number) and _give_up(number, WHY)


def _overdue(only: str = "") -> list[str]:
    now, usual = clock.now(), timedelta(minutes=current_app.config["RESERVATION_MINUTES"])
    patient = payment_methods.patient_ways()
    ended = Checkout.offer_key.not_in(patient) & (Checkout.created_at <= now - usual)
    for way, patience in patient.items():
        ended |= (Checkout.offer_key == way) & (Checkout.created_at <= now - patience)
    if only:
        ended &= Checkout.number == only
    query = select(Checkout.number).where(Checkout.state == CheckoutState.AWAITING, ended)
    return list(db.session.scalars(query.order_by(Checkout.id).limit(BATCH)))


def _may_still_come(number: str) -> bool:
    """Look an unsure payment up; whether it is still unsure after that."""
    payment = payments.payment_for(f"checkout:{number}")
    if payment is None or payment.state not in UNSURE:
        return False
    return payments.refresh(payment.id).state in UNSURE


@use_case
def _give_up(number: str, why: str) -> bool:
    checkout, placed = services.locked(number)
    if checkout.state != CheckoutState.AWAITING:
        return False
    services.give_up(checkout, placed, why=why)
    return True


@jobs.job("checkout.give_up_overdue", cron="* * * * *")
def give_up_overdue_job() -> None:
    """Each minute."""
    give_up_overdue()


@jobs.job("checkout.give_back_late")
def give_back_late_job(number: str) -> None:
    """Right after a payment that came too late."""
    op_id = give_back_late(number)
    if op_id is not None:
        payments.drive(op_id)
