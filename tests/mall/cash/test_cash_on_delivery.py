"""Cash on delivery: promised at checkout, collected at the door, handed over to the bank."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, jobs
from core.db import db as database
from core.errors import Conflict, DomainError
from mall.cash import services
from mall.cash.method import REFUSALS, CashOnDelivery
from mall.cash.models import COURIER
from mall.catalog.models import Product
from mall.facts import orders as facts
from mall.orders import courier, returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.ports.payment_methods import CheckoutToPay
from payments import cases, sweeps
from payments import services as payments
from tests.factories.bank import arrives, reference
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.factories.wallet import give_balance

pytestmark = pytest.mark.usefixtures("db")


def ordered(price: str = "100.00", buyer: Any = None, quantity: int = 1, **more: Any) -> Order:
    """One thing to be paid at the door."""
    buyer = buyer or make_shopper()
    put_in_cart(buyer, make_product(make_seller(), price, stock=3), quantity)
    (order,) = orders_of_answer(place_and_pay(buyer, offer_key="cash_on_delivery", **more))
    return order


def on_its_way(price: str = "100.00", **more: Any) -> Order:
    order = ordered(price, **more)
    courier.hand_over(order.number, order.seller_id)
    return order


def test_the_courier_collects_and_the_seller_is_paid_after_receipt() -> None:
    order = on_its_way()
    assert (order.state, order.paid_with) == ("shipped", "cash_on_delivery")
    assert balance("due_at_door", order.number) == balance("escrow", order.number) == yuan("100.00")
    assert balance("cash_with_courier", COURIER) == yuan("0.00")

    orders.deliver(order.number)
    assert balance("due_at_door", order.number) == yuan("0.00")
    assert balance("cash_with_courier", COURIER) == yuan("100.00")
    orders.confirm_receipt(order.number, order.buyer_id)
    assert balance("escrow", order.number) == yuan("0.00")
    assert balance("seller_payable", order.seller_id) > yuan("90.00")
    assert_clean()


def test_nothing_is_received_before_it_is_paid_for() -> None:
    order = on_its_way()
    with pytest.raises(Conflict, match="Pay the courier"):
        orders.confirm_receipt(order.number, order.buyer_id)
    with clock.travel(clock.now() + timedelta(days=30)):
        orders.confirm_overdue()
    assert order.state == "shipped"
    assert_clean()


def test_only_the_malls_courier_can_take_it() -> None:
    order = ordered()
    with pytest.raises(Conflict, match="Mall Courier"):
        orders.ship(order.number, order.seller_id, carrier="SF Express", tracking="SF1")
    assert order.state == "paid"


def test_sent_away_at_the_door_nothing_is_due_and_the_goods_are_on_the_shelf() -> None:
    order = on_its_way(quantity=2)
    product = database.session.get_one(Product, order.lines[0].product_id)
    assert product.variants[0].on_hand == 1
    services.sent_away(order.number, by="admin:1")
    services.sent_away(order.number, by="admin:1")
    database.session.refresh(product.variants[0])
    assert (order.state, product.variants[0].on_hand) == ("canceled", 3)
    assert balance("escrow", order.number) == balance("due_at_door", order.number) == yuan("0.00")
    assert_clean()


def test_what_was_paid_for_cannot_be_sent_away() -> None:
    order = on_its_way()
    orders.deliver(order.number)
    with pytest.raises(services.NotAtTheDoor):
        services.sent_away(order.number, by="admin:1")


def test_part_given_back_on_the_way_is_not_asked_for_and_later_parts_go_to_the_balance() -> None:
    order = on_its_way("100.00")
    returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill", key="one")
    assert balance("due_at_door", order.number) == yuan("70.00")
    orders.deliver(order.number)
    assert balance("cash_with_courier", COURIER) == yuan("70.00")
    returns.give_refund(order.number, yuan("20.00"), by="admin:1", cause="goodwill", key="two")
    assert balance("wallet", order.buyer_id) == yuan("20.00")
    with pytest.raises(DomainError):
        returns.give_refund(order.number, yuan("50.01"), by="admin:1", cause="goodwill", key="3")
    assert_clean()


def test_the_balance_pays_first_and_the_courier_collects_the_rest() -> None:
    buyer = make_shopper()
    give_balance(buyer, "40.00")
    order = on_its_way(buyer=buyer, wallet=yuan("40.00"))
    assert balance("escrow", order.number) == yuan("100.00")
    assert balance("due_at_door", order.number) == yuan("60.00")
    services.sent_away(order.number, by="admin:1")
    assert balance("wallet", buyer.id) == yuan("40.00")
    assert_clean()


def test_the_cash_reaches_our_bank_under_one_reference() -> None:
    for order in (on_its_way("100.00"), on_its_way("50.00")):
        orders.deliver(order.number)
    admin = make_admin()
    asked = services.ask_for_handover(COURIER, asked_by=admin.id)
    payments.drive(payments.view(asked.payment_id).op_id)
    assert asked.money == yuan("150.00")
    with pytest.raises(services.NothingHeld):
        services.ask_for_handover(COURIER, asked_by=admin.id)
    orders.deliver(on_its_way("20.00").number)
    with pytest.raises(services.HandoverOpen):
        services.ask_for_handover(COURIER, asked_by=admin.id)

    arrives("150.00", reference=reference(payments.view(asked.payment_id)))
    assert (asked.state, balance("cash_with_courier", COURIER)) == ("arrived", yuan("20.00"))
    assert balance("bank") == yuan("150.00")
    assert_clean()


def test_a_courier_who_hands_over_more_than_was_collected_is_asked_whose_it_is(client: Any) -> None:
    """150.00 come for 100.00: 50.00 wait in suspense, none are the admin's who asked."""
    orders.deliver(on_its_way("100.00").number)
    admin = make_admin()
    asked = services.ask_for_handover(COURIER, asked_by=admin.id)
    payments.drive(payments.view(asked.payment_id).op_id)
    arrives("150.00", reference=reference(payments.view(asked.payment_id)))
    assert (asked.state, balance("cash_with_courier", COURIER)) == ("arrived", yuan("0.00"))
    assert (balance("wallet", admin.id), balance("suspense")) == (yuan("0.00"), yuan("-50.00"))
    (case,) = cases.listed("open")

    sign_in(client, admin)
    assert "More than was asked" in client.get("/admin/cases").text
    page = client.get(f"/admin/cases/{case.id}").text
    assert "nobody&#39;s" in page and "¥50.00" in page and "A Payer" in page
    answer = client.post(f"/admin/cases/{case.id}/income", follow_redirects=True)
    assert "Booked as income of the mall." in answer.text and "Kept as income" in answer.text
    assert client.post(f"/admin/cases/{case.id}/income").status_code == 409
    assert (balance("other_income"), balance("suspense")) == (yuan("50.00"), yuan("0.00"))
    assert_clean()


