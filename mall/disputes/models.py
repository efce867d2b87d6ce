"""A dispute as the mall handles it: one case, and a share for each order it touches."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money


class DisputeCase(Model):
    """What the mall does about one dispute of `payments` (by its number).

    state      open (words may be added), sent (the bank has our side), accepted (we gave in),
               closed (decided)
    fields     what was shown to the bank, by the names of the gateway's port
    refused    why the last answer was not taken; it may be given again
    """

    __tablename__ = "dispute_case"
    __table_args__ = (
        CheckConstraint("state in ('open','sent','accepted','closed')", name="state_is_known"),
        CheckConstraint("(state = 'open') = (answered_at is null)", name="answered_when_it_says"),
        Index("ix_dispute_case_due_by", "due_by", postgresql_where=text("state = 'open'")),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    checkout_number: Mapped[str] = mapped_column(String(20), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    due_by: Mapped[datetime | None]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    op_id: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(40), default="")
    refused: Mapped[str] = mapped_column(String(240), default="")
    asked_key: Mapped[str] = mapped_column(String(60), default="")  # of the form that answered last

    shares: Mapped[list["DisputeShare"]] = relationship(order_by="DisputeShare.order_id")


class DisputeDocument(Model):
    """A file that goes to the bank with the answer; one of a kind, as processors take them."""

    __tablename__ = "dispute_document"
    __table_args__ = (
        UniqueConstraint("case_id", "field"),
        CheckConstraint("size > 0", name="size_is_positive"),
        {"info": {"append_only": True, "removable": True}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("dispute_case.id"))
    seller_id: Mapped[int | None] = mapped_column(BigInteger)  # whose it is; None: an admin's
    field: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))  # as it was called where it came from
    digest: Mapped[str] = mapped_column(ForeignKey("evidence_file.digest"), index=True)
    media_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]  # bytes
    added_by: Mapped[str] = mapped_column(String(40))


class DisputeShare(Model):
    """One order's part of a dispute.

    amount      of it that is disputed
    wanted      what its seller would lose: to be frozen when the order's money has reached them
    frozen      of that, what lies in `seller_reserve` for it; the rest is taken from releases
    covered_at  when `frozen` reached `wanted`; no payout before that
    words       what the seller adds to the evidence
    """

    __tablename__ = "dispute_share"
    __table_args__ = (
        UniqueConstraint("case_id", "order_id"),
        CheckConstraint("amount >= 0", name="amount_is_positive"),
        CheckConstraint("wanted between 0 and amount", name="wanted_at_most_disputed"),
        CheckConstraint("frozen between 0 and wanted", name="frozen_at_most_wanted"),
        CheckConstraint("state in ('told','open','won','lost')", name="state_is_known"),
        CheckConstraint("state = 'open' or frozen = 0", name="frozen_while_open"),
        CheckConstraint("borne_by in ('','seller','mall')", name="bearer_is_known"),
        Index("ix_dispute_share_open", "seller_id", postgresql_where=text("state = 'open'")),
        {"info": {"frozen": "case_id order_id order_number seller_id currency"}},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("dispute_case.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(20))
    seller_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    wanted: Mapped[int] = mapped_column(BigInteger, default=0)
    frozen: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(10), default="told")
    opened_at: Mapped[datetime | None]
    covered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    borne_by: Mapped[str] = mapped_column(String(10), default="")
    why: Mapped[str] = mapped_column(String(240), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    worded_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def missing(self) -> Money:
        """What is still to be frozen."""
        return Money(self.wanted - self.frozen, self.currency)


triggers.expect(
    {
        "dispute_share_adds_up": "reserve_adds_up",
        "dispute_share_is_counted": "disputed_adds_up",
        "order_disputed_adds_up": "disputed_adds_up",
        "checkout_share_disputed_adds_up": "disputed_adds_up",
    },
    {"disputed_adds_up": "c8f1e3e9f9930bbb9e0061fc44a95d44"},
)
