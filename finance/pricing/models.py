"""Prices in versions: one admin proposes, another decides, and what was is never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model

PROPOSED, DONE, REFUSED = "proposed", "done", "refused"


class PriceVersion(Model):
    """A product's price under one country's rules in one currency.

    number   1, 2, … once another admin agreed; the highest is in force
    data     finance.pricing.setting.Setting, whole
    """

    __tablename__ = "price_version"
    __table_args__ = (
        CheckConstraint("state in ('proposed','done','refused')", name="state_is_known"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by is null)", name="decided_by_somebody"),
        CheckConstraint("(state = 'done') = (number is not null)", name="numbered_when_in_force"),
        CheckConstraint("why <> ''", name="says_why"),
        Index("uq_price_version_number", "product", "regime", "currency", "number", unique=True),
        Index(
            "uq_price_version_open",
            "product",
            "regime",
            "currency",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        {"info": {"frozen": "product regime currency data why proposed_by"}},
    )

    product: Mapped[str] = mapped_column(String(30))
    regime: Mapped[str] = mapped_column(String(4))
    currency: Mapped[str] = mapped_column(String(3))
    number: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str] = mapped_column(String(240))
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
