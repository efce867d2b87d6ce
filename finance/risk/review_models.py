"""Decisions a person looks at again, and what came of it; the decision itself never changes."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model


class Review(Model):
    """An applicant's wish that a person looks, once a decision; amounts in minor units.

    needs_two   what was asked is so much that two admins must agree
    state       asked → (proposed →) done
    amount      what is granted instead, 0 when the decision stands
    """

    __tablename__ = "decision_review"
    __table_args__ = (
        Index("ix_decision_review_open", "state", "due_at"),
        CheckConstraint("state in ('asked','proposed','done')", name="state_is_known"),
        CheckConstraint("amount >= 0", name="amount_is_positive"),
        CheckConstraint("(state = 'asked') = (proposed_by is null)", name="proposed_by_somebody"),
        {"info": {"frozen": "decision_id subject subject_id asked_by wish due_at needs_two"}},
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    wish: Mapped[str] = mapped_column(String(400))
    due_at: Mapped[datetime]
    needs_two: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="asked")
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str] = mapped_column(String(400), default="")
    proposed_by: Mapped[int | None] = mapped_column(BigInteger)


class Override(Model):
    """What a person (of a large sum: two) answered: 0 lets the decision stand."""

    __tablename__ = "decision_override"
    __table_args__ = (
        Index("ix_decision_override_subject", "subject", "subject_id", "product"),
        CheckConstraint("amount >= 0 and reason <> ''", name="says_how_much_and_why"),
        CheckConstraint("second_by <> decided_by", name="two_people"),
        CheckConstraint("not needs_two or second_by is not null", name="large_sums_need_two"),
        {"info": {"append_only": True}},
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    product: Mapped[str] = mapped_column(String(30))
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(400))
    decided_by: Mapped[int] = mapped_column(BigInteger)
    second_by: Mapped[int | None] = mapped_column(BigInteger)
    needs_two: Mapped[bool]
    until: Mapped[datetime]

    @property
    def granted(self) -> bool:
        return self.amount > 0


triggers.expect(
    {
        "override_ends_a_review": "review_ends_in_an_override",
        "review_ends_in_an_override": "review_ends_in_an_override",
        "review_is_of_its_decision": "review_is_of_its_decision",
    },
    {
        "review_ends_in_an_override": "d189929bf954b1bcd0dc0d7bb34eed5a",
        "review_is_of_its_decision": "b72f92a16bef360fa6f9f5bcb124768b",
    },
)
