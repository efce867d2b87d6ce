"""Cases: what a person must look at, because no rule can say what the money is."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.money import Money


class PaymentCase(Model):
    """One thing to look at, once per `key`; open until somebody says how it ended."""

    __tablename__ = "payment_case"
    __table_args__ = (
        CheckConstraint("state in ('open','closed')", name="state_is_known"),
        CheckConstraint(
            "(state = 'closed') = (closed_at is not null and how <> '')", name="closed_says_how"
        ),
        Index("ix_payment_case_open", "kind", postgresql_where=text("state = 'open'")),
        {"info": {"frozen": "key ref amount currency facts"}},
    )

    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    ref: Mapped[str] = mapped_column(String(120), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)  # in suspense because of it, if it is there
    currency: Mapped[str] = mapped_column(String(3))
    why: Mapped[str] = mapped_column(String(500))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="open")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(60), default="")
    how: Mapped[str] = mapped_column(String(500), default="")

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
