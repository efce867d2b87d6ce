"""J8: sliders, a share of net sales, and part of the fee back for who repays early."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core import clock
from mall.accounts.models import Person
from mall.orders import returns
from mall.orders.rules import Cause
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, balance, yuan
from tests.stories.cast import sign_in
from tests.stories.visitor import Visitor


def test_j8_a_sales_share_repaid_early(visit: Callable[[], Visitor], db: Any) -> None:
    start, seller = clock.now(), make_steady_seller(commission=110_000)
    shop = sign_in(visit(), seller)  # a year of 949,000.00 paid 104,390.00: so much is open to it
    shop.get("/seller/capital/sales-share?amount=10000000&share=150000")
    shop.sees("20.5 %", "Fee ¥8,000.00", "277 days, APR 20.5 %", "about ¥390.00 a day")
    shop.press("Take ¥100,000.00 at 15 %").sees("The money is in your balance.")
    number = shop.path.rpartition("/")[2]

    one, *others = ship_orders(seller, 3)
    returns.give_refund(one.number, yuan("400.00"), by=f"seller:{seller.id}", cause=Cause.GOODWILL)
    for order in (one, *others):  # 3,000.00 sold, 400.00 given back: 15 % of 2,600.00
        buyer = sign_in(visit(), db.session.get_one(Person, order.buyer_id))
        buyer.get(f"/account/orders/{order.number}").press("I have received")
    shop = sign_in(visit(), seller)
    shop.get(f"/seller/capital/{number}").sees("Repaid ¥390.00", "15 % of 600.00")
    (big,) = ship_orders(seller, 1, "26000.00")
    buyer = sign_in(visit(), db.session.get_one(Person, big.buyer_id))
    buyer.get(f"/account/orders/{big.number}").press("I have received")

    with clock.travel(start + timedelta(140)):  # half the forecast: 8,000.00 × (1 − 140 ÷ 277)
        shop = sign_in(visit(), seller)
        shop.get(f"/seller/capital/{number}").sees("Fee given back ¥3,956.68", "¥99,753.32")
        shop.press("Pay ¥99,753.32").sees("Paid off with", "Certificate", "140 of 277")
    assert balance("unearned_fee", number) == yuan("0.00")
    kept = yuan("24556.68") - yuan("3146.00")  # commission of the 28,600.00 sold
    assert balance("seller_payable", seller.id) == kept
    assert_clean()
