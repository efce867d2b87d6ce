"""Features that were worked out once and are kept: what a decision of that day stands on."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Integer, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base


class FeatureRow(Base):
    """The features of one subject as of the start of a day, by one definition.

    as_of_day   days since 1970; what was known before that day is in it
    definition  hash of the SQL and of what stands behind its relations
    figures     in the order of the definition's features; null where nothing can be said
    """

    __tablename__ = "feature_row"
    __table_args__ = (
        CheckConstraint("subject in ('seller','buyer')", name="subject_is_known"),
        {"info": {"append_only": True}},
    )

    subject: Mapped[str] = mapped_column(String(6), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    as_of_day: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(String(64), primary_key=True)
    figures: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
