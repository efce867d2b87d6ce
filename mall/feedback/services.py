"""Reviews by those who received the thing, replies, favorites, questions and answers."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict, InvalidInput, NotFound
from core.use_case import use_case
from mall.catalog.models import Product
from mall.feedback.models import Favorite, Question, Review
from mall.orders.models import Order, OrderLine

TEXT_LENGTH_MAX = 2_000
QUESTION_LENGTH_MAX = 500


class NotReceivedYet(Conflict):
    message = "You can review this once you have confirmed that you received it."


class ReviewedAlready(Conflict):
    message = "You have reviewed this already."


@use_case
def review(order_line_id: int, buyer_id: int, stars: int, text: str = "") -> Review:
    """A verdict of 1 to 5 stars by the buyer of a received line, once.

    Raises NotFound (not their line), NotReceivedYet, ReviewedAlready.
    """
    if not 1 <= stars <= 5:
        raise InvalidInput("Give one to five stars.")
    row = db.session.execute(
        select(OrderLine, Order.received_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id == order_line_id, Order.buyer_id == buyer_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    line, received_at = row
    if received_at is None:
        raise NotReceivedYet()
    written = Review(
        order_line_id=line.id,
        product_id=line.product_id,
        seller_id=line.seller_id,
        buyer_id=buyer_id,
        stars=stars,
        text=_text(text, TEXT_LENGTH_MAX),
    )
    try:
        with db.session.begin_nested():
            db.session.add(written)
    except IntegrityError:
        raise ReviewedAlready() from None
    _count(line.product_id, review_count=1, review_sum=stars)
    return written


@use_case
def reply(review_id: int, seller_id: int, text: str) -> None:
    """The seller answers a review of their goods; a new answer replaces the old one."""
    found: Review = one(select(Review).where(Review.id == review_id, Review.seller_id == seller_id))
    found.reply, found.replied_at = _needed(text, TEXT_LENGTH_MAX), clock.now()


@use_case
def toggle_favorite(person_id: int, product_id: int) -> bool:
    """Like a product, or no longer; returns whether it is a favorite now."""
    product = get(Product, product_id)
    mine = (Favorite.person_id == person_id, Favorite.product_id == product_id)
    gone = db.session.execute(delete(Favorite).where(*mine).returning(Favorite.id)).all()
    if gone:
        _count(product_id, favorite_count=-1)
        return False
    fresh = db.session.execute(
        insert(Favorite)
        .values(
            id=ids.new_id(),
            created_at=clock.now(),
            person_id=person_id,
            product_id=product_id,
            seller_id=product.seller_id,
        )
        .on_conflict_do_nothing()
        .returning(Favorite.id)
    ).all()
    if fresh:  # a double click may have been quicker
        _count(product_id, favorite_count=1)
    return True


@use_case
def ask(product_id: int, asker_id: int, text: str) -> Question:
    """A shopper asks the seller something everybody may read."""
    product = get(Product, product_id)
    question = Question(
        product_id=product.id,
        seller_id=product.seller_id,
        asker_id=asker_id,
        text=_needed(text, QUESTION_LENGTH_MAX),
    )
    db.session.add(question)
    db.session.flush()
    return question


@use_case
def answer(question_id: int, seller_id: int, text: str) -> None:
    """The seller answers a question about their goods; a new answer replaces the old one."""
    question: Question = one(
        select(Question).where(Question.id == question_id, Question.seller_id == seller_id)
    )
    question.answer, question.answered_at = _needed(text, TEXT_LENGTH_MAX), clock.now()


def _count(product_id: int, **changes: int) -> None:
    """Move a product's counters in the transaction of what they count."""
    values = {name: getattr(Product, name) + change for name, change in changes.items()}
    db.session.execute(
        update(Product)
        .where(Product.id == product_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    known = db.session.identity_map.get(db.session.identity_key(Product, product_id))
    if known is not None:
        db.session.expire(known, list(changes))


def _text(text: str, longest: int) -> str:
    cleaned = text.strip()
    if len(cleaned) > longest:
        raise InvalidInput(f"Write at most {longest} letters.")
    return cleaned


def _needed(text: str, longest: int) -> str:
    cleaned = _text(text, longest)
    if not cleaned:
        raise InvalidInput("Write a few words first.")
    return cleaned
