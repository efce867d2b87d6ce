"""Carts, of people and of guests."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model


class Cart(Model):
    """What someone is about to buy; a guest's is known by a token in the session."""

    __tablename__ = "cart"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (token is null)", name="person_or_guest"),
        {"info": {"removable": True}},
    )

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    token: Mapped[str | None] = mapped_column(String(40), unique=True)

    lines: Mapped[list["CartLine"]] = relationship(
        order_by="CartLine.id", cascade="all, delete-orphan"
    )


class CartLine(Model):
    """A variant and how many of it."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity between 1 and 99", name="quantity_is_1_to_99"),
        {"info": {"removable": True}},
    )

    cart_id: Mapped[int] = mapped_column(ForeignKey("cart.id"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    quantity: Mapped[int]
    price_seen: Mapped[int] = mapped_column(BigInteger, default=0)  # minor units, when last touched
