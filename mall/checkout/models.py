"""A checkout: one decision to buy, paid in one or several ways, that becomes one order per seller."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money


class CheckoutState(StrEnum):
    """Awaiting a payment's outcome, then paid, or given up."""

    AWAITING = "awaiting"
    PAID = "paid"
    GIVEN_UP = "given_up"


class Checkout(Model):
    """`key` comes from the form, so that a double click is one checkout.

    `offer_key` and `payment_ref` are those of its last part, which pays what the balance left.
    """

    __tablename__ = "checkout"
    __table_args__ = (
        UniqueConstraint("buyer_id", "key"),
        CheckConstraint("state in ('awaiting','paid','given_up')", name="state_is_known"),
        CheckConstraint("total > 0", name="total_is_positive"),
        {"info": {"frozen": "number buyer_id key total currency"}},
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


class PartState(StrEnum):
    """Waiting for its answer, held until the other parts are paid, paid, or void."""

    WAITING = "waiting"
    HELD = "held"
    PAID = "paid"
    VOID = "void"


class CheckoutPart(Model):
    """What one way to pay pays of a checkout; position 0 pays first and is given back last."""

    __tablename__ = "checkout_part"
    __table_args__ = (
        UniqueConstraint("checkout_id", "position"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("refunded between 0 and amount", name="never_refund_more_than_paid"),
        CheckConstraint("refunded = 0 or state = 'paid'", name="only_what_was_paid_goes_back"),
        CheckConstraint("state in ('waiting','held','paid','void')", name="state_is_known"),
    )

    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), info={"frozen": True})
    position: Mapped[int] = mapped_column(SmallInteger, info={"frozen": True})
    offer_key: Mapped[str] = mapped_column(String(40), info={"frozen": True})
    method: Mapped[str] = mapped_column(String(20), info={"frozen": True})
    payment_ref: Mapped[str] = mapped_column(String(60), default="", index=True)
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    currency: Mapped[str] = mapped_column(String(3), info={"frozen": True})
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(10), default=PartState.WAITING)

    shares: Mapped[list["CheckoutShare"]] = relationship(order_by="CheckoutShare.order_id")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class CheckoutShare(Model):
    """How much of one order one part pays; `disputed` of it a bank has taken, or the mall gave up."""

    __tablename__ = "checkout_share"
    __table_args__ = (
        UniqueConstraint("part_id", "order_id"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint(
            "refunded >= 0 and disputed >= 0 and refunded + disputed <= amount",
            name="never_refund_more_than_paid",
        ),
    )

    part_id: Mapped[int] = mapped_column(ForeignKey("checkout_part.id"), info={"frozen": True})
    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id"), index=True, info={"frozen": True}
    )
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    disputed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class Reservation(Model):
    """Stock promised to a payment under way, until `expires_at`."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("state in ('held','taken','released')", name="state_is_known"),
        Index("ix_reservation_held", "variant_id", postgresql_where=text("state = 'held'")),
        {"info": {"frozen": "checkout_id variant_id quantity"}},
    )

    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="held")


triggers.expect(
    {
        "checkout_adds_up": "checkout_adds_up",
        "checkout_part_adds_up": "checkout_adds_up",
        "checkout_part_stays": "column_stays",
        "checkout_share_adds_up": "checkout_adds_up",
    },
    {
        "checkout_adds_up": "173c9affd5cdbfd7dea0f2d0a1be1f3f",
        "checkout_must_add_up": "1db39bab46450a2a7a8f7735bea699af",
    },
)
