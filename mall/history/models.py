"""Imported order history: its own tables and its own mark, never part of the book."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class HistoryImport(Model):
    """One file taken in; `rows_done` says where a stopped import goes on."""

    __tablename__ = "history_import"

    digest: Mapped[str] = mapped_column(String(64), unique=True)  # of the file and the options
    name: Mapped[str] = mapped_column(String(160))
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    rows_done: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    refused: Mapped[int] = mapped_column(BigInteger, default=0)
    finished_at: Mapped[datetime | None]


class HistoryRefusal(Model):
    """A row that could not be taken in, and why."""

    __tablename__ = "history_refusal"
    __table_args__ = (UniqueConstraint("import_id", "row"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("history_import.id"))
    row: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200))


class HistoryOrder(Model):
    """An order that another shop's records tell of; `total` and `refunded` in minor units."""

    __tablename__ = "history_order"
    __table_args__ = (
        UniqueConstraint("seller_id", "key"),
        Index("ix_history_order_seller_paid", "seller_id", "paid_at"),
        Index("ix_history_order_buyer_paid", "buyer_id", "paid_at"),
        CheckConstraint("total >= 0 and refunded >= 0", name="amounts_are_not_negative"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("history_import.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    canceled_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]


class HistoryLine(Model):
    """One line of such an order."""

    __tablename__ = "history_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        Index("ix_history_line_bought", "seller_id", "buyer_id", "product"),
        CheckConstraint("quantity > 0 and price >= 0", name="line_sells_something"),
        CheckConstraint("returned between 0 and quantity", name="never_return_more_than_bought"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("history_order.id"))
    seller_id: Mapped[int] = mapped_column(BigInteger)
    buyer_id: Mapped[int | None] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(Integer)
    product: Mapped[str] = mapped_column(String(80))
    quantity: Mapped[int]
    price: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(default=0)
    returned_at: Mapped[datetime | None]
    stars: Mapped[int | None] = mapped_column(SmallInteger)


class HistoryParty(Model):
    """Who a seller or buyer of another shop's records is here; `source` parts two shops' numbers."""

    __tablename__ = "history_party"
    __table_args__ = (
        UniqueConstraint("source", "kind", "key"),
        CheckConstraint("kind in ('seller','buyer')", name="kind_is_known"),
    )

    source: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(6))
    key: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigInteger)
