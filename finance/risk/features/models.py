"""What a night found usual in a category, kept by day."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base


class CategoryNorm(Base):
    """One number of what is usual among a category's shops, as of the start of a day.

    category_id  0: of all shops
    as_of        a day number: what was known before that day
    kind         hours, weekdays, near, reviews (finance.risk.features.norms); `bucket` of it
    part, whole  orders at that hour, and all; to the shop's own city, of those known; …
    shops        that sold in the category in 90 days
    """

    __tablename__ = "category_norm"
    __table_args__ = (
        CheckConstraint("part >= 0 and whole >= 0 and shops > 0", name="counts_are_counts"),
        {"info": {"append_only": True, "removable": True}},
    )

    as_of: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    category_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(BigInteger)
    whole: Mapped[int] = mapped_column(BigInteger)
    shops: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
