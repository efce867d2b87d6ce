"""From the cart to the seller's bank: an order's life, with every cent accounted for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.db import get
from core.errors import Conflict, IllegalMove, NotFound
from mall.catalog.models import Variant
from mall.checkout.services import Placed
from mall.orders import services as orders
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from mall.payouts.models import Payout, SettlementLine
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    commission,
    make_order,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper


def test_money_waits_in_escrow_until_receipt_and_then_reaches_the_seller(db):
    order = make_order(amount="200.00", state=OrderState.DELIVERED)
    assert balance("escrow", order.number) == yuan("200.00")
    assert not balance("seller_payable", order.seller_id)

    orders.confirm_receipt(order.number, order.buyer_id)
    orders.confirm_receipt(order.number, order.buyer_id)  # a double click is harmless

    assert not balance("escrow", order.number)
    assert balance("seller_payable", order.seller_id) == yuan("190.00")  # less 5 %
    assert commission() == yuan("10.00")
    lines = db.session.scalars(select(SettlementLine).order_by(SettlementLine.step)).all()
    assert [(line.step, line.reason, line.amount) for line in lines] == [
        (0, "sale", 20_000),
        (2, "commission", 1_000),
        (8, "balance", 19_000),
    ]
    assert_clean()


def test_one_checkout_becomes_one_order_per_seller_with_a_share_each(db):
    buyer, one, two = make_shopper(), make_seller(), make_seller()
    mug, lamp = make_product(one, "30.00", title="Mug"), make_product(two, "70.00", title="Lamp")
    put_in_cart(buyer, mug, 2)
    put_in_cart(buyer, lamp)

    answer = place_and_pay(buyer, shipping="standard")

    assert isinstance(answer, Placed)
    first, second = orders_of_answer(answer)
    assert (first.seller_id, first.goods, first.shipping, first.total) == (one.id, 6000, 600, 6600)
    assert (second.seller_id, second.goods, second.total) == (two.id, 7000, 7600)
    assert balance("escrow", first.number) == yuan("66.00")
    assert balance("escrow", second.number) == yuan("76.00")
    assert mug.variants[0].on_hand == 3 and mug.variants[0].reserved == 0
    assert_clean()


def test_the_same_tracking_ships_once_and_an_unpaid_step_is_refused(db):
    order = make_order()
    ship = {"carrier": "SF Express", "tracking": "SF1"}
    orders.ship(order.number, order.seller_id, **ship)
    orders.ship(order.number, order.seller_id, **ship)

    assert [step.went_to for step in order.steps] == ["paid", "shipped"]
    with pytest.raises(IllegalMove):
        orders.ship(order.number, order.seller_id, carrier="SF Express", tracking="SF2")
    with pytest.raises(NotFound):
        orders.ship(order.number, order.seller_id + 1, **ship)
    with pytest.raises(NotFound):
        orders.confirm_receipt(order.number, order.buyer_id + 1)


def test_receipt_confirms_itself_ten_days_after_delivery_or_twenty_after_shipping(db):
    delivered = make_order(state=OrderState.DELIVERED)
    shipped = make_order(state=OrderState.SHIPPED)
    start = clock.now()

    with clock.travel(start + timedelta(days=9, hours=23)):
        assert orders.confirm_overdue() == 0
    with clock.travel(start + timedelta(days=10, minutes=1)):
        assert orders.confirm_overdue() == 1
        assert delivered.state == OrderState.RECEIVED and delivered.received_by_timer
    with clock.travel(start + timedelta(days=20, minutes=1)):
        assert orders.confirm_overdue() == 1
        assert orders.confirm_overdue() == 0
    assert shipped.state == OrderState.RECEIVED
    assert_clean()


def test_a_shopper_cancels_before_shipping_and_gets_everything_back(db):
    order = make_order(amount="80.00", quantity=2)
    variant = get(Variant, order.lines[0].variant_id)
    assert variant.on_hand == 0

    orders.cancel(order.number, by="shopper", reason="too many mugs", buyer_id=order.buyer_id)
    orders.cancel(order.number, by="shopper", reason="too many mugs", buyer_id=order.buyer_id)

    refund = order.refunds[0]
    assert (order.state, order.refunded, len(order.refunds)) == ("canceled", 8000, 1)
    assert variant.on_hand == 2
    assert balance("refund_payable", refund.number) == yuan("80.00")
    for op in payments.ops_of(refund.cards[0]["payment_id"]):
        payments.drive(op.id)
    assert refund.state == "settled" and not balance("refund_payable", refund.number)
    assert_clean()


def test_what_is_on_its_way_cannot_be_canceled(db):
    order = make_order(state=OrderState.SHIPPED)
    with pytest.raises(Conflict, match="on its way"):
        orders.cancel(order.number, by="seller", reason="oops", seller_id=order.seller_id)


def test_a_seller_is_paid_out_once_and_never_more_than_the_balance(db):
    order = make_order(amount="200.00", state=OrderState.RECEIVED)
    seller = order.seller_id
    with pytest.raises(Conflict, match=r"190\.00"):
        payouts.request_payout(seller, yuan("190.01"), key="form-1")

    payout = payouts.request_payout(seller, yuan("150.00"), key="form-2")
    assert payouts.request_payout(seller, yuan("150.00"), key="form-2") is payout
    assert payouts.balance_of(seller, "CNY") == yuan("40.00")
    assert payouts.pay_out_all() == 1  # the rest, tonight
    assert payouts.pay_out_all() == 0

    for waiting in db.session.scalars(select(Payout).order_by(Payout.id)).all():
        assert waiting.state == "requested"
    assert_clean()
