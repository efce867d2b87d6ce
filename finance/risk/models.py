"""Decisions as they were made, with all they stood on; the database lets none be changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from core.money import Money


class Decision(Model):
    """One answer of the lender. Amounts in minor units of `currency`.

    subject     `buyer` or `seller` and its id
    inputs      everything the policy read; `replay` needs nothing else
    facts_at    the instant as of which the facts were read
    outcome     the policy's answer in canonical JSON, byte for byte
    cost_us     CPU time it took, in microseconds, features included
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_subject", "subject", "subject_id", "id"),
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        CheckConstraint("score between 350 and 950", name="score_in_range"),
        CheckConstraint("grade in ('A','B','C','D','E')", name="grade_is_known"),
        CheckConstraint("pd_ppm between 0 and 1000000", name="pd_is_a_share"),
        CheckConstraint("asked >= 0 and credit_limit >= 0", name="amounts_are_positive"),
        {"info": {"append_only": True}},
    )

    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    product: Mapped[str] = mapped_column(String(30))
    ref: Mapped[str] = mapped_column(String(40), default="", index=True)
    asked: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    facts_at: Mapped[datetime]
    card: Mapped[str] = mapped_column(String(40))
    card_hash: Mapped[str] = mapped_column(String(64))
    policy: Mapped[str] = mapped_column(String(40))
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(String(1))
    pd_ppm: Mapped[int]
    approved: Mapped[bool]
    credit_limit: Mapped[int] = mapped_column(BigInteger)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    outcome: Mapped[str] = mapped_column(Text)
    cost_us: Mapped[int]

    @property
    def money(self) -> Money:
        return Money(self.asked, self.currency)


class ReplayRun(Model):
    """A night's decisions made again: how many, and of those that differ the first, with why."""

    __tablename__ = "replay_run"
    __table_args__ = (
        CheckConstraint("differing between 0 and replayed", name="no_more_differ_than_there_are"),
        {"info": {"append_only": True}},
    )

    what: Mapped[str] = mapped_column(String(40))
    replayed: Mapped[int]
    differing: Mapped[int]
    found: Mapped[list[list[str]]] = mapped_column(JSONB)


class Borrower(Model):
    """The day a person says they were born; asked before the first plan, said once."""

    __tablename__ = "borrower"
    __table_args__ = ({"info": {"append_only": True}},)

    person_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    born_on: Mapped[date]


class LimitRaise(Model):
    """A person's yes to a higher limit: from and to which multiple of the first one, millionths."""

    __tablename__ = "limit_raise"
    __table_args__ = (
        Index("ix_limit_raise_person", "person_id", "id"),
        CheckConstraint("to_ppm > from_ppm and from_ppm > 0", name="only_up"),
        {"info": {"append_only": True}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[date]
    from_ppm: Mapped[int]
    to_ppm: Mapped[int]


triggers.expect(
    {"decision_stays": "lender_refuse"}, {"lender_refuse": "ad6520eb18c1fd1c5c6b6a977cda8621"}
)
