"""A ring that gives its own orders back cannot keep what it was advanced on them."""

from typing import Any

import pytest

from finance.capital import services
from finance.capital.services import Drawn
from mall.orders import returns
from mall.orders.models import Order
from mall.ports.refund_stops import NotAlone
from mall.sellers.models import Seller
from tests.factories.capital import make_steady_seller, ship_orders, spend_all
from tests.factories.orders import yuan


def advanced(count: int, draw: str) -> tuple[Seller, list[Order]]:
    """Orders of 1,000.00 under way, so much drawn on them, and all of it paid out."""
    seller = make_steady_seller()
    orders = ship_orders(seller, count)
    assert isinstance(services.draw_on_orders(seller.id, yuan(draw), key="d"), Drawn)
    spend_all(seller)
    return seller, orders


def give_back(order: Order, seller: Seller, *, alone: bool = True) -> None:
    asked = returns.open_return(
        order.number, order.buyer_id, lines={order.lines[0].id: 1}, cause="changed_mind", note=""
    )
    if alone:
        returns.accept_return(asked.number, by=f"seller:{seller.id}", seller_id=seller.id)
    else:
        returns.accept_return(asked.number, by="admin:1")


def test_what_the_other_orders_leave_covers_some_and_then_a_person_decides(db: Any) -> None:
    """Ten orders carry 8,000.00; each leaves 200.00 beyond its advance."""
    seller, orders = advanced(10, "8000.00")
    give_back(orders[0], seller)  # 800.00 falls due, nine others leave 1,800.00
    give_back(orders[1], seller)  # 1,600.00, eight others leave 1,600.00
    with pytest.raises(NotAlone, match=r"800\.00 was advanced .* covers 1,400\.00"):
        give_back(orders[2], seller)


def test_an_admin_gives_back_whatever_is_covered(db: Any) -> None:
    seller, orders = advanced(3, "2400.00")
    with pytest.raises(NotAlone):
        give_back(orders[0], seller)
    give_back(orders[1], seller, alone=False)


def test_an_order_without_an_advance_is_given_back_as_ever(db: Any) -> None:
    seller, orders = advanced(3, "800.00")  # the first order carries it alone
    give_back(orders[2], seller)
