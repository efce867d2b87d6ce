"""A card dispute: a cardholder asks the bank for a payment back."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from core.money import Money
from payments.disputes_rules import OPEN, STATES

_STATES = ", ".join(f"'{state}'" for state in STATES)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)


class EvidenceFile(Model):
    """A file that proves something, kept once by the SHA-256 of its bytes."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint(
            "media_type in ('application/pdf','image/png','image/jpeg')", name="type_is_known"
        ),
        CheckConstraint("octet_length(body) between 1 and 4500000", name="size_is_taken"),
        {"info": {"append_only": True, "removable": True}},
    )

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    media_type: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Dispute(Model):
    """One dispute of one payment, as far as the gateway has told.

    number       ours; the book keeps what was taken in `disputed_funds:NUMBER`
    amount       what is disputed; fee: what the gateway charges for it so far
    withdrawn    what the gateway has taken; reinstated: given back; lost: booked as gone;
                 recovered: given back after it was lost. Each happens at most once
    counted      how much of `withdrawn` the payment still held: counted as open, then as lost
    borne        of a lost one, what rooms took from those who bear it; the rest is our loss
    """

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("gateway", "dispute_id"),
        CheckConstraint(f"state in ({_STATES})", name="state_is_known"),
        CheckConstraint("amount > 0 and fee >= 0", name="amount_is_positive"),
        CheckConstraint(
            "least(withdrawn, reinstated, lost, recovered) >= 0", name="amounts_are_positive"
        ),
        CheckConstraint("reinstated + lost <= withdrawn", name="taken_before_given_back"),
        CheckConstraint("recovered <= lost", name="lost_before_recovered"),
        CheckConstraint("counted between 0 and withdrawn", name="counted_at_most_taken"),
        CheckConstraint("borne between 0 and counted", name="borne_at_most_counted"),
        Index("ix_dispute_due_by", "due_by", postgresql_where=text(f"state in ({_OPEN})")),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    gateway: Mapped[str] = mapped_column(String(20))
    dispute_id: Mapped[str] = mapped_column(String(120))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    withdrawn: Mapped[int] = mapped_column(BigInteger, default=0)
    reinstated: Mapped[int] = mapped_column(BigInteger, default=0)
    lost: Mapped[int] = mapped_column(BigInteger, default=0)
    recovered: Mapped[int] = mapped_column(BigInteger, default=0)
    counted: Mapped[int] = mapped_column(BigInteger, default=0)
    borne: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    due_by: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    reinstated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


triggers.expect(
    {
        "dispute_adds_up": "dispute_adds_up",
        "dispute_ends": "dispute_ends",
        "dispute_fee_adds_up": "dispute_fee_adds_up",
        "dispute_moves_by_rank": "dispute_moves_by_rank",
        "dispute_moves_once": "dispute_moves_once",
        "payout_waits_for_disputes": "payout_waits_for_disputes",
    },
    {
        "dispute_ends": "af77ffd67ef04d632cefd08a5a453bac",
        "dispute_fee_adds_up": "487abc6a456e2d64d8f156351c303f15",
        "dispute_adds_up": "e320e43cbb3a5e75cfa96b34d7c53dba",
        "dispute_moves_by_rank": "f2f817cb8dbce15c0fe30f9da2517766",
        "dispute_moves_once": "ec3fd45fb926adcb9d6c1d2eda3f7e6f",
        "payout_waits_for_disputes": "9c48abf84d2bf28235afe6ba25ccac51",
    },
)
