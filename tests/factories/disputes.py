"""Disputes of orders as a gateway tells of them."""

from datetime import UTC, datetime

from core.db import db
from core.money import Money
from mall.checkout.models import Checkout
from mall.disputes.models import DisputeCase, DisputeShare
from mall.orders.models import Order
from payments import disputes
from payments.gateway import Disputed
from payments.models import Payment
from payments.services import payment_for

DUE = datetime(2035, 1, 1, tzinfo=UTC)


def payment_of(order: Order) -> Payment:
    """The card payment of the order's checkout."""
    checkout = db.session.get_one(Checkout, order.checkout_id)
    found = payment_for(f"checkout:{checkout.number}")
    assert found is not None
    return db.session.get_one(Payment, found.id)


def tell(
    order: Order,
    state: str,
    amount: Money | None = None,
    *,
    reason: str = "product_unacceptable",
    taken: bool = True,
    id: str = "du_1",
) -> str:
    """A bank's word about a dispute of (all of) what the order's card paid; a fee of 15.00."""
    payment = payment_of(order)
    amount = amount or Money(payment.captured_minor, payment.currency)
    zero = Money.zero(amount.currency)
    back = amount if state == "won" and taken else zero
    fee = Money(1500, amount.currency) if taken else zero
    told = Disputed(
        id, str(payment.charge_id), amount, fee, reason, state, DUE, amount if taken else zero, back
    )
    disputes.apply(payment.gateway, told)
    db.session.refresh(order)
    db.session.refresh(payment)
    return state


def case_of(order: Order) -> DisputeCase:
    """The one case that touches this order."""
    return db.session.get_one(DisputeCase, share_of(order).case_id)


def share_of(order: Order) -> DisputeShare:
    """The one share of this order."""
    from sqlalchemy import select

    query = select(DisputeShare).where(DisputeShare.order_id == order.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
