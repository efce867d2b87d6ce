"""S1: a shop borrows on how it has sold; settlements repay it, and ahead of its time if it wants."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core import clock
from finance.capital import nightly, queries
from mall.accounts.models import Person
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import assert_clean, balance, yuan
from tests.stories.cast import sign_in
from tests.stories.visitor import Visitor


def test_a_term_loan_from_offer_to_last_part(visit: Callable[[], Visitor], db: Any) -> None:
    """12,000.00 in three parts of 4,000.00 at 0.06 % a day, grade C."""
    seller = make_steady_seller(commission=50_000)
    shop = sign_in(visit(), seller)
    shop.get("/seller/capital/term-loan?amount=1200000&months=3")
    shop.sees(
        "21.90 %", "You get ¥12,000.00", "¥47,450.00"
    )  # the commission of a year of 949,000.00
    shop.press("Keep this offer for 30 days").sees("Offers kept for you", "3 months, 21.90 % APR")
    shop.get("/seller/capital/").press("Take it").sees("The money is in your balance.")
    number = shop.path.rpartition("/")[2]
    loan = queries.advance_numbered(number)

    first, days = loan.rows[0].due_on, (loan.rows[0].due_on - loan.began_on).days
    with clock.travel(clock.start_of(first)):
        (order,) = ship_orders(seller, 1)
        buyer = sign_in(visit(), db.session.get_one(Person, order.buyer_id))
        buyer.get(f"/account/orders/{order.number}").press("I have received")
        shop = sign_in(visit(), seller)
        shop.get(f"/seller/orders/{order.number}").sees("332.50", number)  # 35 % of 950.00
        nightly.run(first)
    with clock.travel(clock.start_of(first + timedelta(1))):
        nightly.run(clock.today())  # the rest comes from the balance the next morning
        assert loan.fee_paid == days * 720
        assert loan.principal_paid == 400_000
        shop = sign_in(visit(), seller)
        shop.get(f"/seller/capital/{number}").sees(
            "¥4,216.00 ¥4,000.00 ¥216.00 Paid", "Owed ¥8,007.13"
        )
        shop.press("Pay from my balance", amount="2,007.13", how="smaller")
        shop.sees("¥3,000.00")  # a day of 11,883.50 is 7.13; two parts of 4,000.00 become 3,000.00
        shop.press("Pay ¥").sees("Paid off with")
    assert loan.state == "repaid"
    assert balance("advance_principal", number) == yuan("0.00")
    assert_clean()
