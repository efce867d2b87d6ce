"""What the courier has to collect, order by order, and the cash handed over to the bank."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.money import Money

COURIER = "mall-courier"  # as the book names the one who collects


class CashState(StrEnum):
    """due; collected: the courier has it; arrived: the bank has it; refused: none to collect."""

    DUE = "due"
    COLLECTED = "collected"
    ARRIVED = "arrived"
    REFUSED = "refused"


class CashDue(Model):
    """Cash promised for one order; `collected` is less where part was given back before."""

    __tablename__ = "cash_due"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("collected between 0 and amount", name="collect_at_most_promised"),
        CheckConstraint("state in ('due','collected','arrived','refused')", name="state_is_known"),
        CheckConstraint(
            "(state in ('due','refused')) = (collected = 0 and collected_at is null)",
            name="collected_when_it_says_so",
        ),
        Index("ix_cash_due_state", "state", "courier"),
    )

    order_id: Mapped[int] = mapped_column(
        ForeignKey("orders.id"), unique=True, info={"frozen": True}
    )
    order_number: Mapped[str] = mapped_column(String(20), unique=True, info={"frozen": True})
    buyer_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info={"frozen": True}
    )
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    currency: Mapped[str] = mapped_column(String(3), info={"frozen": True})
    courier: Mapped[str] = mapped_column(String(40), info={"frozen": True})
    state: Mapped[str] = mapped_column(String(10), default=CashState.DUE)
    collected: Mapped[int] = mapped_column(BigInteger, default=0)
    collected_at: Mapped[datetime | None]
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("cash_handover.id"), index=True)

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class CashHandover(Model):
    """A courier's cash on its way to our bank account, under one reference; one at a time."""

    __tablename__ = "cash_handover"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state in ('asked','arrived')", name="state_is_known"),
        Index(
            "uq_cash_handover_open",
            "courier",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info={"frozen": True})
    courier: Mapped[str] = mapped_column(String(40), info={"frozen": True})
    amount: Mapped[int] = mapped_column(BigInteger, info={"frozen": True})
    currency: Mapped[str] = mapped_column(String(3), info={"frozen": True})
    state: Mapped[str] = mapped_column(String(10), default="asked")
    payment_id: Mapped[int] = mapped_column(BigInteger, default=0)
    arrived_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
