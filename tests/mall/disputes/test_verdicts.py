"""Disputes of orders at every moment: what is frozen, and who bears what is lost."""

from typing import Any

import pytest
from sqlalchemy import select

from core.db import db as database
from core.money import Money
from mall.disputes import freezing
from mall.orders import returns, services
from mall.orders.models import Order
from mall.orders.refunding import TooMuch
from mall.orders.rules import OrderState, RefundState
from mall.payouts import services as payouts
from mall.sellers.models import Seller
from tests.factories.disputes import case_of, payment_of, share_of, tell
from tests.factories.orders import assert_clean, balance, commission, make_order, yuan
from tests.factories.people import make_seller

NOTHING = yuan("0.00")


def escrow(order: Order) -> Money:
    return balance("escrow", order.number)


def payable(order: Order) -> Money:
    """What is not on its way to the seller's bank."""
    return payouts.balance_of(order.seller_id, "CNY")


def reserve(order: Order) -> Money:
    return balance("seller_reserve", order.seller_id)


def receivable(order: Order) -> Money:
    return balance("seller_receivable", order.seller_id)


def test_before_release_escrow_stays_until_the_verdict(db: Any) -> None:
    order = make_order(state=OrderState.SHIPPED)
    tell(order, "needs_response")
    assert (order.disputed, escrow(order), order.left) == (100_00, yuan("100.00"), NOTHING)
    with pytest.raises(services.DisputeOpen):
        services.confirm_receipt(order.number, order.buyer_id)
    assert_clean()
    tell(order, "lost")
    assert (escrow(order), balance("dispute_loss")) == (NOTHING, NOTHING)
    assert (order.state, order.refunded, order.disputed) == (OrderState.CANCELED, 100_00, 0)
    refund = order.refunds[0]
    assert (refund.cause, refund.state, refund.cards) == ("charged_back", RefundState.SETTLED, [])
    assert_clean()


def test_a_won_one_goes_on_as_if_nothing_had_been(db: Any) -> None:
    order = make_order(state=OrderState.DELIVERED)
    tell(order, "needs_response")
    tell(order, "won")
    assert (order.disputed, order.refunded, share_of(order).state) == (0, 0, "won")
    services.confirm_receipt(order.number, order.buyer_id)
    assert payable(order) == yuan("95.00")
    assert_clean()


def test_an_inquiry_stops_nothing(db: Any) -> None:
    order = make_order(state=OrderState.SHIPPED)
    tell(order, "warning", taken=False)
    assert case_of(order).state == "open"
    services.confirm_receipt(order.number, order.buyer_id)
    tell(order, "closed_warning", taken=False)
    assert (case_of(order).state, payable(order)) == ("closed", yuan("95.00"))
    assert_clean()


def test_after_release_the_balance_is_frozen(db: Any) -> None:
    """Released 95.00 after a commission of 5.00: that is what the seller would lose."""
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "needs_response")
    assert (payable(order), reserve(order)) == (NOTHING, yuan("95.00"))
    with pytest.raises(payouts.NotEnough):
        payouts.request_payout(order.seller_id, yuan("95.00"), key="k")
    assert_clean()
    tell(order, "lost")
    assert (payable(order), reserve(order), receivable(order)) == (NOTHING, NOTHING, NOTHING)
    assert (commission(), balance("dispute_loss")) == (NOTHING, NOTHING)
    assert order.state == OrderState.RECEIVED
    assert_clean()


def test_won_after_release_is_free_again(db: Any) -> None:
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "needs_response")
    tell(order, "won")
    assert (payable(order), reserve(order)) == (yuan("95.00"), NOTHING)
    payouts.request_payout(order.seller_id, yuan("95.00"), key="k")
    assert_clean()


def paid_out(seller: Seller) -> Order:
    """An order whose money has left for the seller's bank."""
    order = make_order(seller=seller, state=OrderState.RECEIVED)
    payouts.request_payout(seller.id, yuan("95.00"), key=f"out-{order.number}")
    return order


def test_after_payout_the_next_releases_are_withheld(db: Any) -> None:
    """95.00 are gone to the bank: 47.50 of the next order, then what is left of the one after."""
    seller = make_seller()
    order = paid_out(seller)
    tell(order, "needs_response")
    assert freezing.missing(seller.id, "CNY") == yuan("95.00")
    make_order(seller=seller, amount="50.00", state=OrderState.RECEIVED)
    assert (payable(order), reserve(order)) == (NOTHING, yuan("47.50"))
    with pytest.raises(payouts.NoPayoutNow, match=r"wants 47\.50 CNY more"):
        payouts.request_payout(seller.id, yuan("1.00"), key="k")
    assert payouts.pay_out_all() == 0
    make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    assert (payable(order), reserve(order)) == (yuan("47.50"), yuan("95.00"))
    assert payouts.pay_out_all() == 1
    assert_clean()
    tell(order, "lost")
    assert (reserve(order), receivable(order)) == (NOTHING, NOTHING)
    assert_clean()


def test_lost_after_payout_is_owed(db: Any) -> None:
    seller = make_seller()
    order = paid_out(seller)
    tell(order, "lost")
    assert receivable(order) == yuan("95.00")
    make_order(seller=seller, amount="200.00", state=OrderState.RECEIVED)
    assert (receivable(order), payable(order)) == (NOTHING, yuan("95.00"))
    assert_clean()


