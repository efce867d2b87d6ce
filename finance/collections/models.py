"""Business days the lender has worked through, and the chunks of their steps."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class BusinessDay(Model):
    """A day whose work is done; `counts` says how much of each kind there was."""

    __tablename__ = "business_day"

    on: Mapped[date] = mapped_column(unique=True)
    finished_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class DayChunk(Model):
    """A part of a step of a day that is done: ids from `first_id` to `last_id`, in one transaction.

    last_id  where the next chunk of this step goes on; the largest bigint when the step is closed
    done     how much work of its kind there was
    """

    __tablename__ = "day_chunk"
    __table_args__ = (
        UniqueConstraint("step", "on", "first_id"),
        CheckConstraint("first_id <= last_id and done >= 0", name="ids_are_in_order"),
        {"info": {"append_only": True}},
    )

    on: Mapped[date]
    step: Mapped[str] = mapped_column(String(40))
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[int]
