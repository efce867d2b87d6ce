"""A seller's day in figures, the last thirty days, and what waits for the seller."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, literal, select

from core import clock
from core.db import db
from core.money import Money
from mall.catalog.models import Product, Variant
from mall.disputes.models import DisputeCase, DisputeShare
from mall.feedback.models import Question, Review
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState, RefundState
from mall.sellers.models import Seller

DAYS = 30
LOW_STOCK = 3  # units that are still free


@dataclass(frozen=True, slots=True)
class Today:
    """Sales are what was paid, before refunds; `month` and `month_before` each hold 30 days."""

    sales: Money
    orders: int
    month: Money
    month_before: Money
    to_ship: int
    late: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """What waits for the seller, counted."""

    returns: int
    questions: int
    critical_reviews: int
    low_stock: int


@dataclass(frozen=True, slots=True)
class DayOfSales:
    """What was paid on a day less what was given back on it, in minor units."""

    on: date
    net: int


def today(seller_id: int, currency: str) -> Today:
    """One question to the orders."""
    start = clock.start_of(clock.today())
    month = clock.start_of(clock.today() - timedelta(DAYS - 1))
    before = clock.start_of(clock.today() - timedelta(2 * DAYS - 1))
    waits = Order.state == OrderState.PAID
    total = func.sum(Order.total)
    query = select(
        total.filter(Order.paid_at >= start),
        func.count().filter(Order.paid_at >= start),
        total.filter(Order.paid_at >= month),
        total.filter(and_(Order.paid_at >= before, Order.paid_at < month)),
        func.count().filter(waits),
        func.count().filter(and_(waits, Order.ship_by < clock.now())),
    ).where(Order.seller_id == seller_id)
    sales, orders, now, then, to_ship, late = db.session.execute(query).one()
    money = [Money(int(value or 0), currency) for value in (sales, now, then)]
    return Today(money[0], orders, money[1], money[2], to_ship, late)


def tasks(seller_id: int) -> Tasks:
    """One question for the four counts."""
    returns = select(func.count()).where(
        Refund.seller_id == seller_id, Refund.state == RefundState.OPENED
    )
    questions = select(func.count()).where(Question.seller_id == seller_id, Question.answer == "")
    critical = select(func.count()).where(
        Review.seller_id == seller_id, Review.stars <= 2, Review.reply == "", Review.text != ""
    )
    low = (
        select(func.count())
        .select_from(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Variant.seller_id == seller_id,
            Product.listed_at.is_not(None),
            Variant.on_hand - Variant.reserved <= LOW_STOCK,
        )
    )
    parts = (query.scalar_subquery() for query in (returns, questions, critical, low))
    return Tasks(*db.session.execute(select(*parts)).one())


def menu_counts(owner_id: int) -> dict[str, int]:
    """What waits behind the entries of the owner's menu, in one question."""
    mine = select(Seller.id).where(Seller.owner_id == owner_id).scalar_subquery()
    ship = select(func.count()).where(Order.seller_id == mine, Order.state == OrderState.PAID)
    opened = select(func.count()).where(
        Refund.seller_id == mine, Refund.state == RefundState.OPENED
    )
    disputed = (
        select(func.count(DisputeCase.id.distinct()))
        .join(DisputeShare, DisputeShare.case_id == DisputeCase.id)
        .where(DisputeShare.seller_id == mine, DisputeCase.state == "open")
    )
    counts = (count.scalar_subquery() for count in (ship, opened, disputed))
    to_ship, returns, disputes = db.session.execute(select(*counts)).one()
    return {"/seller/orders": to_ship, "/seller/returns": returns, "/seller/disputes": disputes}


def net_sales(seller_id: int) -> list[DayOfSales]:
    """The last thirty business days, today last; two questions."""
    first = clock.today() - timedelta(DAYS - 1)
    start = clock.start_of(first)
    paid = _by_day(Order.paid_at, Order.total, Order.seller_id == seller_id, Order.paid_at >= start)
    back = _by_day(
        Refund.decided_at,
        Refund.amount,
        Refund.seller_id == seller_id,
        Refund.state.in_((RefundState.ACCEPTED, RefundState.SETTLED, RefundState.FAILED)),
        Refund.decided_at >= start,
    )
    days = [first + timedelta(n) for n in range(DAYS)]
    return [DayOfSales(day, paid.get(day, 0) - back.get(day, 0)) for day in days]


def _by_day(instant: object, amount: object, *conditions: object) -> dict[date, int]:
    day = func.date(func.timezone(literal(clock.zone().key), instant)).label("day")
    query = select(day, func.sum(amount)).where(*conditions).group_by(day)  # type: ignore[arg-type]
    return {on: int(value) for on, value in db.session.execute(query)}
