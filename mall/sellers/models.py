"""Shops."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from mall.sellers.rules import SellerState

__all__ = ["Seller", "SellerState"]


class Seller(Model):
    """A shop and the person who owns it."""

    __tablename__ = "seller"
    __table_args__ = (
        CheckConstraint(
            "state in ('applied','approved','suspended','rejected')", name="state_is_known"
        ),
        CheckConstraint(
            "commission_ppm is null or commission_ppm between 0 and 500000",
            name="commission_is_a_share",
        ),
        {"info": {"frozen": "owner_id"}},
    )

    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    tagline: Mapped[str] = mapped_column(String(160), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default=SellerState.APPLIED, index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_note: Mapped[str] = mapped_column(String(240), default="")
    commission_ppm: Mapped[int | None]  # None: the mall's rate
    commission_set_at: Mapped[datetime | None]
    commission_set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    license_verified_at: Mapped[datetime | None]
    payout_account: Mapped[str] = mapped_column(String(80), default="")  # shown masked
    payout_account_changed_at: Mapped[datetime | None]
    banner: Mapped[str | None] = mapped_column(String(64))  # digest of a picture
    imported_from: Mapped[str | None] = mapped_column(String(120))
