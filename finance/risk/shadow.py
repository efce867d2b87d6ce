"""What a challenger would have answered, beside the decision it did not make."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, db
from finance.risk import policies, scorecard
from finance.risk.models import Decision


class ShadowAnswer(Model):
    """The challenger's answer to the inputs of a decision; one a decision."""

    __tablename__ = "shadow_answer"
    __table_args__ = (
        CheckConstraint("score between 350 and 950", name="score_in_range"),
        CheckConstraint("grade in ('A','B','C','D','E')", name="grade_is_known"),
        CheckConstraint("pd_ppm between 0 and 1000000", name="pd_is_a_share"),
        CheckConstraint("credit_limit >= 0", name="limit_is_positive"),
        {"info": {"append_only": True}},
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    card: Mapped[str] = mapped_column(String(40), index=True)
    card_hash: Mapped[str] = mapped_column(String(64))
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(String(1))
    pd_ppm: Mapped[int]
    approved: Mapped[bool]
    credit_limit: Mapped[int] = mapped_column(BigInteger)


def keep(decision: Decision) -> ShadowAnswer | None:
    """Answer the kept inputs by the challenger's card, if one was drawn, and write it down."""
    name = decision.inputs.get("contest", {}).get("shadow", "")
    if not name:
        return None
    card = scorecard.load(name)
    said = policies.named(decision.policy)(decision.inputs, card)
    made = ShadowAnswer(
        decision_id=decision.id,
        card=name,
        card_hash=card.hash,
        score=said.score,
        grade=said.grade,
        pd_ppm=said.pd_ppm,
        approved=said.approved,
        credit_limit=said.limit,
    )
    db.session.add(made)
    db.session.flush()
    return made
