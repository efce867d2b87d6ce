"""The lines of an order as they are sold: price, commission and contained tax frozen."""

from collections.abc import Mapping

from core.money import Money
from mall.checkout.queries import BasketLine, Parcel
from mall.orders.models import Order, OrderLine
from mall.taxes.rules import Rate


def lines_of(
    order: Order, parcel: Parcel, commission: Mapping[int, int], shipping: Money
) -> list[OrderLine]:
    """One line each of the parcel's goods; `commission` is ppm by category."""
    taxes = parcel.taxes(order.country, shipping)
    return [
        _order_line(order, position, line, commission[line.category_id], taxes[position])
        for position, line in enumerate(parcel.lines)
    ]


def _order_line(
    order: Order,
    position: int,
    line: BasketLine,
    commission_ppm: int,
    tax: tuple[Rate, Money],
) -> OrderLine:
    return OrderLine(
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        category_id=line.category_id,
        position=position,
        title=line.title,
        label=line.label,
        picture=line.picture,
        quantity=line.quantity,
        price=line.price.minor,
        amount=line.amount.minor,
        commission_ppm=commission_ppm,
        tax_class=line.tax_class,
        tax_name=tax[0].name,
        tax_ppm=tax[0].ppm,
        tax=tax[1].minor,
    )
