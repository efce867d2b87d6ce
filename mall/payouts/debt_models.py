"""What of a seller's debt was paid out of the seller's own balance."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model


class DebtOffset(Model):
    """What a seller owed (`owed` before it) was paid out of the seller's balance."""

    __tablename__ = "debt_offset"
    __table_args__ = (
        CheckConstraint("amount between 1 and owed", name="at_most_what_is_owed"),
        {"info": {"append_only": True}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)  # of its journal
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    owed: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[date]


triggers.expect(
    {"debt_offset_adds_up": "debt_offset_adds_up"},
    {"debt_offset_adds_up": "cad9122a4d2e4892f9d5a57851f703d8"},
)
