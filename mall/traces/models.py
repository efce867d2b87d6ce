"""Where a person was seen: at a sign-in or a checkout."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Trace(Model):
    """One sighting; thrown away after half a year."""

    __tablename__ = "trace"
    __table_args__ = (
        Index("ix_trace_person", "person_id"),
        Index("ix_trace_created_at", "created_at"),
        {"info": {"append_only": True, "removable": True}},
    )

    person_id: Mapped[int] = mapped_column(BigInteger)
    checkout_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)  # None: a sign-in
    device: Mapped[str] = mapped_column(String(64), default="")
    network: Mapped[str] = mapped_column(String(32), default="")
