"""Facts as relations: named selectables for scoring, live and imported orders in one shape.

Each has `happened_at` (when it was so) and `known_at` (when the mall could know it), and no name,
address or text of a person. This is the privacy boundary: what is not here, the lender cannot see.
"""

from sqlalchemy import and_, exists, false, func, literal, null, select, true, union_all
from sqlalchemy.sql.selectable import Subquery

from mall.catalog.models import Product, StockMovement
from mall.feedback.models import Favorite, Question, Review
from mall.history.models import HistoryLine, HistoryOrder
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.orders.rules import Cause, RefundState

_DECIDED = (RefundState.ACCEPTED, RefundState.SETTLED, RefundState.FAILED)


def _orders() -> Subquery:
    given_for_no_stock = exists().where(Refund.order_id == Order.id, Refund.cause == Cause.NO_STOCK)
    live = select(
        Order.id.label("order_id"),
        Order.seller_id,
        Order.buyer_id,
        Order.paid_at.label("happened_at"),
        Order.paid_at.label("known_at"),
        Order.total,
        Order.address["region"].as_string().label("region"),
        Order.ship_by,
        Order.shipped_at,
        Order.delivered_at,
        Order.received_at.label("settled_at"),
        Order.received_by_timer.label("by_timer"),
        Order.canceled_at,
        Order.canceled_by,
        and_(Order.canceled_by == "seller", given_for_no_stock).label("no_stock"),
        Order.paid_with.startswith("pay_later").label("on_credit"),
        false().label("imported"),
    ).where(Order.paid_at.is_not(None))
    settled = func.coalesce(
        HistoryOrder.delivered_at, HistoryOrder.shipped_at, HistoryOrder.paid_at
    )
    past = select(
        HistoryOrder.id,
        HistoryOrder.seller_id,
        HistoryOrder.buyer_id,
        HistoryOrder.paid_at,
        HistoryOrder.paid_at,
        HistoryOrder.total,
        HistoryOrder.region,
        null(),
        HistoryOrder.shipped_at,
        HistoryOrder.delivered_at,
        settled,
        false(),
        HistoryOrder.canceled_at,
        literal(""),
        false(),
        false(),
        true(),
    )
    return union_all(live, past).subquery("fact_orders")


def _order_lines() -> Subquery:
    live = (
        select(
            OrderLine.id.label("line_id"),
            OrderLine.order_id,
            OrderLine.seller_id,
            OrderLine.buyer_id,
            func.cast(OrderLine.product_id, OrderLine.title.type).label("product"),
            OrderLine.category_id,
            OrderLine.quantity,
            OrderLine.amount,
            Order.paid_at.label("happened_at"),
            Order.paid_at.label("known_at"),
            false().label("imported"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.paid_at.is_not(None))
    )
    past = select(
        HistoryLine.id,
        HistoryLine.order_id,
        HistoryLine.seller_id,
        HistoryLine.buyer_id,
        HistoryLine.product,
        null(),
        HistoryLine.quantity,
        HistoryLine.amount,
        HistoryOrder.paid_at,
        HistoryOrder.paid_at,
        true(),
    ).join(HistoryOrder, HistoryOrder.id == HistoryLine.order_id)
    return union_all(live, past).subquery("fact_order_lines")


def _refunds() -> Subquery:
    live = select(
        Refund.id.label("refund_id"),
        Refund.order_id,
        Refund.seller_id,
        Refund.buyer_id,
        Refund.amount,
        Refund.cause,
        Refund.fault,
        Refund.created_at.label("happened_at"),
        Refund.decided_at.label("known_at"),
        false().label("imported"),
    ).where(Refund.state.in_(_DECIDED))
    when = func.coalesce(HistoryOrder.returned_at, HistoryOrder.canceled_at, HistoryOrder.paid_at)
    past = select(
        HistoryOrder.id,
        HistoryOrder.id,
        HistoryOrder.seller_id,
        HistoryOrder.buyer_id,
        HistoryOrder.refunded,
        literal("returned"),
        literal("buyer"),
        when,
        when,
        true(),
    ).where(HistoryOrder.refunded > 0)
    return union_all(live, past).subquery("fact_refunds")


def _reviews() -> Subquery:
    live = select(
        Review.seller_id,
        Review.buyer_id,
        Review.product_id,
        Review.stars,
        (Review.replied_at.is_not(None)).label("answered"),
        Review.created_at.label("happened_at"),
        Review.created_at.label("known_at"),
        false().label("imported"),
    )
    past = (
        select(
            HistoryLine.seller_id,
            HistoryLine.buyer_id,
            null(),
            HistoryLine.stars,
            false(),
            func.coalesce(HistoryOrder.delivered_at, HistoryOrder.paid_at),
            func.coalesce(HistoryOrder.delivered_at, HistoryOrder.paid_at),
            true(),
        )
        .join(HistoryOrder, HistoryOrder.id == HistoryLine.order_id)
        .where(HistoryLine.stars.is_not(None))
    )
    return union_all(live, past).subquery("fact_reviews")


orders = _orders()
order_lines = _order_lines()
refunds = _refunds()
reviews = _reviews()
shipments = (
    select(
        Shipment.order_id,
        Shipment.seller_id,
        Shipment.first_scan_at,
        Shipment.delivered_at,
        Shipment.weight_grams,
        Shipment.created_at.label("happened_at"),
        Shipment.created_at.label("known_at"),
    )
).subquery("fact_shipments")
favorites = (
    select(
        Favorite.seller_id,
        Favorite.person_id.label("buyer_id"),
        Favorite.product_id,
        Favorite.created_at.label("happened_at"),
        Favorite.created_at.label("known_at"),
    )
).subquery("fact_favorites")
questions = (
    select(
        Question.seller_id,
        Question.asker_id.label("buyer_id"),
        Question.answered_at,
        Question.created_at.label("happened_at"),
        Question.created_at.label("known_at"),
    )
).subquery("fact_questions")
listings = (
    select(
        Product.id.label("product_id"),
        Product.seller_id,
        Product.category_id,
        Product.listed_at.label("happened_at"),
        Product.listed_at.label("known_at"),
    ).where(and_(Product.listed_at.is_not(None)))
).subquery("fact_listings")
stock_movements = (
    select(
        StockMovement.seller_id,
        StockMovement.variant_id,
        StockMovement.change,
        StockMovement.cause,
        StockMovement.created_at.label("happened_at"),
        StockMovement.created_at.label("known_at"),
    )
).subquery("fact_stock_movements")

ALL = {
    relation.name: relation
    for relation in (
        orders,
        order_lines,
        refunds,
        reviews,
        shipments,
        favorites,
        questions,
        listings,
        stock_movements,
    )
}
