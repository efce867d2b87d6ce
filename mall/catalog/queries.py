"""Reads for the shop's pages; shelves and product pages have files of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, true

from core import clock
from core.db import db, one
from mall.catalog.models import Category, Picture, Product
from mall.catalog.product_page import ProductPage, product_page
from mall.catalog.shelf import Facets, Page, Tile, listing, tiles_where
from mall.sellers.models import Seller, SellerState

__all__ = [
    "Facets",
    "Page",
    "ProductPage",
    "Tile",
    "categories",
    "category",
    "home",
    "listing",
    "product_page",
    "shop",
]

KEPT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as menus and the home page show it, with the face of what sells best there."""

    slug: str
    name: str
    blurb: str
    picture: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows."""

    selling: tuple[Tile, ...]
    fresh: tuple[Tile, ...]
    loved: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as its visitors see it."""

    seller: Seller
    products: int
    sold: int
    review_count: int
    review_sum: int

    @property
    def stars(self) -> object:
        """The mean verdict on all its goods, None without one; only to be looked at."""
        return self.review_sum / self.review_count if self.review_count else None


_kept: list[tuple[datetime, tuple[Shelf, ...]]] = []


def categories() -> tuple[Shelf, ...]:
    """All categories in order; every process keeps them for a minute, as each page shows them."""
    if _kept and abs(clock.now() - _kept[-1][0]) < KEPT:
        return _kept[-1][1]
    face = (
        select(Product.picture)
        .where(Product.category_id == Category.id, Product.listed_at.is_not(None))
        .where(Product.picture.is_not(None))
        .order_by(Product.sold.desc(), Product.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Category.slug, Category.name, Category.blurb, face).order_by(
            Category.position, Category.name
        )
    ).all()
    found = tuple(Shelf(*row) for row in rows)
    _kept[:] = [(clock.now(), found)]
    return found


def forget_categories() -> None:
    """Read them anew next time, as after a change."""
    _kept.clear()


def category(slug: str) -> Category:
    """A category by its slug; raises NotFound."""
    found: Category = one(select(Category).where(Category.slug == slug))
    return found


def home(viewer_id: int | None = None) -> Home:
    """What sells, what is new, and what is well reviewed (three reviews or more)."""
    last = Product.id.desc()
    selling = (Product.sold.desc(), last)
    fresh = (Product.listed_at.desc().nulls_last(), last)
    loved = (Product.verdict.desc(), last)
    return Home(
        selling=tiles_where(true(), selling, 10, 0, viewer_id),
        fresh=tiles_where(true(), fresh, 6, 0, viewer_id),
        loved=tiles_where(Product.review_count >= 3, loved, 6, 0, viewer_id),
    )


def shop(slug: str) -> Shop:
    """An open shop with its sums; raises NotFound."""
    seller: Seller = one(
        select(Seller).where(Seller.slug == slug, Seller.state == SellerState.APPROVED)
    )
    sums = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Product.sold), 0),
            func.coalesce(func.sum(Product.review_count), 0),
            func.coalesce(func.sum(Product.review_sum), 0),
        ).where(Product.seller_id == seller.id, Product.listed_at.is_not(None))
    ).one()
    return Shop(seller, *sums)


def picture_digests(digests: Sequence[str]) -> set[str]:
    """Which of these pictures are there."""
    return set(db.session.scalars(select(Picture.digest).where(Picture.digest.in_(digests))))
