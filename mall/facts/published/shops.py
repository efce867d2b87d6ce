"""Shops, shoppers, goods and what is said of them, as published rows."""

from typing import Any

from sqlalchemy import Select, func, literal, literal_column, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import CompoundSelect

from mall.accounts.models import Person
from mall.catalog.models import GoodsEvent, Product, StockMovement, Variant
from mall.facts.published import tables as t
from mall.facts.published.orders import place_of
from mall.facts.published.shaping import day, flag, lag, row
from mall.feedback.models import Favorite, Question, Review
from mall.history.models import HistoryLine, HistoryOrder
from mall.orders.models import Order, OrderLine
from mall.sellers.models import Seller
from mall.traces.models import Trace


def review_events() -> CompoundSelect[Any]:
    came = func.coalesce(HistoryOrder.delivered_at, HistoryOrder.paid_at)
    past = (
        select(
            *row(
                t.review_events,
                came,
                review_id=HistoryLine.id,
                line_id=HistoryLine.id,
                order_id=HistoryLine.order_id,
                seller_id=HistoryLine.seller_id,
                buyer_id=HistoryLine.buyer_id,
                stars=HistoryLine.stars,
                imported=1,
                kind=literal("written"),
                product=HistoryLine.product,
            )
        )
        .join(HistoryOrder, HistoryOrder.id == HistoryLine.order_id)
        .where(HistoryLine.stars.is_not(None))
    )
    return union_all(
        _review("written", Review.created_at, Order.received_at),
        _review("answered", Review.replied_at, Review.created_at).where(
            Review.replied_at.is_not(None)
        ),
        past,
    )


def _review(kind: str, at: Any, before: Any) -> Select[Any]:
    return (
        select(
            *row(
                t.review_events,
                at,
                review_id=Review.id,
                line_id=Review.order_line_id,
                order_id=OrderLine.order_id,
                seller_id=Review.seller_id,
                buyer_id=Review.buyer_id,
                stars=Review.stars,
                chars=func.length(Review.text),
                words=func.hashtextextended(func.lower(Review.text), literal_column("0")),
                begun_day=day(Review.created_at),
                lag_s=lag(before, at),
                imported=0,
                kind=literal(kind),
                product=Review.product_id,
            )
        )
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
    )


def question_events() -> CompoundSelect[Any]:
    asked = _question("asked", Question.created_at)
    return union_all(
        asked, _question("answered", Question.answered_at).where(Question.answered_at.is_not(None))
    )


def _question(kind: str, at: Any) -> Select[Any]:
    return select(
        *row(
            t.question_events,
            at,
            question_id=Question.id,
            seller_id=Question.seller_id,
            buyer_id=Question.asker_id,
            begun_day=day(Question.created_at),
            lag_s=lag(Question.created_at, at),
            kind=literal(kind),
            product=Question.product_id,
        )
    )


def favorites() -> Select[Any]:
    return select(
        *row(
            t.favorites,
            Favorite.created_at,
            seller_id=Favorite.seller_id,
            buyer_id=Favorite.person_id,
            product=Favorite.product_id,
        )
    )


def listings() -> Select[Any]:
    return select(
        *row(
            t.listings,
            Product.created_at,
            seller_id=Product.seller_id,
            category_id=Product.category_id,
            product=Product.id,
        )
    )


def stock_movements() -> Select[Any]:
    return select(
        *row(
            t.stock_movements,
            StockMovement.created_at,
            seller_id=StockMovement.seller_id,
            variant_id=StockMovement.variant_id,
            change=StockMovement.change,
            cause=StockMovement.cause,
            product=Variant.product_id,
        )
    ).join(Variant, Variant.id == StockMovement.variant_id)


def goods_events() -> Select[Any]:
    event = GoodsEvent
    return select(
        *row(
            t.goods_events,
            event.created_at,
            event_id=event.id,
            seller_id=event.seller_id,
            variant_id=event.variant_id,
            price=event.price,
            before=event.before,
            kind=event.kind,
            product=event.product_id,
        )
    )


def _first_seen(whom: Any, column: Any) -> Any:
    """When somebody came here, or the first imported order: a history is older than its import."""
    paid = select(func.min(HistoryOrder.paid_at)).where(column == whom.id)
    return func.least(whom.created_at, paid.scalar_subquery())


def sellers() -> Select[Any]:
    return select(
        *row(
            t.sellers,
            _first_seen(Seller, HistoryOrder.seller_id),
            seller_id=Seller.id,
            owner_id=Seller.owner_id,
            imported=flag(Seller.imported_from.is_not(None)),
        )
    )


def seller_events() -> CompoundSelect[Any]:
    return union_all(
        _found("license", Seller.license_verified_at),
        _found("account", Seller.payout_account_changed_at),
    )


def _found(kind: str, at: Any) -> Select[Any]:
    return select(*row(t.seller_events, at, seller_id=Seller.id, kind=literal(kind))).where(
        at.is_not(None)
    )


def buyers() -> Select[Any]:
    return select(
        *row(
            t.buyers,
            _first_seen(Person, HistoryOrder.buyer_id),
            buyer_id=Person.id,
            verified_level=Person.verified_level,
            imported=flag(Person.email.is_(None)),
        )
    )


def shared_places() -> Select[Any]:
    mine, theirs = aliased(Order), aliased(Order)
    known = func.greatest(func.min(mine.paid_at), func.min(theirs.paid_at))
    return (
        select(
            *row(
                t.shared_places,
                known,
                buyer_id=mine.buyer_id,
                other_id=theirs.buyer_id,
                place=place_of(mine),
            )
        )
        .join(theirs, place_of(theirs) == place_of(mine))
        .where(
            theirs.buyer_id != mine.buyer_id,
            mine.paid_at.is_not(None),
            theirs.paid_at.is_not(None),
        )
        .group_by(mine.buyer_id, theirs.buyer_id, place_of(mine))
    )


def traces() -> Select[Any]:
    return select(
        *row(
            t.traces,
            Trace.created_at,
            buyer_id=Trace.person_id,
            device=Trace.device,
            network=Trace.network,
        )
    )
