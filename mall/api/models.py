"""Keys that let a program act for a shop, or for the mall's admins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class ApiKey(Model):
    """A key of a seller's program, or (without a seller) of an admin's; only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("scope in ('read','write')", name="scope_is_known"),
        Index(
            "uq_api_key_person_name_unrevoked",
            "person_id",
            "name",
            unique=True,
            postgresql_where="revoked_at is null",
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who made it, and answers
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("seller.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    prefix: Mapped[str] = mapped_column(String(16))  # shown, so that people know which it is
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(5))  # write includes read
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