def test_the_mall_bears_a_fraud_on_a_delivered_parcel(db: Any) -> None:
    order = make_order(state=OrderState.DELIVERED)
    tell(order, "needs_response", reason="fraudulent")
    tell(order, "lost", reason="fraudulent")
    assert (order.mall_bore, order.refunded, escrow(order)) == (100_00, 0, yuan("100.00"))
    assert balance("dispute_loss") == yuan("100.00")
    with pytest.raises(TooMuch):
        returns.give_refund(order.number, yuan("0.01"), by="admin:1", cause="goodwill")
    services.confirm_receipt(order.number, order.buyer_id)
    assert payable(order) == yuan("95.00")
    assert_clean()


def test_an_order_called_off_after_the_mall_paid_makes_the_loss_undone(db: Any) -> None:
    order = make_order(state=OrderState.PAID)
    tell(order, "lost", reason="duplicate")
    assert balance("dispute_loss") == yuan("100.00")
    services.cancel(order.number, by="seller", reason="none left", seller_id=order.seller_id)
    assert (balance("dispute_loss"), escrow(order)) == (NOTHING, NOTHING)
    assert_clean()


def test_goods_that_never_left_are_on_the_shelf_again(db: Any) -> None:
    order = make_order(state=OrderState.PAID)
    tell(order, "needs_response", reason="fraudulent")
    with pytest.raises(services.DisputeOpen):
        services.cancel(order.number, by="shopper", reason="no")
    tell(order, "lost", reason="fraudulent")
    assert (order.state, order.lines[0].returned) == (OrderState.CANCELED, 1)
    assert_clean()


def test_a_part_of_an_order(db: Any) -> None:
    """40 of 100 are disputed: 60 may still be given back; lost, 60 are released."""
    order = make_order(state=OrderState.DELIVERED)
    tell(order, "needs_response", yuan("40.00"))
    assert order.left == yuan("60.00")
    with pytest.raises(TooMuch, match=r"60\.00"):
        returns.give_refund(order.number, yuan("60.01"), by="admin:1", cause="goodwill")
    returns.give_refund(order.number, yuan("10.00"), by="admin:1", cause="goodwill")
    tell(order, "lost", yuan("40.00"))
    assert (order.refunded, escrow(order)) == (50_00, yuan("50.00"))
    services.confirm_receipt(order.number, order.buyer_id)
    assert payable(order) == yuan("47.50")
    assert_clean()


def test_a_refund_sent_before_stands_and_the_rest_is_counted(db: Any) -> None:
    """60 are given back, then all 100 are disputed and lost: the mall loses 60, the seller 40."""
    order = make_order(state=OrderState.SHIPPED)
    returns.give_refund(order.number, yuan("60.00"), by="admin:1", cause="goodwill")
    tell(order, "needs_response", yuan("100.00"))
    assert (order.disputed, payment_of(order).disputed_open_minor) == (40_00, 40_00)
    tell(order, "lost", yuan("100.00"))
    assert (order.refunded, escrow(order)) == (100_00, NOTHING)
    assert balance("dispute_loss") == yuan("60.00")
    assert_clean()


def test_a_refund_that_came_back_is_paid_by_the_bank(db: Any, pile: Any) -> None:
    """The card took no refund; its bank then takes all of it: the promise is kept by that."""
    from tests.factories.payments import REFUND_FAILS, a_while_later

    order = make_order(state=OrderState.SHIPPED, card=REFUND_FAILS)
    refund = returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill")
    for seconds in (30, 120):
        with a_while_later(seconds):
            pile.run_due()
    database.session.refresh(refund)
    assert refund.state == RefundState.FAILED
    tell(order, "needs_response", yuan("100.00"))
    assert (order.disputed, payment_of(order).disputed_open_minor) == (70_00, 100_00)
    assert returns.retry_failed() == 0
    tell(order, "lost", yuan("100.00"))
    database.session.refresh(refund)
    assert (refund.state, balance("refund_payable", refund.number)) == ("settled", NOTHING)
    assert balance("dispute_loss") == NOTHING
    assert_clean()


def test_one_disputes_exact_order_of_two_sellers(db: Any) -> None:
    """A checkout of 100 and 50 is disputed for 50: that is the second order, not both in part."""
    from tests.factories.goods import make_product
    from tests.factories.orders import orders_of_answer, place_and_pay, put_in_cart
    from tests.factories.people import make_shopper

    buyer = make_shopper()
    for price in ("100.00", "50.00"):
        put_in_cart(buyer, make_product(make_seller(), price))
    first, second = sorted(orders_of_answer(place_and_pay(buyer)), key=lambda o: -o.total)
    tell(first, "needs_response", yuan("50.00"))
    database.session.refresh(second)
    assert (first.disputed, second.disputed) == (0, 50_00)
    tell(first, "needs_response", yuan("30.00"), id="du_2")
    database.session.refresh(second)
    assert (first.disputed, second.disputed) == (30_00, 50_00)
    tell(first, "lost", yuan("50.00"))
    tell(first, "won", yuan("30.00"), id="du_2")
    states = set(database.session.scalars(select(Order.state)))
    assert states == {OrderState.PAID, OrderState.CANCELED}
    assert_clean()


def test_lost_and_won_after_all_goes_back_to_the_seller(db: Any) -> None:
    """The seller lost 95.00 net; the bank gives 100.00 back: 95.00 to the seller, 5.00 are ours."""
    order = make_order(state=OrderState.RECEIVED)
    tell(order, "lost")
    assert payable(order) == NOTHING
    tell(order, "won")
    assert (payable(order), balance("recovery")) == (yuan("95.00"), yuan("5.00"))
    assert_clean()
