"""Giving back: in part and whole, before and after release and payout, to the cent."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.db import get
from core.errors import Conflict, InvalidInput, NotFound
from ledger import book
from mall.catalog.models import Variant
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order, Refund
from mall.orders.rules import Cause, OrderState, Sold, worth_of_return
from mall.payouts import services as payouts
from mall.payouts.models import Payout
from payments import services as payments
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


def arrive(refund: Refund) -> None:
    """Let the gateway answer everything it was asked for this refund."""
    for card in refund.cards:
        for op in payments.ops_of(card["payment_id"]):
            payments.drive(op.id)


def test_half_an_order_comes_back_before_the_seller_is_paid(db: Any) -> None:
    order = make_order(amount="100.00", quantity=2, state=OrderState.DELIVERED)
    line = order.lines[0]
    refund = returns.open_return(
        order.number, order.buyer_id, lines={line.id: 1}, cause="wrong_item", note="blue, not red"
    )
    again = returns.open_return(
        order.number, order.buyer_id, lines={line.id: 1}, cause="wrong_item"
    )
    assert again is refund and refund.amount == 5000 and order.refunded == 0

    returns.accept_return(refund.number, by=f"seller:{order.seller_id}", seller_id=order.seller_id)
    returns.accept_return(refund.number, by=f"seller:{order.seller_id}")  # harmless
    assert balance("escrow", order.number) == yuan("50.00")
    assert balance("refund_payable", refund.number) == yuan("50.00")
    assert (line.returned, get(Variant, line.variant_id).on_hand) == (1, 1)
    arrive(refund)
    assert refund.state == "settled" and not balance("refund_payable", refund.number)

    orders.confirm_receipt(order.number, order.buyer_id)
    assert balance("seller_payable", order.seller_id) == yuan("47.50")  # 50.00 less 5 %
    assert_clean()


def test_after_release_the_seller_gives_back_its_share_and_the_mall_its_commission(db: Any) -> None:
    order = make_order(amount="100.00", state=OrderState.RECEIVED)
    assert balance("seller_payable", order.seller_id) == yuan("95.00")

    first = returns.give_refund(order.number, yuan("33.33"), by="seller:1", cause="goodwill")
    assert commission() == yuan("3.33")  # 5.00 less a third
    assert balance("seller_payable", order.seller_id) == yuan("63.34")
    returns.give_refund(order.number, yuan("33.33"), by="seller:1", cause="goodwill")
    returns.give_refund(order.number, yuan("33.34"), by="seller:1", cause="goodwill")

    assert not commission() and not balance("seller_payable", order.seller_id)
    assert order.refunded == 10_000 and order.state == "received"
    with pytest.raises(Conflict, match=r"Only 0\.00"):
        returns.give_refund(order.number, yuan("0.01"), by="seller:1", cause="goodwill")
    assert book.journal(f"refund:{first.number}").ref == order.number
    assert_clean()


def test_a_seller_already_paid_out_owes_and_the_next_release_takes_it_first(db: Any) -> None:
    seller, buyer = make_seller(), make_shopper()
    order = make_order(buyer, seller, "100.00", state=OrderState.RECEIVED)
    payout = payouts.request_payout(seller.id, yuan("95.00"), key="all")
    refund = returns.give_refund(order.number, yuan("60.00"), by="mall", cause="not_received")

    # 3.00 of commission, and 57.00 the seller no longer has
    assert balance("seller_receivable", seller.id) == yuan("57.00")
    assert balance("refund_payable", refund.number) == yuan("60.00")

    later = make_order(buyer, seller, "80.00", state=OrderState.RECEIVED)
    assert not balance("seller_receivable", seller.id)
    # 80.00 less 4.00 commission, less 57.00 due
    assert payouts.balance_of(seller.id, "CNY") == yuan("19.00")
    steps = {line.step: line.amount for line in lines_of(later)}
    assert steps == {0: 8000, 1: 5700, 2: 400, 8: 1900}
    assert get(Payout, payout.id).state == "requested"
    assert_clean()


def lines_of(order: Order) -> Iterator[Any]:
    from sqlalchemy import select

    from core.db import db
    from mall.payouts.models import SettlementLine

    query = select(SettlementLine).where(SettlementLine.order_id == order.id)
    return iter(db.session.scalars(query).all())


def test_everything_back_before_release_closes_the_order(db: Any) -> None:
    order = make_order(amount="40.00", state=OrderState.SHIPPED)
    refund = returns.give_refund(order.number, yuan("40.00"), by="mall", cause="not_received")
    assert (order.state, order.canceled_by) == ("canceled", "mall")
    assert refund.lines == [] and not balance("escrow", order.number)
    assert_clean()


def test_a_rejected_return_says_why_and_moves_nothing(db: Any) -> None:
    order = make_order(amount="40.00", state=OrderState.DELIVERED)
    refund = returns.open_return(
        order.number, order.buyer_id, lines={order.lines[0].id: 1}, cause="changed_mind"
    )
    with pytest.raises(Conflict, match="return of this order is open"):
        orders.confirm_receipt(order.number, order.buyer_id)
    with pytest.raises(NotFound):
        returns.reject_return(refund.number, by="seller:9", seller_id=order.seller_id + 1)

    returns.reject_return(refund.number, by=f"seller:{order.seller_id}", why="It was worn.")
    assert (refund.state, refund.why, order.refunded) == ("rejected", "It was worn.", 0)
    orders.confirm_receipt(order.number, order.buyer_id)
    with pytest.raises(Conflict):
        returns.accept_return(refund.number, by="admin:1")
    assert_clean()


def test_more_units_than_are_kept_cannot_come_back(db: Any) -> None:
    order = make_order(amount="90.00", quantity=3, state=OrderState.DELIVERED)
    line, ask = order.lines[0], {"cause": "damaged"}
    returns.open_return(order.number, order.buyer_id, lines={line.id: 2}, **ask)
    with pytest.raises(InvalidInput, match="more than can still"):
        returns.open_return(order.number, order.buyer_id, lines={line.id: 3}, **ask)
    with pytest.raises(InvalidInput, match="Choose"):
        returns.open_return(order.number, order.buyer_id, lines={}, **ask)
    with pytest.raises(NotFound):
        returns.open_return(order.number, order.buyer_id, lines={line.id + 1: 1}, **ask)
    with pytest.raises(NotFound):
        returns.open_return(order.number, order.buyer_id + 1, lines={line.id: 1}, **ask)


def test_a_return_is_possible_for_ninety_days_after_receipt(db: Any) -> None:
    order = make_order(amount="90.00", state=OrderState.RECEIVED)
    ask = {"lines": {order.lines[0].id: 1}, "cause": "damaged"}
    with clock.travel(clock.now() + timedelta(days=91)), pytest.raises(Conflict, match="90 days"):
        returns.open_return(order.number, order.buyer_id, **ask)
    with clock.travel(clock.now() + timedelta(days=90)):
        refund = returns.open_return(order.number, order.buyer_id, **ask)
        returns.accept_return(refund.number, by="admin:1")
    assert get(Variant, order.lines[0].variant_id).on_hand == 0  # damaged goods are not sold again


def test_a_refund_the_card_refuses_is_shown_and_sent_again(db: Any) -> None:
    buyer = make_shopper()
    order = make_order(buyer, amount="20.00", card="4000000000001059")
    refund = returns.give_refund(order.number, yuan("5.00"), by="mall", cause="late")
    arrive(refund)
    assert refund.state == "failed" and refund.why
    assert balance("refund_payable", refund.number) == yuan("5.00")

    assert (returns.retry_failed(), returns.retry_failed()) == (1, 0)
    assert (refund.state, refund.why) == ("accepted", "")
    assert len(payments.ops_of(refund.cards[0]["payment_id"])) == 3  # charge, refund, refund
    assert_clean()


def test_the_same_form_gives_once(db: Any) -> None:
    order = make_order(amount="20.00")
    give = {"by": "seller:1", "cause": "goodwill", "key": "K-1"}
    one = returns.give_refund(order.number, yuan("5.00"), **give)
    assert returns.give_refund(order.number, yuan("5.00"), **give) is one
    assert order.refunded == 500
    with pytest.raises(NotFound):
        returns.give_refund(order.number, yuan("5.00"), by="s", cause="late", seller_id=1)


def test_what_a_return_is_worth() -> None:
    sold = [Sold(1, yuan("10.00"), 2), Sold(2, yuan("5.00"), 1)]
    part = {"shipping": yuan("6.00"), "cause": Cause.DAMAGED}
    assert worth_of_return(sold, {1: 1}, **part) == yuan("10.00")
    assert worth_of_return(sold, {1: 2, 2: 1}, **part) == yuan("31.00")  # shipping too
    assert worth_of_return(
        sold, {1: 2, 2: 1}, shipping=yuan("6.00"), cause=Cause.CHANGED_MIND
    ) == yuan("25.00")


def test_two_orders_of_one_checkout_are_refunded_to_the_same_card(db: Any) -> None:
    from tests.factories.goods import make_product

    buyer = make_shopper()
    for price in ("30.00", "70.00"):
        put_in_cart(buyer, make_product(make_seller(), price))
    first, second = orders_of_answer(place_and_pay(buyer))
    for order in (first, second):
        orders.cancel(order.number, by="seller", reason="none left", seller_id=order.seller_id)
        arrive(order.refunds[0])
    assert payments.view(first.refunds[0].cards[0]["payment_id"]).refunded == yuan("100.00")
    assert [o.refunds[0].state for o in (first, second)] == ["settled", "settled"]
    assert_clean()
