"""A checkout by bank transfer: ordered now, paid by a line of a statement, given back by an order."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core import clock
from core.jobs import Pile
from mall.accounts import queries as people
from mall.checkout import expiry
from mall.checkout import queries as carts
from mall.checkout.bank_transfer import OPEN_MAX, BankTransfer
from mall.checkout.services import Awaiting
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.ports.payment_methods import CheckoutToPay
from payments import bank_incoming, bank_orders, cases, sweeps
from payments import services as payments
from payments.values import PaymentView
from tests.factories.bank import PAYER, arrives, reference
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper, sign_in

pytestmark = pytest.mark.usefixtures("db")


def ordered(price: str = "100.00", stock: int = 1) -> tuple[Order, PaymentView]:
    """One thing ordered by bank transfer, not yet paid."""
    buyer, product = make_shopper(), make_product(make_seller(), price, stock=stock)
    put_in_cart(buyer, product)
    answer = place_and_pay(buyer, offer_key="bank_transfer")
    assert isinstance(answer, Awaiting)
    (order,) = orders_of_answer(answer)
    return order, payments.view(answer.payment_id)


def test_ordered_now_and_paid_by_the_statement() -> None:
    order, payment = ordered()
    assert (order.state, balance("escrow", order.number)) == ("placed", yuan("0.00"))
    arrives("100.00", reference=reference(payment))
    assert (order.state, balance("escrow", order.number)) == ("paid", yuan("100.00"))
    assert_clean()


def test_the_cart_is_free_for_more_and_the_goods_are_held_for_days() -> None:
    order, _ = ordered()
    assert not carts.basket_of(order.buyer_id).parcels
    with clock.travel(clock.now() + timedelta(days=2)):
        expiry.give_up_overdue()
        assert order.state == "placed"
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        sweeps.sweep()
        expiry.give_up_overdue()
        assert order.state == "canceled"
    assert_clean()


def test_another_order_can_be_placed_while_one_waits() -> None:
    buyer, product = make_shopper(), make_product(make_seller(), "10.00", stock=9)
    numbers = set()
    for _ in range(OPEN_MAX):
        put_in_cart(buyer, product)
        numbers.add(place_and_pay(buyer, offer_key="bank_transfer").number)
    assert len(numbers) == OPEN_MAX
    (offer,) = BankTransfer().offers(CheckoutToPay("", buyer.id, yuan("10.00"), clock.today()))
    assert [reason.code for reason in offer.reasons] == ["transfers_open"]


def test_a_transfer_after_the_goods_were_given_up_goes_back(pile: Pile) -> None:
    order, payment = ordered()
    expiry.give_up(order_checkout(payment), order.buyer_id)
    arrives("100.00", reference=reference(payment))
    assert balance("wallet", order.buyer_id) == yuan("100.00")
    pile.run_due()
    assert balance("wallet", order.buyer_id) == yuan("0.00")
    file = bank_orders.file_of(bank_orders.make_file("admin:1"))
    assert (file.money, PAYER in file.content) == (yuan("100.00"), True)
    assert_clean()


def order_checkout(payment: PaymentView) -> str:
    return payment.purpose.partition(":")[2]


def test_half_of_it_goes_to_the_balance_when_the_time_runs_out() -> None:
    order, payment = ordered()
    arrives("40.00", reference=reference(payment))
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        sweeps.sweep()
        bank_incoming.let_go_of_partial()
    assert (order.state, balance("wallet", order.buyer_id)) == ("canceled", yuan("40.00"))
    assert cases.counts() == {"open": 0, "closed": 1}
    assert_clean()


def test_a_refund_goes_to_the_account_it_came_from() -> None:
    order, payment = ordered()
    arrives("100.00", reference=reference(payment))
    refund = returns.give_refund(order.number, yuan("30.00"), by="admin:1", cause="goodwill")
    payments.drive(payments.ops_of(payment.id)[-1].id)
    text = bank_orders.file_of(bank_orders.make_file("admin:1")).content
    assert refund.number in text and PAYER in text
    end_to_end = text.partition("<EndToEndId>")[2].partition("<")[0]
    arrives("-30.00", end_to_end=end_to_end)
    assert refund.state == "settled"
    assert_clean()


def test_a_refund_goes_to_the_balance_when_nobody_knows_the_account() -> None:
    order, payment = ordered()
    arrives("100.00", reference=reference(payment), iban="")
    orders.cancel(order.number, by="shopper", reason="changed my mind")
    assert balance("wallet", order.buyer_id) == yuan("100.00")
    assert_clean()


def test_the_page_says_what_to_transfer_where_and_until_when(client: FlaskClient) -> None:
    order, payment = ordered()
    sign_in(client, buyer_of(order))
    for path in (f"/checkout/{order_checkout(payment)}", f"/account/orders/{order.number}"):
        page = client.get(path).get_data(as_text=True)
        assert "Please transfer" in page
        assert "DE89 3704 0044 0532 0130 00" in page
        shown = reference(payment)
        assert " ".join(shown[i : i + 4] for i in range(0, len(shown), 4)) in page
        assert "¥100.00" in page
    arrives("60.00", reference=reference(payment))
    assert "¥60.00 of ¥100.00 has come" in client.get(path).get_data(as_text=True)
    arrives("40.00", reference=reference(payment))
    assert "Please transfer" not in client.get(path).get_data(as_text=True)


def buyer_of(order: Order) -> object:
    return people.person(order.buyer_id)


def test_giving_up_puts_the_goods_back_into_the_cart(client: FlaskClient) -> None:
    order, payment = ordered()
    sign_in(client, buyer_of(order))
    client.post(f"/checkout/{order_checkout(payment)}/give-up")
    assert order.lines[0].title in client.get("/cart").get_data(as_text=True)
    assert order.state == "canceled"
