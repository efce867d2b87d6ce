"""Commission by category and seller, tax on it, and what refunds give back of both."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.errors import InvalidInput
from mall.orders import returns
from mall.orders.models import Order, OrderLine
from mall.orders.rules import Cause, OrderState
from mall.payouts import fees, rates, terms
from mall.payouts.fees import Line
from mall.payouts.models import SettlementLine
from mall.sellers import services as sellers
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    commission,
    make_order,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_admin, make_seller, make_shopper


def parts(order: Order) -> dict[str, int]:
    query = select(SettlementLine.reason, SettlementLine.amount)
    rows = database.session.execute(query.where(SettlementLine.order_id == order.id))
    return {reason: amount for reason, amount in rows}


def two_categories(seller: Any, *, cheap: int, dear: int) -> tuple[Order, list[OrderLine]]:
    """One order of two lines of 100.00 each, in categories of these rates."""
    first = make_product(seller, "100.00", category="books")
    second = make_product(seller, "100.00", category="phones")
    rates.set_rate(cheap, by=None, category_id=first.category_id)
    rates.set_rate(dear, by=None, category_id=second.category_id)
    buyer = make_shopper()
    put_in_cart(buyer, first)
    put_in_cart(buyer, second)
    order = orders_of_answer(place_and_pay(buyer))[0]
    return order, list(order.lines)


def test_the_most_specific_rate_wins_and_is_frozen_at_the_sale(db: Any) -> None:
    admin, seller = make_admin(), make_seller()
    product = make_product(seller, "100.00", stock=9)
    shelf = product.category_id

    def rate() -> int:
        return make_order(product=product).commission_ppm

    assert rate() == 50_000  # the setting
    rates.set_rate(40_000, by=admin.id)
    assert rate() == 40_000
    rates.set_rate(80_000, by=admin.id, category_id=shelf)
    assert rate() == 80_000
    sellers.set_commission(seller.id, 30_000, by=admin.id)
    assert rate() == 30_000
    rates.set_rate(20_000, by=admin.id, seller_id=seller.id, category_id=shelf)
    order = make_order(product=product)
    assert order.commission_ppm == order.lines[0].commission_ppm == 20_000
    rates.set_rate(None, by=admin.id, seller_id=seller.id, category_id=shelf)
    assert rate() == 30_000
    sellers.set_commission(seller.id, None, by=admin.id)
    assert rate() == 80_000
    move(order, OrderState.RECEIVED)
    assert parts(order)["commission"] == 200  # as sold


def test_a_rate_may_begin_later_but_never_before_today(db: Any) -> None:
    seller = make_seller()
    tomorrow = clock.today() + timedelta(1)
    rates.set_rate(10_000, by=None, seller_id=seller.id, from_on=tomorrow)
    assert make_order(seller=seller).commission_ppm == 50_000
    with clock.travel(tomorrow):
        assert make_order(seller=seller).commission_ppm == 10_000
    with pytest.raises(InvalidInput, match="never from before"):
        rates.set_rate(1, by=None, from_on=clock.today() - timedelta(1))
    with pytest.raises(InvalidInput, match="50 percent"):
        rates.set_rate(500_001, by=None)


def test_an_order_of_two_categories_sums_its_lines_and_taxes_the_sum(db: Any) -> None:
    seller = make_seller()
    terms.set_jurisdiction(seller.id, "CN")
    order, _ = two_categories(seller, cheap=50_000, dear=150_000)
    assert (order.commission_ppm, order.tax_ppm, order.tax_jurisdiction) == (100_000, 60_000, "CN")
    move(order, OrderState.RECEIVED)
    # 5.00 + 15.00 = 20.00 commission, 6 % of it 1.20 tax
    assert parts(order) == {"sale": 20_000, "commission": 2_000, "tax": 120, "balance": 17_880}
    assert commission() == yuan("20.00") and balance("tax_payable", "CN") == yuan("1.20")
    assert balance("seller_payable", seller.id) == yuan("178.80")
    assert_clean()


def test_goods_that_come_back_take_their_own_commission_and_tax_with_them(db: Any) -> None:
    seller = make_seller()
    terms.set_jurisdiction(seller.id, "CN")
    order, lines = two_categories(seller, cheap=50_000, dear=150_000)
    move(order, OrderState.RECEIVED)
    refund = returns.open_return(
        order.number, order.buyer_id, lines={lines[1].id: 1}, cause=Cause.NOT_AS_DESCRIBED
    )
    returns.accept_return(refund.number, by="seller")
    # 15.00 and 0.90 came back with the second line
    assert commission() == yuan("5.00") and balance("tax_payable", "CN") == yuan("0.30")
    assert balance("seller_payable", seller.id) == yuan("94.70")
    returns.give_refund(order.number, yuan("100.00"), by="mall", cause="goodwill")
    assert not commission() and not balance("tax_payable", "CN")
    assert not balance("seller_payable", seller.id)
    assert_clean()


def test_goods_given_back_before_the_release_carry_no_commission(db: Any) -> None:
    seller = make_seller()
    order, lines = two_categories(seller, cheap=50_000, dear=150_000)
    move(order, OrderState.DELIVERED)
    refund = returns.open_return(
        order.number, order.buyer_id, lines={lines[1].id: 1}, cause=Cause.DAMAGED
    )
    returns.accept_return(refund.number, by="seller")
    move(order, OrderState.RECEIVED)
    assert parts(order) == {"sale": 10_000, "commission": 500, "balance": 9_500}
    assert_clean()


sold = st.lists(
    st.tuples(
        st.integers(1, 50_000), st.integers(0, 5), st.integers(1, 5), st.integers(0, 500_000)
    ),
    min_size=1,
    max_size=4,
)


@given(sold, st.integers(0, 3_000), st.data())
def test_the_fees_on_what_is_left_stay_within_half_of_it(
    rows: list[tuple[int, int, int, int]], shipping: int, data: Any
) -> None:
    lines = [Line(price * n, price * min(back, n), ppm) for price, back, n, ppm in rows]
    total = sum(line.amount for line in lines) + shipping
    refunded = data.draw(st.integers(0, total))
    exact = fees.commission_on(lines, shipping, refunded)
    assert 0 <= exact <= (total - refunded) / 2
    assert fees.commission_on(lines, shipping, total) == 0
    same = [Line(line.amount, line.returned, 50_000) for line in lines]
    assert fees.commission_on(same, shipping, refunded) * 20 == total - refunded


def test_the_rest_of_an_order_keeps_its_own_rate_by_hand() -> None:
    lines = [Line(10_000, 0, 50_000), Line(10_000, 10_000, 150_000)]
    assert fees.commission_on(lines, 0, 10_000) == 500
    assert fees.commission_on([lines[0], Line(10_000, 0, 150_000)], 0, 10_000) == 1_000
    assert fees.commission_on(lines, 0, 15_000) == 250


def test_a_refund_in_three_parts_gives_back_the_whole_commission(db: Any) -> None:
    seller = make_seller()
    sellers.set_commission(seller.id, 50_100, by=make_admin().id)
    order = make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    left = [commission().minor]
    for part in ("33.33", "33.33", "33.34"):
        returns.give_refund(order.number, yuan(part), by="mall", cause="late")
        left.append(commission().minor)
    assert left == [501, 334, 167, 0]
    assert_clean()
