"""Products, their variants with stock, and their pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import triggers
from core.db import Model
from core.money import Money


class Category(Model):
    """A shelf of the mall."""

    __tablename__ = "category"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    blurb: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(SmallInteger, default=0)


class Product(Model):
    """Something a seller offers; its variants are what one puts into a cart.

    The counters (`sold`, `review_count`, `review_sum`, `favorite_count`, `price_from`) are kept
    beside the rows they count so that a listing is one query.
    """

    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_search", "search", postgresql_using="gin"),
        Index("ix_product_shelf", "category_id", "listed_at", "id"),
        # each order in which the home page and the largest shelves are read
        Index("ix_product_selling", text("sold desc"), text("id desc")),
        Index("ix_product_fresh", text("listed_at desc nulls last"), text("id desc")),
        Index("ix_product_loved", text("verdict desc"), text("id desc")),
        Index("ix_product_shelf_selling", "category_id", text("sold desc"), text("id desc")),
        CheckConstraint(
            "sold >= 0 and review_count >= 0 and favorite_count >= 0", name="counts_are_counts"
        ),
        CheckConstraint("tax_class in ('standard','reduced','zero')", name="tax_class_is_known"),
        UniqueConstraint("seller_id", "form_key"),
        {"info": {"frozen": "seller_id form_key"}},
    )

    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"), index=True)
    form_key: Mapped[str | None] = mapped_column(String(60))  # of the form that made it
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    tax_class: Mapped[str] = mapped_column(  # of mall/taxes: which rate its price contains
        String(10), default="standard", server_default="standard"
    )
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    brand: Mapped[str] = mapped_column(String(60), default="")
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    words: Mapped[str] = mapped_column(
        Text, default=""
    )  # searched: title, brand, category, CJK pairs
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple', words)", persisted=True), deferred=True
    )
    listed_at: Mapped[datetime | None]  # None: not on sale
    price_from: Mapped[int] = mapped_column(BigInteger, default=0)  # minor units, cheapest variant
    sold: Mapped[int] = mapped_column(default=0)
    review_count: Mapped[int] = mapped_column(default=0)
    review_sum: Mapped[int] = mapped_column(default=0)  # of stars
    # thousandths of stars; five made-up verdicts of 3 keep one lucky review from the top
    verdict: Mapped[int] = mapped_column(
        Computed("(review_sum + 15) * 1000 / (review_count + 5)", persisted=True)
    )
    favorite_count: Mapped[int] = mapped_column(default=0)
    picture: Mapped[str | None] = mapped_column(String(64))  # digest of the first picture

    variants: Mapped[list["Variant"]] = relationship(
        order_by="Variant.position", cascade="all, delete-orphan", back_populates="product"
    )


class Variant(Model):
    """One thing with a price and a stock.

    `on_hand` units are in the house, `reserved` of them are promised to payments under way;
    the database never lets more be promised than there is. Only a `StockMovement` moves `on_hand`.
    """

    __tablename__ = "variant"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_is_positive"),
        CheckConstraint("on_hand >= 0", name="on_hand_is_not_negative"),
        CheckConstraint("reserved >= 0 and reserved <= on_hand", name="never_oversold"),
        UniqueConstraint("seller_id", "sku"),
        {"info": {"frozen": "product_id seller_id currency on_hand"}},
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("seller.id"))
    sku: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(120), default="")  # "Black, 256 GB"
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    price: Mapped[int] = mapped_column(BigInteger)  # minor units
    currency: Mapped[str] = mapped_column(String(3))
    weight_grams: Mapped[int] = mapped_column(default=0)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    picture: Mapped[str | None] = mapped_column(String(64))

    product: Mapped[Product] = relationship(back_populates="variants")

    @property
    def left(self) -> int:
        """Units one may still buy."""
        return self.on_hand - self.reserved

    @property
    def money(self) -> Money:
        return Money(self.price, self.currency)


class StockMovement(Model):
    """Every change of `on_hand`, with its cause; a fact for the lender too.

    Writing it moves the number: a trigger counts `change` into the variant.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index(
            "uq_stock_movement_form",
            "variant_id",
            "ref",
            unique=True,
            postgresql_where="ref like 'form:%'",
        ),
        Index("ix_stock_movement_sold", "ref", postgresql_where="cause = 'sold'"),
        {"info": {"append_only": True}},
    )

    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    change: Mapped[int]
    cause: Mapped[str] = mapped_column(String(20))  # received, sold, returned, counted
    ref: Mapped[str] = mapped_column(String(40), default="")


class GoodsEvent(Model):
    """What a shop did to its goods: a price it set (`before`: the one it had), on or off the shelf.

    Written by `mall.catalog.changes`; a fact for the lender.
    """

    __tablename__ = "goods_event"
    __table_args__ = (
        CheckConstraint("kind in ('priced','listed','unlisted')", name="kind_is_known"),
        CheckConstraint(
            "case kind when 'priced' then variant_id is not null and price > 0 "
            "else variant_id is null and price is null and before is null end",
            name="prices_are_of_variants",
        ),
        {"info": {"append_only": True}},
    )

    seller_id: Mapped[int] = mapped_column(BigInteger, index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variant.id"))
    kind: Mapped[str] = mapped_column(String(10))
    price: Mapped[int | None] = mapped_column(BigInteger)  # minor units
    before: Mapped[int | None] = mapped_column(BigInteger)


class Picture(Model):
    """The bytes of a picture, kept once by their digest."""

    __tablename__ = "picture"

    digest: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256, hex
    media_type: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ProductPicture(Model):
    """Which pictures a product shows, in order."""

    __tablename__ = "product_picture"
    __table_args__ = (
        UniqueConstraint("product_id", "position"),
        {"info": {"removable": True}},
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    digest: Mapped[str] = mapped_column(ForeignKey("picture.digest"))
    alt: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(SmallInteger, default=0)


class SearchWord(Model):
    """A word that occurs in some product, with its trigrams: where a mistyped word is looked up."""

    __tablename__ = "search_word"
    __table_args__ = (Index("ix_search_word_pieces", "pieces", postgresql_using="gin"),)

    word: Mapped[str] = mapped_column(String(60), unique=True)
    pieces: Mapped[list[str]] = mapped_column(ARRAY(String(3)))


triggers.expect(
    {
        "reservation_adds_up": "promises_add_up",
        "stock_movement_moves": "stock_movement_moves",
        "stock_movement_sold_adds_up": "sold_adds_up",
        "variant_adds_up": "promises_add_up",
        "variant_begins_empty": "variant_begins_empty",
    },
    {
        "promises_add_up": "809d669c591bfd2cd007af737a281d58",
        "stock_movement_moves": "9dae625db271759d0e82d53c096a7d55",
        "variant_begins_empty": "ba72064cbbb1f5e64d11e3f08f054f6e",
    },
)
