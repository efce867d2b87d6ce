"""What a shopper said and may still say, and what a seller should answer."""

from collections.abc import Sequence

from sqlalchemy import Row, exists, func, select

from core.db import db
from core.errors import NotFound
from mall.catalog.models import Product
from mall.catalog.shelf import Tile, tiles_where
from mall.feedback.models import Favorite, Question, Review
from mall.orders.models import Order, OrderLine

SHOWN = 50


def favorites(person_id: int, limit: int = 96) -> tuple[Tile, ...]:
    """The products a shopper likes that are on sale, the latest first."""
    mine = (
        select(Favorite.id)
        .where(Favorite.product_id == Product.id, Favorite.person_id == person_id)
        .scalar_subquery()
    )
    return tiles_where(mine.is_not(None), (mine.desc(),), limit, 0, person_id)


def to_review(buyer_id: int) -> Sequence[OrderLine]:
    """Received lines without a verdict, the latest first."""
    done = exists().where(Review.order_line_id == OrderLine.id)
    return db.session.scalars(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.buyer_id == buyer_id, Order.received_at.is_not(None), ~done)
        .order_by(OrderLine.id.desc())
        .limit(SHOWN)
    ).all()


def line_to_review(line_id: int, buyer_id: int) -> OrderLine:
    """A received line of this buyer's without a verdict; raises NotFound."""
    done = exists().where(Review.order_line_id == OrderLine.id)
    line = db.session.scalars(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id == line_id, Order.buyer_id == buyer_id)
        .where(Order.received_at.is_not(None), ~done)
    ).one_or_none()
    if line is None:
        raise NotFound()
    return line


def written(buyer_id: int) -> Sequence[Row[Review, str, str]]:
    """(Review, title, slug) of what a buyer wrote, the latest first."""
    return db.session.execute(
        select(Review, Product.title, Product.slug)
        .join(Product, Product.id == Review.product_id)
        .where(Review.buyer_id == buyer_id)
        .order_by(Review.id.desc())
        .limit(SHOWN)
    ).all()


def product_id(slug: str) -> tuple[int, str]:
    """(id, slug) of a product on sale; raises NotFound."""
    row = db.session.execute(
        select(Product.id, Product.slug).where(Product.slug == slug, Product.listed_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound("This product is not in the mall, or not any more.")
    return row[0], row[1]


def reviews_of(seller_id: int) -> Sequence[Row[Review, str, str]]:
    """(Review, title, slug) of a shop's goods: unanswered critical ones first, then the latest."""
    urgent = (Review.reply == "") & (Review.stars <= 3)
    return db.session.execute(
        select(Review, Product.title, Product.slug)
        .join(Product, Product.id == Review.product_id)
        .where(Review.seller_id == seller_id)
        .order_by(urgent.desc(), Review.id.desc())
        .limit(SHOWN)
    ).all()


def questions_of(seller_id: int) -> Sequence[Row[Question, str, str]]:
    """(Question, title, slug) about a shop's goods: unanswered first, then the latest."""
    return db.session.execute(
        select(Question, Product.title, Product.slug)
        .join(Product, Product.id == Question.product_id)
        .where(Question.seller_id == seller_id)
        .order_by((Question.answer == "").desc(), Question.id.desc())
        .limit(SHOWN)
    ).all()


def verdicts_of(seller_id: int) -> dict[int, int]:
    """How often each number of stars was given to a shop's goods."""
    rows = db.session.execute(
        select(Review.stars, func.count())
        .where(Review.seller_id == seller_id)
        .group_by(Review.stars)
    ).all()
    return {row[0]: row[1] for row in rows}
