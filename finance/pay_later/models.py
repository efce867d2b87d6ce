"""Plans agreed to beside a card, which begin when the card has paid."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model


class HeldPlan(Model):
    """What a shopper agreed to while a card was still to pay its part; never changed.

    loan_number   of the loan that it becomes; there is none while the card has not paid
    code          of the plan, as in its offer: `3`, under a campaign `3:K-…`
    on            the day of the agreement, from which the plan's days count
    seen_hash …   how it was agreed to, as in `contract`
    """

    __tablename__ = "held_plan"
    __table_args__ = (
        CheckConstraint("how in ('checkbox','button','service')", name="way_is_known"),
        {"info": {"append_only": True}},
    )

    loan_number: Mapped[str] = mapped_column(String(20), unique=True)
    checkout_number: Mapped[str] = mapped_column(String(20), unique=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    code: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    seen_hash: Mapped[str] = mapped_column(String(64), default="")
    how: Mapped[str] = mapped_column(String(10))


triggers.expect({"held_plan_stays": "lender_refuse"}, {})
