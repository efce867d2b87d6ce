"""Business days the lender has worked through."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class BusinessDay(Model):
    """A day whose work is done; `counts` says how much of each kind there was."""

    __tablename__ = "business_day"

    on: Mapped[date] = mapped_column(unique=True)
    finished_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
