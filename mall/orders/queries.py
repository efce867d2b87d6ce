"""What an order page shows; rows only through their owner."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import selectinload

from core.db import db, one
from core.money import Money
from core.web import money
from mall.checkout.models import Checkout
from mall.checkout.queries import parts_of_order
from mall.orders.models import Order
from mall.sellers.models import Seller
from payments import cards

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of a shopper's orders with their shops' names."""

    rows: list[tuple[Order, str]]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with what its page needs beside it."""

    order: Order
    seller_name: str
    seller_slug: str
    checkout_number: str
    payment_ref: str
    paid_with: str


def received_before(buyer_id: int, seller_id: int) -> ScalarSelect[int]:
    """How many orders a shopper has received from other shops, to be written into a new one."""
    others = (Order.buyer_id == buyer_id, Order.seller_id != seller_id)
    count = select(func.count(Order.id)).where(*others, Order.received_at.is_not(None))
    return count.scalar_subquery()


def page_of_buyer(buyer_id: int, page: int) -> OrderPage:
    """The buyer's orders, the newest first."""
    mine = Order.buyer_id == buyer_id
    count = db.session.scalar(select(func.count()).select_from(Order).where(mine)) or 0
    rows = db.session.execute(
        select(Order, Seller.name)
        .join(Seller, Seller.id == Order.seller_id)
        .where(mine)
        .order_by(Order.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
        .options(selectinload(Order.lines))
    ).all()
    pages = max(1, -(-count // PER_PAGE))
    return OrderPage([(order, name) for order, name in rows], page, pages)


def of_buyer(number: str, buyer_id: int) -> OrderView:
    """The buyer's order; raises NotFound for a stranger's."""
    order: Order = one(select(Order).where(Order.number == number, Order.buyer_id == buyer_id))
    seller = db.session.get_one(Seller, order.seller_id)
    checkout = db.session.get_one(Checkout, order.checkout_id)
    return OrderView(
        order=order,
        seller_name=seller.name,
        seller_slug=seller.slug,
        checkout_number=checkout.number,
        payment_ref=checkout.payment_ref,
        paid_with=paid_in_words(order.id, own=True),
    )


WAYS = {
    "wallet": "Balance",
    "qr": "Phone (QR code)",
    "bank_transfer": "Bank transfer",
    "phone_card": "Card, by telephone",
}


def paid_in_words(order_id: int, *, own: bool = False) -> str:
    """`Balance (¥30.00) and Visa ending in 4242 (¥70.00)`; cards are named to their owner only."""
    parts = parts_of_order(order_id)
    names = [(own and _card_of(part.payment_ref)) or way_in_words(part.offer_key) for part in parts]
    if len(parts) == 1:
        return names[0]
    return " and ".join(
        f"{name} ({money(part.amount)})" for name, part in zip(names, parts, strict=True)
    )


def _card_of(payment_ref: str) -> str:
    """`Visa ending in 4242` of `payment:81`, or "" when no card of ours paid."""
    way, _, id = payment_ref.partition(":")
    name = cards.used_by([int(id)]).get(int(id), "") if way == "payment" else ""
    return "" if name == "bank account" else name


def way_in_words(offer_key: str) -> str:
    """An offer key for people: `card:81` is "Card", `pay_later:12` "Pay later × 12"."""
    way, _, more = offer_key.partition(":")
    words = WAYS.get(way) or way.replace("_", " ").capitalize()
    more = more.partition(":")[0]
    if more.endswith("d"):
        return f"{words}: {more[:-1]} days"
    more = more.removesuffix("x")
    return f"{words} × {more}" if more and len(more) < 4 else words


def still_there(order: Order) -> Money:
    """What has been paid and not been given back."""
    return order.left
