"""Everything a product page shows, in three queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from core.db import db
from core.errors import NotFound
from core.money import Money
from mall.accounts.models import Person
from mall.catalog.models import Category, Product, ProductPicture, Variant
from mall.catalog.shelf import Tile, tiles_where
from mall.feedback.models import Favorite, Question, Review
from mall.sellers.models import Seller, SellerState

REVIEWS_SHOWN = 10
QUESTIONS_SHOWN = 10
SIMILAR_SHOWN = 6


@dataclass(frozen=True, slots=True)
class VariantView:
    """One of the things to choose from."""

    id: int
    label: str
    price: Money
    left: int
    sku: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A verdict as everybody reads it; `who` is shortened to an initial."""

    stars: int
    text: str
    reply: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product, its shop and shelf, and what people say about it."""

    product: Product
    seller: Seller
    category: Category
    variants: tuple[VariantView, ...]
    pictures: tuple[tuple[str, str], ...]
    distribution: dict[int, int]  # stars → how many
    questions: tuple[dict[str, Any], ...]
    reviews: tuple[ReviewView, ...]
    similar: tuple[Tile, ...]
    favorite: bool
    shop_products: int

    @property
    def stars(self) -> Any:
        """The mean verdict, None without one; only to be looked at."""
        count = self.product.review_count
        return self.product.review_sum / count if count else None

    @property
    def is_on_sale(self) -> bool:
        return self.product.listed_at is not None and self.seller.state == SellerState.APPROVED

    def chosen(self, variant_id: int | None) -> VariantView:
        """The variant asked for, else the first that can be bought."""
        for variant in self.variants:
            if variant.id == variant_id:
                return variant
        return next((v for v in self.variants if v.left > 0), self.variants[0])


def product_page(slug: str, viewer_id: int | None = None) -> ProductPage:
    """The page of a product on sale (its seller also sees it off sale); raises NotFound."""
    row = _product(slug, viewer_id)
    if row is None:
        raise NotFound("This product is not in the mall, or not any more.")
    product, seller, category, variants, pictures, distribution, questions, liked, shop = row
    on_sale = product.listed_at is not None and seller.state == SellerState.APPROVED
    if not on_sale and viewer_id != seller.owner_id:
        raise NotFound("This product is not in the mall, or not any more.")
    return ProductPage(
        product=product,
        seller=seller,
        category=category,
        variants=tuple(_variant(facts) for facts in variants),
        pictures=tuple((picture["digest"], picture["alt"]) for picture in pictures or ()),
        distribution={int(stars): count for stars, count in (distribution or {}).items()},
        questions=tuple(questions or ()),
        reviews=_reviews(product.id),
        similar=_similar(product),
        favorite=bool(liked),
        shop_products=shop,
    )


def _product(slug: str, viewer_id: int | None) -> Any:
    liked: Any = literal(False)
    if viewer_id is not None:
        liked = exists().where(Favorite.product_id == Product.id, Favorite.person_id == viewer_id)
    other = select(func.count()).where(
        Product.seller_id == Seller.id, Product.listed_at.is_not(None)
    )
    return db.session.execute(
        select(
            Product,
            Seller,
            Category,
            _variants(),
            _pictures(),
            _distribution(),
            _questions(),
            liked,
            other.correlate(Seller).scalar_subquery(),
        )
        .join(Seller, Seller.id == Product.seller_id)
        .join(Category, Category.id == Product.category_id)
        .where(Product.slug == slug)
    ).one_or_none()


def _list(of: Any, order: Any, *where: Any) -> Any:
    rows = select(func.json_agg(aggregate_order_by(of, order))).where(*where)
    return rows.correlate(Product).scalar_subquery()


def _variants() -> Any:
    facts = func.json_build_object(
        "id",
        Variant.id,
        "label",
        Variant.label,
        "price",
        Variant.price,
        "currency",
        Variant.currency,
        "left",
        Variant.on_hand - Variant.reserved,
        "sku",
        Variant.sku,
    )
    return _list(facts, Variant.position, Variant.product_id == Product.id)


def _pictures() -> Any:
    facts = func.json_build_object("digest", ProductPicture.digest, "alt", ProductPicture.alt)
    return _list(facts, ProductPicture.position, ProductPicture.product_id == Product.id)


def _questions() -> Any:
    last = (
        select(Question.text, Question.answer, Question.id)
        .where(Question.product_id == Product.id)
        .order_by((Question.answer == "").asc(), Question.id.desc())
        .limit(QUESTIONS_SHOWN)
        .correlate(Product)
        .subquery()
    )
    facts = func.json_build_object("text", last.c.text, "answer", last.c.answer)
    return select(func.json_agg(facts)).scalar_subquery()


def _distribution() -> Any:
    counted = (
        select(Review.stars.label("stars"), func.count().label("count"))
        .where(Review.product_id == Product.id)
        .group_by(Review.stars)
        .correlate(Product)
        .subquery()
    )
    return select(func.json_object_agg(counted.c.stars, counted.c.count)).scalar_subquery()


def _variant(facts: dict[str, Any]) -> VariantView:
    price = Money(facts["price"], facts["currency"])
    return VariantView(facts["id"], facts["label"], price, max(0, facts["left"]), facts["sku"])


def _reviews(product_id: int) -> tuple[ReviewView, ...]:
    rows: Sequence[Any] = db.session.execute(
        select(Review.stars, Review.text, Review.reply, Person.name, Review.created_at)
        .join(Person, Person.id == Review.buyer_id)
        .where(Review.product_id == product_id)
        .order_by((Review.text == "").asc(), Review.id.desc())
        .limit(REVIEWS_SHOWN)
    ).all()
    return tuple(ReviewView(r[0], r[1], r[2], f"{r[3][:1]}. · bought it here", r[4]) for r in rows)


def _similar(product: Product) -> tuple[Tile, ...]:
    same = and_(Product.category_id == product.category_id, Product.id != product.id)
    near = func.abs(Product.price_from - product.price_from)
    return tiles_where(same, (near, Product.id), SIMILAR_SHOWN)
