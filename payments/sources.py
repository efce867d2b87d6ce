"""Young charges that sellers are paid out of: their money may not be in our balance yet.

At Stripe a transfer out of the balance is refused while the money of a charge is on its way there;
one that names its charge (`source_transaction`) is not, up to the charge's amount.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from core import clock
from core.db import db, get
from core.errors import Conflict
from core.money import Money
from payments import gateways
from payments.models import Payment


class MoreThanTheCharge(Conflict):
    message = "Less than {amount} is left of the charge that this payout should come out of."


@dataclass(frozen=True, slots=True)
class Source:
    """So much can still be sent out of the charge of this payment."""

    payment_id: int
    purpose: str
    left: Money


def since() -> Any:
    """Charges from this moment on are young."""
    return clock.now() - timedelta(current_app.config["STRIPE_FUNDS_DAYS"])


def serve(destination: str) -> bool:
    """Whether payouts there can name a charge."""
    return gateways.for_payout(destination) == gateways.STRIPE


def young(purposes: Sequence[str]) -> list[Source]:
    """The young charges of these purposes with something left, locked until the action ends.

    Called before a seller is locked: payments come first everywhere.
    """
    query = select(Payment).where(
        Payment.purpose.in_(purposes),
        Payment.gateway == gateways.STRIPE,
        Payment.captured_minor > 0,
        Payment.paid_at > since(),
    )
    query = query.order_by(Payment.id).with_for_update()
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    found = [Source(row.id, row.purpose, _left(row)) for row in rows]
    return [source for source in found if source.left.minor > 0]


def _left(row: Payment) -> Money:
    gone = row.refunded_minor + row.disputed_open_minor + row.disputed_lost_minor
    return Money(row.captured_minor - max(gone, 0) - row.sent_minor, row.currency)


def reserve(payment_id: int, amount: Money) -> str:
    """Count so much as sent out of the charge; gives its id. Raises MoreThanTheCharge.

    Held by the database: what was given back of a charge, is disputed or was sent is never sent.
    """
    back = Payment.refunded_minor + Payment.disputed_open_minor + Payment.disputed_lost_minor
    change = update(Payment).where(
        Payment.id == payment_id,
        Payment.currency == amount.currency,
        Payment.captured_minor >= back + Payment.sent_minor + amount.minor,
    )
    result: Any = db.session.execute(
        change.values(sent_minor=Payment.sent_minor + amount.minor).execution_options(
            synchronize_session=False
        )
    )
    if result.rowcount != 1:
        raise MoreThanTheCharge(amount=amount)
    row = get(Payment, payment_id)
    db.session.refresh(row)
    return row.charge_id or ""


def free(payment: Payment | None, minor: int) -> None:
    """A payout was refused: its charge has that much again. The payment is locked."""
    if payment is not None:
        payment.sent_minor -= minor
