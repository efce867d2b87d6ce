"""J6: a new shop is paid for its first order on the day it ships it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core import clock
from core.jobs import Pile
from finance.capital import queries
from ledger import book
from tests.factories.goods import make_product
from tests.factories.orders import balance, make_order, yuan
from tests.factories.people import make_shopper
from tests.stories.cast import make_shop, number_on, sign_in
from tests.stories.visitor import Visitor


def test_j6_money_on_the_first_day(visit: Callable[[], Visitor], db: Any, pile: Pile) -> None:
    seller, buyer = make_shop("Day One"), make_shopper()
    number = make_order(buyer, product=make_product(seller, "1000.00")).number
    shop = sign_in(visit(), seller)
    shop.get("/seller/capital/paid-today").sees("No order under way")
    shop.get(f"/seller/orders/{number}").press("Hand to the mall's courier")
    shop.get("/seller/capital/paid-today").sees("The carrier has not scanned the parcel yet.")
    with clock.travel(clock.now() + timedelta(minutes=16)):
        pile.run_due()  # the first scan

        shop.get("/seller/capital/paid-today")
        shop.sees("¥1,000.00 ¥900.00 ¥2.52 ¥897.48 ¥100.00 14.6 %")
        assert not balance("seller_payable", seller.id)
        shop.press("Pay me today").sees("The money is in your balance.", "¥900.00", "¥2.52")
        shop.get("/seller/money").sees("Payable now ¥897.48")
        contract = number_on(shop, "/seller/capital/")
        assert balance("advance_principal", contract) == yuan("900.00")
        assert balance("unearned_fee", contract) == yuan("2.52")
        line = "sale 1,000.00 → advanced 900.00 → fee 2.52"
        shop.get(f"/seller/orders/{number}").sees(f"{line} → the rest at receipt")

    with clock.travel(clock.now() + timedelta(3)):
        pile.run_due()  # the parcel is at the door
        sign_in(visit(), buyer).get(f"/account/orders/{number}").press("I have received")
        shop.get(f"/seller/orders/{number}").sees(f"{line} → released 100.00")
        shop.get("/seller/money").sees("Payable now ¥997.48")
        shop.get(f"/seller/capital/{contract}").sees("Owed ¥0.00")

    advance = queries.advance_numbered(contract)
    assert (advance.state, balance("escrow", number)) == ("repaid", yuan("0.00"))
    assert not balance("unearned_fee", contract)
    assert book.sum_of("advance_fee_income", "CNY") == yuan("2.52")
