"""Business days the lender has worked through, the chunks of their steps, and how loans stand."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Base, Model


class BusinessDay(Model):
    """A day whose work is done; `counts` says how much of each kind there was."""

    __tablename__ = "business_day"

    on: Mapped[date] = mapped_column(unique=True, info={"frozen": True})
    finished_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class DayChunk(Model):
    """A part of a step of a day that is done: ids from `first_id` to `last_id`, in one transaction.

    last_id  where the next chunk of this step goes on; the largest bigint when the step is closed
    done     how much work of its kind there was
    booked   {currency: minor units} of its journals; None: written by an earlier release
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
    booked: Mapped[dict[str, int] | None] = mapped_column(JSONB, default=dict)


class Standing(Base):
    """How a running loan or advance stood on the day it last changed; amounts in minor units.

    book       shoppers or sellers; contract_id: of the loan, or of the advance
    days_late  of the oldest part that is due and unpaid
    bucket     place in the list of buckets, 0: nothing is late
    allowance  `rate_ppm` of the exposure: its part of `loss_allowance:BOOK`
    """

    __tablename__ = "loan_standing"
    __table_args__ = (
        CheckConstraint("stage between 1 and 3 and days_late >= 0", name="stage_is_known"),
        CheckConstraint("exposure >= 0 and allowance >= 0", name="amounts_are_positive"),
        CheckConstraint(
            "rate_ppm = 0 or allowance = (exposure * rate_ppm + 500000) / 1000000",
            name="allowance_is_its_rate",
        ),
        {"info": {"read_only": True}},
    )

    book: Mapped[str] = mapped_column(String(10), primary_key=True)
    contract_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    days_late: Mapped[int]
    bucket: Mapped[int] = mapped_column(SmallInteger)
    stage: Mapped[int] = mapped_column(SmallInteger)
    exposure: Mapped[int] = mapped_column(BigInteger)
    rate_ppm: Mapped[int]
    allowance: Mapped[int] = mapped_column(BigInteger)


class AllowanceTotal(Base):
    """The sum over `loan_standing`, which the database counts itself; what the book must hold."""

    __tablename__ = "allowance_total"
    __table_args__ = {"info": {"read_only": True}}

    book: Mapped[str] = mapped_column(String(10), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


triggers.expect(
    {
        "allowance_adds_up": "allowance_adds_up",
        "day_chunk_is_booked": "day_chunk_is_booked",
        "day_chunk_says": "day_chunk_says",
        "standing_is_used": "standing_is_used",
        "standing_counts": "standing_counts",
        "standing_counts_gone": "standing_counts",
        "standing_counts_new": "standing_counts",
    },
    {
        "allowance_adds_up": "ef5549050182114a82e8b721ad13c65e",
        "allowance_must_add_up": "d32665477382ae69164733dfb519e762",
        "day_chunk_is_booked": "3b375526c31565f8171f54582da384ca",
        "day_chunk_says": "98efd80e11c6c6d29a86fd70ac85b516",
        "standing_counts": "25e00f944071b9ec4d3487207b9c97be",
        "standing_is_used": "6f21c0de4f8f474a34926764cb4d1b37",
    },
)
