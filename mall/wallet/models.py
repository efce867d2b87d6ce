"""What people pay into their balance and take out of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from core.money import Money


class TopUp(Model):
    """A payment into the balance; `key` comes from the form, so that a double click pays once."""

    __tablename__ = "wallet_top_up"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('asked','paid','refused')", name="state_is_known"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info={"frozen": True})
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info={"frozen": True})
    key: Mapped[str] = mapped_column(String(40), info={"frozen": True})
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    currency: Mapped[str] = mapped_column(String(3), info={"frozen": True})
    payment_id: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    state: Mapped[str] = mapped_column(String(10), default="asked")
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Withdrawal(Model):
    """Balance on its way to a bank account: requested (held), sent, paid, or failed (back)."""

    __tablename__ = "wallet_withdrawal"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('requested','sent','paid','failed')", name="state_is_known"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info={"frozen": True})
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info={"frozen": True})
    key: Mapped[str] = mapped_column(String(40), info={"frozen": True})
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    currency: Mapped[str] = mapped_column(String(3), info={"frozen": True})
    destination: Mapped[str] = mapped_column(String(60), info={"frozen": True})
    state: Mapped[str] = mapped_column(String(10), default="requested")
    why: Mapped[str] = mapped_column(String(240), default="")  # of a failure
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


triggers.expect(
    {"wallet_top_up_adds_up": "top_up_adds_up", "withdrawal_adds_up": "payout_adds_up"},
    {"top_up_adds_up": "7ba857aa66d18f84773e252ac4a37ec5"},
)
