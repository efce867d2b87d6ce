"""What a seller is paid, and every deduction with its reason."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class SettlementLine(Model):
    """One line of what became of an order's money when it was released.

    `step` is the place in the settlement order: 0 sale, 1 refund due, 2 commission, 3 subsidy,
    4 advance tied to this order, 5 sales share, 6 installment, 7 reserve, 8 to the balance.
    `amount` is what was taken (or, for 0 and 8, what came in and what was left).
    """

    __tablename__ = "settlement_line"

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(20))
    step: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    contract: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(240), default="")
    on: Mapped[Date] = mapped_column(Date)


class Payout(Model):
    """Money sent from a seller's balance to the seller's bank account."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("seller_id", "key"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('requested','sent','paid','failed')", name="state_is_known"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))  # of the form or night that asked
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10), default="requested")
    destination: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(240), default="")
    paid_at: Mapped[datetime | None]
