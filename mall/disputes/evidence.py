"""What the bank is shown: written from the records of the orders, with the sellers' own words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from core import clock
from core.db import db
from mall.accounts.models import Person
from mall.disputes.models import DisputeCase, DisputeDocument, DisputeShare
from mall.feedback.models import Review
from mall.orders import rules as order_rules
from mall.orders.models import Order, Refund

FIELD_MAX, TEXT_MAX = 500, 10_000
POLICY = (
    "An order may be canceled until it is shipped and returned until {days} days after its receipt "
    "was confirmed; the price is given back to the card it came from. What a buyer pays is held "
    "until receipt is confirmed. This is shown before an order is placed and on its page."
)

TITLES: dict[str, str] = {
    "product_description": "What was bought",
    "customer_name": "Buyer",
    "customer_email_address": "E-mail",
    "shipping_address": "Sent to",
    "shipping_carrier": "Carrier",
    "shipping_tracking_number": "Tracking number",
    "shipping_date": "Sent on",
    "refund_policy_disclosure": "Refund policy",
    "uncategorized_text": "What happened",
}


def files_of(case: DisputeCase) -> dict[str, str]:
    """Digests of the attached files, by the names of the gateway's port."""
    query = select(DisputeDocument).where(DisputeDocument.case_id == case.id)
    return {each.field: each.digest for each in db.session.scalars(query)}


def fields_of(case: DisputeCase, seller_id: int | None = None) -> dict[str, str]:
    """Every field there is something to say in, by the names of the gateway's port.

    seller_id   only what this seller may see: the part about the seller's own orders
    """
    shares = [s for s in case.shares if s.amount and seller_id in (None, s.seller_id)]
    pairs = [(share, db.session.get_one(Order, share.order_id)) for share in shares]
    if not pairs:
        return {}
    orders = [order for _, order in pairs]
    buyer = db.session.get_one(Person, orders[0].buyer_id)
    parcels = [order.shipment for order in orders if order.shipment]
    said = {
        "product_description": _goods(orders),
        "customer_name": buyer.name,
        "customer_email_address": buyer.email,
        "shipping_address": _address(orders[0]),
        "shipping_carrier": _each(parcel.carrier for parcel in parcels),
        "shipping_tracking_number": _each(parcel.tracking for parcel in parcels),
        "shipping_date": _each(_day(order.shipped_at) for order in orders if order.shipped_at),
        "refund_policy_disclosure": POLICY.format(days=order_rules.RETURN_WITHIN_DAYS),
        "uncategorized_text": _story(pairs)[:TEXT_MAX],
    }
    return {name: text for name, text in said.items() if text}


def _each(texts: Iterable[str]) -> str:
    found = list(dict.fromkeys(texts))
    return ", ".join(found)[:FIELD_MAX]


def _goods(orders: Sequence[Order]) -> str:
    lines = [
        f"{line.quantity} × {line.title}{f' ({line.label})' if line.label else ''}"
        for order in orders
        for line in order.lines
    ]
    return "; ".join(lines)[:FIELD_MAX]


def _address(order: Order) -> str:
    parts = ("recipient", "line", "city", "region", "postcode", "country")
    return ", ".join(str(order.address[p]) for p in parts if order.address.get(p))[:FIELD_MAX]


def _day(at: datetime | None) -> str:
    return clock.day_of(at).isoformat() if at else ""


def _story(pairs: Sequence[tuple[DisputeShare, Order]]) -> str:
    """Order by order, what happened on which day; then earlier orders of the same buyer."""
    parts = [_told(share, order) for share, order in pairs]
    before = _earlier(pairs[0][1])
    return "\n\n".join([*parts, before] if before else parts)


def _told(share: DisputeShare, order: Order) -> str:
    steps = [f"Order {order.number}, {share.money.grouped()} {share.currency} of it disputed."]
    dated = [
        ("Paid", order.paid_at),
        ("Handed to the carrier", order.shipped_at),
        ("First scanned", order.shipment.first_scan_at if order.shipment else None),
        ("Delivered", order.delivered_at),
        (
            "Receipt confirmed by time"
            if order.received_by_timer
            else "Receipt confirmed by the buyer, signed in",
            order.received_at,
        ),
    ]
    steps += [f"{what} on {_day(at)}." for what, at in dated if at]
    steps += [_refund_told(refund) for refund in order.refunds]
    steps += _reviews(order)
    if share.words:
        steps.append(f"The seller says: {share.words}")
    return " ".join(steps)


def _refund_told(refund: Refund) -> str:
    return f"Refund {refund.number} of {refund.money.grouped()}: {refund.state}."


def _reviews(order: Order) -> list[str]:
    lines = [line.id for line in order.lines]
    query = select(Review).where(Review.order_line_id.in_(lines)).order_by(Review.id)
    return [
        f"The buyer's review on {_day(review.created_at)}: {review.stars} of 5 stars"
        + (f", “{review.text}”." if review.text else ".")
        for review in db.session.scalars(query)
    ]


def _earlier(order: Order) -> str:
    """How many orders this buyer has confirmed before at the same address."""
    query = select(func.count()).where(
        Order.buyer_id == order.buyer_id,
        Order.received_at.is_not(None),
        Order.id < order.id,
        Order.address["line"].as_string() == order.address.get("line", ""),
    )
    count = db.session.scalar(query) or 0
    if not count:
        return ""
    orders = "an earlier order" if count == 1 else f"{count} earlier orders"
    return f"The same buyer confirmed {orders} at this address."
