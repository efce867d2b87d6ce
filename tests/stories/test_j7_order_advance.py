"""J7: an advance on 46 shipped orders, repaid order by order, and one that is given back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from finance.capital import exposure, queries
from mall.accounts.models import Person
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import balance, make_order, yuan
from tests.stories.cast import number_on, sign_in
from tests.stories.visitor import Visitor


@pytest.fixture
def seller(db: Any) -> Seller:
    """Grade C, without refunds: 14 months of steady sales to buyers the mall does not know."""
    return make_steady_seller()


@pytest.fixture
def shipped(seller: Seller) -> list[Order]:
    """46 orders of 1,000.00, from six buyers: nobody is more than 20 % of the base."""
    return ship_orders(seller, 46)


def receive(visit: Callable[[], Visitor], orders: list[Order], db: Any) -> None:
    """Each buyer signs in and confirms."""
    for buyer_id in dict.fromkeys(order.buyer_id for order in orders):
        buyer = sign_in(visit(), db.session.get_one(Person, buyer_id))
        for order in orders:
            if order.buyer_id == buyer_id:
                buyer.get(f"/account/orders/{order.number}").press("I have received")


def test_j7_an_order_advance_and_a_refund(
    visit: Callable[[], Visitor], seller: Seller, shipped: list[Order], db: Any
) -> None:
    start, shop = clock.now(), sign_in(visit(), seller)
    shop.get("/seller/capital/order-advance")
    shop.sees("(base) ¥46,000.00", "Rate of grade C 80 %", "(capacity) ¥36,800.00")
    shop.press("Show the contract", amount="30,000.00").sees("Key facts of the contract")
    shop.press("Draw into my balance").sees("The money is in your balance.")
    shop.get("/seller/money").sees("Payable now ¥30,000.00")
    contract = number_on(shop, "/seller/capital/")
    shop.get("/seller/capital/order-advance").sees("(capacity) ¥6,400.00")

    with clock.travel(start + timedelta(4)):
        receive(visit, shipped[:12], db)
        shop.get("/seller/money").sees("Payable now ¥32,380.80")  # 2,380.80 of the 12,000.00
        shop.get(f"/seller/capital/{contract}").sees("Repaid ¥9,619.20", "Owed ¥20,400.00")
        advance = queries.advance_numbered(contract)
        assert (advance.principal_paid, advance.fee_paid) == (960_000, 1_920)
        owed = exposure.of(seller.id)
        assert owed is not None and owed.used == 2_040_000
        shop.get("/seller/capital/order-advance").sees("You owe over all advances ¥20,400.00")
        ship_orders(seller, 12)  # the same again: what was repaid can be drawn again
        shop.get("/seller/capital/order-advance").sees("(capacity) ¥16,000.00")

        back = shipped[20]
        shop.get(f"/seller/orders/{back.number}")
        shop.press("Give it back", amount="1,000.00", cause="goodwill")
        shop.get(f"/seller/capital/{contract}").sees("¥800.00 by", f"Order {back.number} was given")

    with clock.travel(start + timedelta(7)):  # the last of the three free days
        late = make_order(None, seller, "3000.00", state=OrderState.SHIPPED)
        before = balance("seller_payable", seller.id)
        receive(visit, [late], db)
        assert balance("seller_payable", seller.id) - before == yuan("2198.40")
        shop.get(f"/seller/orders/{late.number}")
        shop.sees("801.60", f"Order {back.number} was given back", contract, "2,198.40")
        shop.get(f"/seller/capital/{contract}").sees("Owed ¥19,600.00")
