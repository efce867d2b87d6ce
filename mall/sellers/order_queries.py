"""A seller's orders: the list by state and words, and one order with its money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db, one
from core.money import Money
from mall.checkout.models import Checkout
from mall.orders.models import Order, OrderLine, Shipment
from mall.orders.queries import paid_in_words
from mall.orders.rules import OrderState
from mall.payouts.models import SettlementLine

PER_PAGE = 25
EXPORTED_MAX = 20_000


@dataclass(frozen=True, slots=True)
class SellerOrder:
    """A row of the list; `late` when its promise to ship has passed."""

    number: str
    paid_at: datetime
    buyer: str
    goods: str
    units: int
    state: str
    ship_by: datetime | None
    late: bool
    total: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page of the list and how many rows each view has."""

    rows: list[SellerOrder]
    counts: dict[str, int]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class SellerOrderView:
    """One order, how it was paid, and its settlement."""

    order: Order
    checkout_number: str
    payment_ref: str
    paid_with: str
    settlement: list[SettlementLine]
    late: bool


def views() -> dict[str, ColumnElement[bool]]:
    """The list's views by name, in the order shown."""
    to_ship = Order.state == OrderState.PAID
    return {
        "all": Order.paid_at.is_not(None),
        "to_ship": to_ship,
        "late": and_(to_ship, Order.ship_by < clock.now()),
        "on_its_way": Order.state.in_((OrderState.SHIPPED, OrderState.DELIVERED)),
        "received": Order.state == OrderState.RECEIVED,
        "canceled": and_(Order.state == OrderState.CANCELED, Order.paid_at.is_not(None)),
    }


def page_of_seller(seller_id: int, view: str, words: str, page: int) -> OrdersPage:
    """One page of the seller's paid orders, the newest first; late ones first among those to ship."""
    counts = _counts(seller_id)
    query = _found(seller_id, view, words)
    total = _count(query) if words else counts[view]
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    rows = db.session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return OrdersPage([_row(order) for order in rows], counts, page, pages, total)


def all_of_seller(seller_id: int, view: str, words: str) -> list[SellerOrder]:
    """The rows of the list, for the file."""
    query = _found(seller_id, view, words).limit(EXPORTED_MAX)
    return [_row(order) for order in db.session.scalars(query)]


def of_seller(number: str, seller_id: int) -> SellerOrderView:
    """The seller's paid order; raises NotFound for a stranger's."""
    order: Order = one(
        select(Order).where(
            Order.number == number, Order.seller_id == seller_id, Order.paid_at.is_not(None)
        )
    )
    checkout = db.session.get_one(Checkout, order.checkout_id)
    return SellerOrderView(
        order=order,
        checkout_number=checkout.number,
        payment_ref=checkout.payment_ref,
        paid_with=paid_in_words(order.id),
        settlement=settlement_of(order.id),
        late=_is_late(order),
    )


def settlement_of(order_id: int) -> list[SettlementLine]:
    """What became of an order's money when it was released, in settlement order."""
    query = select(SettlementLine).where(SettlementLine.order_id == order_id)
    return list(db.session.scalars(query.order_by(SettlementLine.step, SettlementLine.id)))


def _counts(seller_id: int) -> dict[str, int]:
    columns = [func.count().filter(test).label(name) for name, test in views().items()]
    query = select(*columns).select_from(Order).where(Order.seller_id == seller_id)
    return dict(db.session.execute(query).mappings().one())


def _count(query: Any) -> int:
    bare = query.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(bare) or 0


def _found(seller_id: int, view: str, words: str) -> Any:
    query = select(Order).where(Order.seller_id == seller_id, views()[view])
    if words:
        query = query.where(matching(words))
    first = (Order.ship_by, Order.id) if view in ("to_ship", "late") else (Order.id.desc(),)
    return query.order_by(*first).options(selectinload(Order.lines))


def matching(words: str) -> ColumnElement[bool]:
    """Orders that say these words in their number, recipient, goods or tracking number."""
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    line = exists().where(OrderLine.order_id == Order.id, OrderLine.title.ilike(like))
    parcel = exists().where(Shipment.order_id == Order.id, Shipment.tracking.ilike(like))
    recipient = Order.address["recipient"].astext.ilike(like)
    return or_(Order.number.ilike(like), recipient, line, parcel)


def _row(order: Order) -> SellerOrder:
    assert order.paid_at is not None
    more = f" and {len(order.lines) - 1} more" if len(order.lines) > 1 else ""
    return SellerOrder(
        number=order.number,
        paid_at=order.paid_at,
        buyer=str(order.address.get("recipient", "")),
        goods=order.lines[0].title + more,
        units=sum(line.quantity for line in order.lines),
        state=order.state,
        ship_by=order.ship_by,
        late=_is_late(order),
        total=order.money,
        refunded=Money(order.refunded, order.currency),
    )


def _is_late(order: Order) -> bool:
    waits = order.state == OrderState.PAID and order.ship_by is not None
    return waits and order.ship_by < clock.now()  # type: ignore[operator]
