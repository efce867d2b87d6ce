"""J5: six payments that are exactly the price, paid for by the shop out of a budget."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from core import clock
from core.jobs import Pile
from finance.campaigns.jobs import earn
from finance.campaigns.queries import of_seller
from finance.collections.services import run_day
from finance.loans.queries import loan_for_order
from mall.orders import returns
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.stories.cast import START, make_regular, make_shop, sign_in, to_checkout
from tests.stories.test_b1_b2_pay_later import _order_of
from tests.stories.visitor import Visitor


def test_j5_the_shop_pays_the_fee(visit: Callable[[], Visitor], db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    phone, charger = make_product(seller, "2400.00"), make_product(seller, "1200.00")
    with clock.travel(START):
        owner = sign_in(visit(), seller)
        owner.get("/seller/campaigns/new").press(
            "Set it up",
            title="Six months on us",
            tenors="6",
            starts_on=START.isoformat(),
            ends_on=(START + timedelta(30)).isoformat(),
            budget="20000.00",
            per_order_cap="500.00",
            fallback="b3",
            hold_out="0",
        ).sees("The campaign is set up.", "Left ¥20,000.00")
        (campaign,) = of_seller(seller.id)

        me = sign_in(visit(), shopper)
        answers = to_checkout(me, phone, charger)
        me.sees("Pay in 6 parts, interest-free", "Six months on us: the shop pays the fee")
        pay = {**answers, "offer": f"pay_later:6:{campaign.number}"}
        me.press("Pay and order", **pay, agree="y").sees("Thank you")
        order = _order_of(shopper)
        loan = loan_for_order(order.number)
        assert [(row.principal, row.fee) for row in loan.rows] == [(60_000, 0)] * 6
        owner.get(f"/seller/campaigns/{campaign.number}").sees("Spent ¥108.00", "Left ¥19,892.00")

    with clock.travel(START + timedelta(4)):
        move(order, OrderState.RECEIVED)
        owner.get(f"/seller/orders/{order.number}").sees("Six months on us", "¥108.00")
        assert balance("seller_payable", seller.id) == yuan("3492.00")
        assert balance("unearned_fee", loan.number) == yuan("108.00")

    due = date(2026, 4, 14)
    with clock.travel(due):
        run_day(due)
        assert earn(due) == 1 and earn(due) == 0  # a sixth of 108.00, once
        assert balance("unearned_fee", loan.number) == yuan("90.00")

        line = next(line for line in order.lines if line.product_id == charger.id)
        back = returns.open_return(
            order.number, shopper.id, lines={line.id: 1}, cause="not_as_described"
        )
        returns.accept_return(back.number, by="seller")
        # a third of the goods came back, and a third of 108.00 with them
        assert balance("unearned_fee", loan.number) == yuan("54.00")
        assert balance("seller_payable", seller.id) == yuan("3492.00") - yuan("1200.00") + yuan(
            "36.00"
        )
        db.session.expire_all()
        assert campaign.spent == 7_200
        assert [row.payment for row in loan.rows] == [40_000] * 6


def test_the_price_of_pay_in_30_is_the_shops(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        put_in_cart(shopper, make_product(seller, "480.00"))
        order = orders_of_answer(place_and_pay(shopper, offer_key="pay_later:30d"))[0]
        move(order, OrderState.RECEIVED)
    assert balance("seller_payable", seller.id) == yuan("470.40")  # 2 %
    assert_clean()
