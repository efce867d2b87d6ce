"""Warnings as they began and ended."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class EarlyWarning(Model):
    """One warning about one shop; open until a night no longer sees it."""

    __tablename__ = "early_warning"
    __table_args__ = (
        Index(
            "uq_early_warning_one_open",
            "seller_id",
            "code",
            unique=True,
            postgresql_where="ended_on is null",
        ),
        CheckConstraint("ended_on is null or ended_on >= began_on", name="ends_after_it_began"),
        {"info": {"frozen": "seller_id code began_on"}},
    )

    seller_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(4))
    began_on: Mapped[date]
    last_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(240))
    act: Mapped[str] = mapped_column(String(240))
    link: Mapped[str] = mapped_column(String(120))
