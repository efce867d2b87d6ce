"""What shoppers say: reviews, favorites, questions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class Review(Model):
    """A verdict on one received order line; only its buyer can write it, once."""

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("stars between 1 and 5", name="stars_are_1_to_5"),)

    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stars: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]


class Favorite(Model):
    """A shopper likes a product."""

    __tablename__ = "favorite"
    __table_args__ = (
        UniqueConstraint("person_id", "product_id"),
        {"info": {"removable": True}},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)


class Question(Model):
    """A shopper asks about a product; its seller answers."""

    __tablename__ = "question"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(500))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
