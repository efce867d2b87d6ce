"""J1 to J3: a phone in twelve, an accessory returned, a newcomer helped."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core import clock
from finance.loans import services as loans
from finance.loans.models import Loan
from finance.loans.queries import loan_for_order, own_book
from finance.pay_later.method import PayLater
from finance.pay_later.offers import percent
from finance.risk import services as risk
from finance.risk.models import Decision
from ledger import book
from ledger.accounts import account
from mall.checkout.services import Placed
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.ports import payment_methods
from mall.ports.payment_methods import CheckoutToPay
from payments import cards
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    make_order,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
)
from tests.factories.people import make_seller, make_shopper
from tests.finance.money import yuan

START = date(2026, 3, 10)


def make_regular_buyer(finished=3, on=START):
    """A shopper with `finished` received orders of 400.00, thirty days before `on`."""
    with clock.travel(on - timedelta(30)):
        shopper = make_shopper()
        for _ in range(finished):
            make_order(shopper, amount="400.00", state=OrderState.RECEIVED)
    return shopper


@pytest.fixture
def shopper(db):
    return make_regular_buyer()


def buy_phone(buyer, months=12):
    """A phone of 2,400.00 and an accessory of 1,200.00 from one shop, in parts."""
    seller = make_seller()
    for title, price in (("Phone", "2400.00"), ("Accessory", "1200.00")):
        put_in_cart(buyer, make_product(seller, price, title=title))
    return place_and_pay(buyer, offer_key=f"pay_later:{months}")


def pay_next(loan: Loan):
    token = payments_token(loan.borrower_id)
    payment = loans.pay_by_card(
        loan.number, loan.borrower_id, source=token, key=f"K-{clock.today()}"
    )
    payments.refresh(payment.id)


def payments_token(person_id):
    saved_card(person_id)
    return cards.of(person_id)[0].token


def test_the_page_says_what_a_month_costs(db):
    assert PayLater().hint(None, yuan("3600.00")) == (
        "from 318.00 a month × 12 · APR 10.90 % · total 3,816.00"
    )
    assert PayLater().hint(None, yuan("99.99")) == ""


def test_every_term_is_offered_with_its_rows_and_its_yearly_cost(db, shopper):
    with clock.travel(START):
        found = PayLater().offers(CheckoutToPay("", shopper.id, yuan("3600.00"), START))
    offers = [offer for offer in found if offer.rows[1:] and offer.key != "pay_later:4x"]
    assert [(o.key, percent(o.apr_ppm), str(o.total)) for o in offers] == [
        ("pay_later:3", "8.98 %", "3654.00 CNY"),
        ("pay_later:6", "10.21 %", "3708.00 CNY"),
        ("pay_later:12", "10.90 %", "3816.00 CNY"),
        ("pay_later:24", "11.13 %", "4032.00 CNY"),
    ]
    assert not any(offer.reasons for offer in offers)
    assert offers[2].rows[0].payment == yuan("318.00")


def test_pay_now_comes_first(db, shopper):
    with clock.travel(START):
        offers = payment_methods.all_offers(CheckoutToPay("", shopper.id, yuan("3600.00"), START))
    assert offers[0].method != "pay_later"


def test_j1_a_phone_in_twelve(db, shopper):
    with clock.travel(START):
        answer = buy_phone(shopper)
    assert isinstance(answer, Placed)
    order = orders_of_answer(answer)[0]
    loan = loan_for_order(order.number)
    assert order.state == OrderState.PAID
    assert book.balance(account("escrow", order.number), "CNY") == yuan("3600.00")
    assert [(row.principal, row.fee) for row in loan.rows] == [(30_000, 1_800)] * 12
    assert percent(loan.apr_ppm) == "10.90 %"
    assert own_book(shopper.id, START).used == 360_000
    assert_clean()


def test_j2_an_accessory_comes_back_after_two_payments(db, pile, shopper):
    with clock.travel(START):
        order = orders_of_answer(buy_phone(shopper))[0]
        move(order, OrderState.RECEIVED)
    loan = loan_for_order(order.number)
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        with clock.travel(day):
            pay_next(loan)
    with clock.travel(date(2026, 5, 18)):
        accessory = next(line for line in order.lines if line.title == "Accessory")
        refund = returns.open_return(
            order.number, shopper.id, lines={accessory.id: 1}, cause="not_as_described"
        )
    assert [row.paused for row in loan.rows[:3]] == [0, 0, 10_600]

    with clock.travel(date(2026, 5, 20)):
        returns.accept_return(refund.number, by="seller")
    with clock.travel(date(2026, 5, 21)):
        pile.run_due()
    db.session.expire_all()
    assert [row.payment for row in loan.rows] == [21_200] * 12
    assert [row.owed for row in loan.rows] == [0, 0] + [21_200] * 10
    assert not any(row.paused for row in loan.rows)
    assert refund.cards[0]["amount"] == 21_200
    assert refund.extra == 1_200
    assert_clean()


def test_j3_a_newcomer_is_declined_then_helped(db):
    newcomer = make_regular_buyer(finished=1, on=START)
    with clock.travel(START):
        put_in_cart(newcomer, make_product(price="2000.00"))
        answer = place_and_pay(newcomer, offer_key="pay_later:3")
    assert [reason.code for reason in answer.reasons] == ["RB02", "RB06"]
    assert answer.reasons[1].change == "Pay 1,400.00 now, 600.00 in 3 parts."

    with clock.travel(START + timedelta(1)):
        for _ in range(2):
            make_order(newcomer, amount="400.00", state=OrderState.RECEIVED)
    with clock.travel(START + timedelta(2)):
        put_in_cart(newcomer, make_product(price="2000.00"))
        assert isinstance(place_and_pay(newcomer, offer_key="pay_later:3"), Placed)
    assert_clean()


def test_a_decline_can_be_replayed(db):
    newcomer = make_regular_buyer(finished=0)
    with clock.travel(START):
        put_in_cart(newcomer, make_product(price="2000.00"))
        answer = place_and_pay(newcomer, offer_key="pay_later:3")
    assert [reason.code for reason in answer.reasons] == ["RB02"]
    decision = db.session.scalars(select(Decision).where(Decision.subject_id == newcomer.id)).one()
    assert risk.replay(decision.id).same


def test_what_is_owed_leaves_less_to_owe(db, shopper):
    with clock.travel(START):
        buy_phone(shopper)
        buy_phone(shopper)
        answer = buy_phone(shopper)  # 7,200.00 of 10,000.00 are used
    assert [reason.code for reason in answer.reasons] == ["RB06"]
    assert "2,800.00" in answer.reasons[0].text
    assert_clean()


def test_a_canceled_order_leaves_no_debt(db, shopper):
    with clock.travel(START):
        order = orders_of_answer(buy_phone(shopper))[0]
        move(order, OrderState.CANCELED)
    loan = loan_for_order(order.number)
    assert loan.state == "void"
    assert own_book(shopper.id, START).used == 0
    assert_clean()