def test_a_handover_not_seen_in_time_is_awaited_again() -> None:
    orders.deliver(on_its_way("100.00").number)
    asked = services.ask_for_handover(COURIER, asked_by=make_admin().id)
    first = payments.view(asked.payment_id).op_id
    payments.drive(first)
    with clock.travel(clock.now() + timedelta(days=31)), jobs.in_this_process():
        sweeps.sweep()
        sweeps.sweep()
        again = payments.view(asked.payment_id)
        assert again.op_id != first and again.is_open
        payments.drive(again.op_id)
        arrives("100.00", reference=reference(again))
    assert (asked.state, balance("cash_with_courier", COURIER)) == ("arrived", yuan("0.00"))
    assert_clean()


def test_cash_not_at_our_bank_yet_is_no_ground_to_lend_on() -> None:
    order = on_its_way()
    assert facts.open_lines(order.seller_id, clock.now()) == []
    orders.deliver(order.number)
    assert facts.open_lines(order.seller_id, clock.now()) == []
    asked = services.ask_for_handover(COURIER, asked_by=make_admin().id)
    payments.drive(payments.view(asked.payment_id).op_id)
    arrives("100.00", reference=reference(payments.view(asked.payment_id)))
    (line,) = facts.open_lines(order.seller_id, clock.now())
    assert line.order_number == order.number


def test_too_much_cash_and_too_many_refusals_are_told_before_the_click() -> None:
    buyer = make_shopper()
    for _ in range(REFUSALS):
        services.sent_away(on_its_way("10.00", buyer=buyer).number, by="admin:1")
    method = CashOnDelivery()
    (refused,) = method.offers(CheckoutToPay("", buyer.id, yuan("10.00"), clock.today()))
    (dear,) = method.offers(CheckoutToPay("", make_shopper().id, yuan("5000.01"), clock.today()))
    assert [r.code for r in refused.reasons + dear.reasons] == ["refused_at_door", "too_much_cash"]
    assert ordered("10.00", buyer=buyer).state == "canceled"  # declined, whatever the form said


def test_the_pages_tell_shopper_and_admin_what_is_due(client: Any) -> None:
    buyer = make_shopper()
    order = on_its_way(buyer=buyer)
    sign_in(client, buyer)
    page = client.get(f"/account/orders/{order.number}").text
    assert "For the courier" in page and "¥100.00" in page
    sign_in(client, make_admin())
    page = client.get("/admin/cash").text
    assert order.number in page and "Not taken" in page
    orders.deliver(order.number)
    assert "Ask for the cash" in client.get("/admin/cash").text
    asked = client.post("/admin/cash/handover", follow_redirects=True).text
    assert "is awaited" in asked and "Reference" in asked
    again = client.post("/admin/cash/handover", follow_redirects=True).text
    assert "no cash that is not already on its way" in again
