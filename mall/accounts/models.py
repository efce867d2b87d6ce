"""People and where they live."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Role(StrEnum):
    """What a person is here for; a seller may shop too, a bank's people read what it funds."""

    SHOPPER = "shopper"
    SELLER = "seller"
    ADMIN = "admin"
    BANK = "bank"


class Person(UserMixin, Model):
    """Someone with an account; imported people have no e-mail address and cannot sign in."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("role in ('shopper','seller','admin','bank')", name="role_is_known"),
    )

    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # kept in lower case
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(10), default=Role.SHOPPER)
    verified_level: Mapped[int] = mapped_column(default=0)  # 0 e-mail, 1 phone, 2 identity
    born_year: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(64))  # last seen device mark, hashed
    suspended_at: Mapped[datetime | None]
    passwords_changed: Mapped[int] = mapped_column(default=0)  # older sessions are signed out

    def get_id(self) -> str:
        """What a session remembers: who, and how often the password had changed by then."""
        return f"{self.id}.{self.passwords_changed}"

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_seller(self) -> bool:
        return self.role == Role.SELLER

    @property
    def is_bank(self) -> bool:
        return self.role == Role.BANK

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None and self.password_hash is not None


class Address(Model):
    """A postal address of a person's; orders keep a copy of their own."""

    __tablename__ = "address"
    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_has_two_letters"),
        {"info": {"removable": True}},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(80))
    line: Mapped[str] = mapped_column(String(160))
    city: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(80))
    postcode: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166
    phone: Mapped[str] = mapped_column(String(32), default="")
