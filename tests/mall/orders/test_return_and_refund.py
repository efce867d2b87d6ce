"""A return is open while money is given back by another hand."""

from datetime import date

import pytest

from core import clock
from finance.loans.queries import loan_for_order
from mall.orders import returns
from mall.orders.refunding import NotRefundable
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    make_order,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller
from tests.finance.pay_later.test_in_parts import make_regular_buyer


@pytest.fixture(autouse=True)
def audited(db):
    yield
    assert_clean()


def open_whole(order):
    lines = {line.id: line.quantity for line in order.lines}
    return returns.open_return(order.number, order.buyer_id, lines=lines, cause="changed_mind")


def test_a_return_gives_what_is_left_after_a_goodwill_refund(db):
    order = make_order(amount="100.00", state=OrderState.RECEIVED)
    refund = open_whole(order)
    returns.give_refund(order.number, yuan("40.00"), by="seller:1", cause="goodwill")
    returns.accept_return(refund.number, by="seller:1")
    db.session.expire_all()
    assert (refund.amount, order.refunded) == (60_00, 100_00)
    assert balance("commission", "0") == balance("seller_payable", order.seller_id)


def test_a_return_of_what_was_all_given_back_can_only_be_rejected(db):
    order = make_order(amount="100.00", state=OrderState.DELIVERED)
    refund = open_whole(order)
    returns.give_refund(order.number, yuan("100.00"), by="seller:1", cause="goodwill")
    with pytest.raises(NotRefundable):
        returns.accept_return(refund.number, by="seller:1")
    assert returns.reject_return(refund.number, by="seller:1").state == "rejected"


@pytest.fixture
def two_orders(db):
    """A phone of 2,400.00 and a lamp of 1,200.00 from two shops in one plan of twelve."""
    buyer = make_regular_buyer()
    with clock.travel(date(2026, 3, 10)):
        for price in ("2400.00", "1200.00"):
            put_in_cart(buyer, make_product(make_seller(), price))
        orders = orders_of_answer(place_and_pay(buyer, offer_key="pay_later:12"))
    for order in orders:
        move(order, OrderState.SHIPPED)
    return sorted(orders, key=lambda order: -order.total)


def paused(order):
    return sum(row.paused for row in loan_for_order(order.number).rows)


def test_a_refund_of_all_ends_the_pause_of_its_open_return(db, two_orders):
    phone, _ = two_orders
    open_whole(phone)
    assert paused(phone) == 2_544_00  # 2,400.00 and twelve fees of 12.00
    returns.give_refund(phone.number, yuan("2400.00"), by="seller:1", cause="goodwill")
    db.session.expire_all()
    assert paused(phone) == 0


def test_accepting_one_return_leaves_the_pause_of_the_other(db):
    buyer = make_regular_buyer()
    with clock.travel(date(2026, 3, 10)):
        shop = make_seller()
        for price in ("2000.00", "1600.00"):
            put_in_cart(buyer, make_product(shop, price))
        (order,) = orders_of_answer(place_and_pay(buyer, offer_key="pay_later:12"))
    move(order, OrderState.SHIPPED)
    big, small = order.lines
    first = returns.open_return(order.number, buyer.id, lines={big.id: 1}, cause="changed_mind")
    returns.open_return(order.number, buyer.id, lines={small.id: 1}, cause="changed_mind")
    returns.accept_return(first.number, by="seller:1")
    db.session.expire_all()
    assert paused(order) == 1_696_00  # 1,600.00 and twelve fees of 8.00
