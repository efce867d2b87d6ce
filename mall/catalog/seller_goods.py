"""A shop's goods as its seller sees them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from core.db import db, one
from core.money import Money
from mall.catalog.models import Category, Product, ProductPicture, Variant

PAGE_SIZE = 50
LOW = 3  # units left or fewer


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One variant in the list."""

    variant_id: int
    product_id: int
    slug: str
    title: str
    label: str
    sku: str
    price: Money
    on_hand: int
    reserved: int
    sold: int
    listed: bool
    picture: str | None

    @property
    def left(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        return self.left <= LOW


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """One page of the list; `low` of all `total` variants are nearly sold out."""

    lines: tuple[GoodsLine, ...]
    page: int
    total: int
    low: int
    matching: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching // PAGE_SIZE))


def goods(seller_id: int, *, words: str = "", low: bool = False, page: int = 1) -> GoodsPage:
    """A shop's variants, the newest product first, in two queries."""
    nearly_gone = Variant.on_hand - Variant.reserved <= LOW
    wanted: list[Any] = [Variant.seller_id == seller_id]
    chosen = list(wanted)
    if words:
        found = (field.icontains(words, autoescape=True)
                 for field in (Product.title, Variant.sku, Variant.label))  # fmt: skip
        chosen.append(or_(*found))
    if low:
        chosen.append(nearly_gone)
    total, few, matching = db.session.execute(
        select(
            func.count(),
            func.count().filter(nearly_gone),
            func.count().filter(*chosen),
        )
        .join(Product, Product.id == Variant.product_id)
        .where(*wanted)
    ).one()
    page = max(1, min(page, -(-matching // PAGE_SIZE)))
    rows = db.session.execute(
        select(
            Variant, Product.slug, Product.title, Product.sold, Product.listed_at, Product.picture
        )
        .join(Product, Product.id == Variant.product_id)
        .where(*chosen)
        .order_by(Product.id.desc(), Variant.position)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return GoodsPage(tuple(_line(*row) for row in rows), page, total, few, matching)


def product(product_id: int, seller_id: int) -> tuple[Product, str, list[tuple[str, str]]]:
    """One's own product, its category's slug, and its pictures (digest, alt); raises NotFound."""
    found: Product = one(
        select(Product).where(Product.id == product_id, Product.seller_id == seller_id)
    )
    slug = db.session.scalar(select(Category.slug).where(Category.id == found.category_id)) or ""
    shown = db.session.execute(
        select(ProductPicture.digest, ProductPicture.alt)
        .where(ProductPicture.product_id == found.id)
        .order_by(ProductPicture.position)
    ).all()
    return found, slug, [(row.digest, row.alt) for row in shown]


def _line(
    variant: Variant, slug: str, title: str, sold: int, listed_at: Any, picture: str | None
) -> GoodsLine:
    return GoodsLine(
        variant.id,
        variant.product_id,
        slug,
        title,
        variant.label,
        variant.sku,
        variant.money,
        variant.on_hand,
        variant.reserved,
        sold,
        listed_at is not None,
        variant.picture or picture,
    )
