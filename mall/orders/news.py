"""What shoppers and sellers are told about orders, returns and money back."""

from core import messages
from core.db import db
from mall.orders.models import Order, Refund
from mall.orders.rules import CAUSE_WORDS, Cause
from mall.sellers.models import Seller


def sent(order: Order) -> None:
    """The parcel is on its way."""
    parcel = order.shipment
    messages.send(
        order.buyer_id,
        "order_sent",
        key=f"order:{order.number}:sent:{parcel.tracking if parcel else ''}",
        link=_page(order),
        number=order.number,
        shop=_shop(order.seller_id).name,
        carrier=parcel.carrier if parcel else "",
        tracking=parcel.tracking if parcel else "",
    )


def return_asked(order: Order, refund: Refund) -> None:
    """The seller has a return to decide."""
    messages.send(
        _shop(order.seller_id).owner_id,
        "return_asked",
        key=f"refund:{refund.number}:asked",
        link=f"/seller/returns/{refund.number}",
        number=order.number,
        amount=refund.money,
        cause=CAUSE_WORDS[Cause(refund.cause)],
        note=refund.note,
    )


def return_rejected(order: Order, refund: Refund) -> None:
    """The shopper reads why."""
    messages.send(
        refund.buyer_id,
        "return_rejected",
        key=f"refund:{refund.number}:rejected",
        link=_page(order),
        number=order.number,
        shop=_shop(order.seller_id).name,
        amount=refund.money,
        why=refund.why,
    )


def refund_given(order: Order, refund: Refund, *, returned: bool) -> None:
    """It was decided to give money back; `returned` if the shopper had asked to return goods."""
    messages.send(
        refund.buyer_id,
        "refund_given",
        key=f"refund:{refund.number}:given",
        link=_page(order),
        number=order.number,
        amount=refund.money,
        returned=int(returned),
        by_card=len(refund.cards),
    )


def refund_arrived(refund: Refund) -> None:
    """Every card part of it has reached its card; a second time after it had come back."""
    order = db.session.get_one(Order, refund.order_id)
    messages.send(
        refund.buyer_id,
        "refund_arrived",
        key=f"refund:{refund.number}:arrived:{refund.settled_at}",
        link=_page(order),
        number=order.number,
        refund=refund.number,
        amount=refund.money,
    )


def refund_failed(refund: Refund) -> None:
    """A bank did not take it; said once, however often it is tried."""
    order = db.session.get_one(Order, refund.order_id)
    messages.send(
        refund.buyer_id,
        "refund_failed",
        key=f"refund:{refund.number}:failed",
        link=_page(order),
        number=order.number,
        amount=refund.money,
        why=refund.why.rstrip("."),
    )


def _page(order: Order) -> str:
    return f"/account/orders/{order.number}"


def _shop(seller_id: int) -> Seller:
    return db.session.get_one(Seller, seller_id)
