"""What the lender may know of orders: those under way, and one by its number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, union_all

from core import countries
from core.db import db
from core.errors import NotFound
from core.money import Money
from mall.accounts.models import Person
from mall.cash.models import CashDue, CashState
from mall.checkout.models import Checkout
from mall.history.models import HistoryOrder
from mall.orders.models import Order, OrderLine, Refund, Shipment
from mall.orders.rules import OrderState, RefundState
from mall.sellers.models import Seller

UNDER_WAY = (OrderState.SHIPPED, OrderState.DELIVERED)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order that is paid and shipped but not received: what S2 and S4 lend on.

    amount    of the line, in the order's currency, less nothing
    disputed  a return or a bank's dispute is open, or part of the order was refunded
    linked    buyer and shop owner share a person, a device or a delivery place
    commission_ppm  the mall's share of the line with the tax on it, frozen at the sale
    order_fees_ppm  the same of the whole order: what is left reaches the seller
    """

    line_id: int
    order_number: str
    seller_id: int
    buyer_id: int
    category_id: int
    amount: Money
    order_total: Money
    shipped_at: datetime
    first_scan_at: datetime | None
    delivered_at: datetime | None
    disputed: bool
    linked: bool
    commission_ppm: int = 0
    order_fees_ppm: int = 0


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as the lender sees it."""

    number: str
    checkout_number: str
    seller_id: int
    buyer_id: int
    state: str
    total: Money
    refunded: Money
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    delivered_at: datetime | None = None
    abroad: bool = False  # goes to another country than the shop's


def open_lines(seller_id: int, as_of: datetime) -> list[OpenLine]:
    """Lines shipped and not received, oldest first; without cash that our bank has not seen."""
    at_doors = exists().where(CashDue.order_id == Order.id, CashDue.state != CashState.ARRIVED)
    trouble = exists().where(Refund.order_id == Order.id, Refund.state != RefundState.REJECTED)
    query = (
        select(OrderLine, Order, Shipment, Person.device, Seller.owner_id, trouble.label("trouble"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Shipment, Shipment.order_id == Order.id)
        .join(Person, Person.id == Order.buyer_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(
            OrderLine.seller_id == seller_id,
            Order.state.in_(UNDER_WAY),
            Order.shipped_at <= as_of,
            ~at_doors,
        )
        .order_by(Order.shipped_at, OrderLine.id)
    )
    rows = db.session.execute(query).all()
    owner_device = db.session.scalar(
        select(Person.device)
        .join(Seller, Seller.owner_id == Person.id)
        .where(Seller.id == seller_id)
    )
    return [
        _open_line(line, order, parcel, bool(trouble_), buyer_device, owner_id, owner_device)
        for line, order, parcel, buyer_device, owner_id, trouble_ in rows
    ]


def _open_line(
    line: OrderLine,
    order: Order,
    parcel: Shipment,
    disputed: bool,
    buyer_device: str | None,
    owner_id: int,
    owner_device: str | None,
) -> OpenLine:
    same_device = buyer_device is not None and buyer_device == owner_device
    assert order.shipped_at is not None
    return OpenLine(
        line_id=line.id,
        order_number=order.number,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        category_id=line.category_id,
        amount=Money(line.amount, order.currency),
        order_total=order.money,
        shipped_at=order.shipped_at,
        first_scan_at=parcel.first_scan_at,
        delivered_at=order.delivered_at,
        disputed=disputed or order.refunded > 0 or order.in_dispute,
        linked=owner_id == order.buyer_id or same_device,
        commission_ppm=_fees(line.commission_ppm, order),
        order_fees_ppm=_fees(None, order),
    )


def _fees(line_ppm: int | None, order: Order) -> int:
    """Commission and the tax on it, in millionths, rounded up so that enough is left."""
    commission = order.commission_ppm if line_ppm is None else line_ppm
    return commission - (-commission * order.tax_ppm // 1_000_000)


def order_facts(number: str) -> OrderFacts:
    """One order by its number; raises NotFound."""
    query = (
        select(Order, Checkout.number)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(Order.number == number)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound()
    order, checkout_number = row
    return OrderFacts(
        number=order.number,
        checkout_number=checkout_number,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        state=order.state,
        total=order.money,
        refunded=Money(order.refunded, order.currency),
        paid_at=order.paid_at,
        shipped_at=order.shipped_at,
        received_at=order.received_at,
        delivered_at=order.delivered_at,
        abroad=(order.country or countries.ours()) != _shop_country(order),
    )


def _shop_country(order: Order) -> str:
    """Where the shop is taxed, as it was at the sale; else the mall's."""
    return order.tax_jurisdiction[:2] or countries.ours()


def category_refund_ppm(as_of: datetime) -> dict[int, int]:
    """Refunded share of sales by category over 90 days, in millionths."""
    sold = (
        select(
            OrderLine.category_id,
            func.sum(OrderLine.amount),
            func.sum(OrderLine.returned * OrderLine.price),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.paid_at < as_of, Order.paid_at >= as_of - timedelta(90))
        .group_by(OrderLine.category_id)
    )
    return {
        c: int(back) * 1_000_000 // int(value)
        for c, value, back in db.session.execute(sold)
        if value
    }


def has_more_orders(seller_id: int, than: int) -> bool:
    """Whether a shop has had more orders than so many, imported ones too; looks no further."""
    own = select(Order.id).where(Order.seller_id == seller_id)
    past = select(HistoryOrder.id).where(HistoryOrder.seller_id == seller_id)
    counted = select(func.count()).select_from(union_all(own, past).limit(than + 1).subquery())
    return int(db.session.scalar(counted) or 0) > than
