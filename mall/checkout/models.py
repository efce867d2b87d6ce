"""A checkout: one decision to buy, paid in one way, that becomes one order per seller."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.money import Money


class CheckoutState(StrEnum):
    """Awaiting a payment's outcome, then paid, or given up."""

    AWAITING = "awaiting"
    PAID = "paid"
    GIVEN_UP = "given_up"


class Checkout(Model):
    """`key` comes from the form, so that a double click is one checkout."""

    __tablename__ = "checkout"
    __table_args__ = (
        UniqueConstraint("buyer_id", "key"),
        CheckConstraint("state in ('awaiting','paid','given_up')", name="state_is_known"),
        CheckConstraint("total > 0", name="total_is_positive"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default=CheckoutState.AWAITING)
    offer_key: Mapped[str] = mapped_column(String(40))
    total: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    payment_ref: Mapped[str] = mapped_column(String(60), default="")  # "payment:ID", "loan:NUMBER"
    why: Mapped[str] = mapped_column(String(400), default="")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)  # of a "no"
    counter: Mapped[str] = mapped_column(String(40), default="")  # an offer key that would do
    settled_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)


class Reservation(Model):
    """Stock promised to a payment under way, until `expires_at`."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("state in ('held','taken','released')", name="state_is_known"),
    )

    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="held")
