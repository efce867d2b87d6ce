"""J1 and J2: a phone in twelve payments, then an accessory given back as if never bought."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.jobs import Pile
from core.money import Money
from ledger import book
from ledger.accounts import account
from mall.accounts.models import Person
from mall.orders import services as orders
from mall.orders.models import Order, Refund
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, orders_of_answer, place_and_pay, put_in_cart
from tests.factories.people import PASSWORD, make_seller, make_shopper
from tests.stories.visitor import Visitor

CARD = {"card_number": "4242 4242 4242 4242", "card_expiry": "12/30", "card_cvc": "123"}


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


def balance(name: str, owner: object = "") -> Money:
    return book.balance(account(name, str(owner)), "CNY")


def make_regular(email: str) -> Person:
    """A shopper with three finished orders in the three months before 10 March 2026."""
    shopper, shop = make_shopper("Regular", email), make_seller()
    for month in (12, 1, 2):
        with clock.travel(date(2025 if month == 12 else 2026, month, 10)):
            put_in_cart(shopper, make_product(shop, "600.00", title=f"Coat of month {month}"))
            (order,) = orders_of_answer(place_and_pay(shopper))
            orders.ship(order.number, order.seller_id, carrier="SF", tracking=f"T{month}")
            orders.scan(order.number, clock.now())
            orders.deliver(order.number)
            orders.confirm_receipt(order.number, shopper.id)
    return shopper


@pytest.fixture
def story(visit: Callable[[], Visitor], db: Any) -> dict[str, Any]:
    """A regular shopper, and a shop (no commission) with a phone of 2,400.00 and a lens of 1,200.00."""
    with clock.travel(date(2025, 11, 20)):
        seller = make_seller("Phone House")
        seller.commission_ppm = 0
        database.session.commit()
        phone = make_product(seller, "2400.00", title="Aster phone")
        lens = make_product(seller, "1200.00", title="Lens kit")
    with clock.travel(date(2025, 12, 1)):
        shopper = make_regular("regular@example.com")
    return {"shopper": shopper, "seller": seller, "phone": phone, "lens": lens, "visitor": visit()}


def _buy_in_twelve(story: dict[str, Any]) -> str:
    """J1 up to the paid order; its number."""
    me: Visitor = story["visitor"].sign_in("regular@example.com", PASSWORD)
    me.get(f"/p/{story['phone'].slug}").sees("a month")
    me.press("Add to cart")
    me.get(f"/p/{story['lens'].slug}").press("Add to cart")
    seller_id = story["seller"].id
    page = me.get("/checkout")
    me.press("Update the total", address="new", **ADDRESS, **{f"ship-{seller_id}": "pickup"})
    page.sees("318.00", "10.90 %", "3,816.00")
    pay = {"address": "new", **ADDRESS, f"ship-{seller_id}": "pickup", "offer": "pay_later:12"}
    me.press("Pay and order", **pay).sees("agree")  # no click, no credit
    assert not book.sum_of("loan_principal", "CNY")
    me.press("Pay and order", **pay, agree="y")
    assert me.status == 200, me.text[:800]
    me.get("/account/orders")
    return me.html.split("/account/orders/")[1].split('"')[0]


def test_j1_a_phone_in_twelve_payments(story: dict[str, Any]) -> None:
    with clock.travel(date(2026, 3, 10)):
        number = _buy_in_twelve(story)
        assert balance("escrow", number) == yuan("3600.00")
        assert book.sum_of("loan_principal", "CNY") == yuan("3600.00")
        me = story["visitor"].get("/account/credit")
        me.sees("318.00")
        loan = me.html.split("/account/credit/L-")[1].split('"')[0].split("/")[0]
        page = me.get(f"/account/credit/L-{loan}")
        assert page.text.count("318.00") >= 12
        page.sees("10.90 %", "3,816.00")


def _pay_next(me: Visitor, loan: str) -> None:
    me.get(f"/account/credit/{loan}")
    me.press("Pay", **CARD)
    assert me.status == 200, me.text[:800]


def test_j2_a_return_settles_order_loan_and_payout_in_one_journal(
    story: dict[str, Any], pile: Pile
) -> None:
    seller = story["seller"]
    with clock.travel(date(2026, 3, 10)):
        number = _buy_in_twelve(story)
        orders.ship(number, seller.id, carrier="SF", tracking="SF1")
        orders.scan(number, clock.now())
        orders.deliver(number)
        story["visitor"].get(f"/account/orders/{number}").press("I have received")
        assert balance("seller_payable", seller.id) == yuan("3600.00")
    me: Visitor = story["visitor"]
    loan = (
        "L-"
        + me.get("/account/credit").html.split("/account/credit/L-")[1].split('"')[0].split("/")[0]
    )
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        with clock.travel(day):
            _pay_next(me, loan)
    assert balance("loan_principal", loan) == yuan("3000.00")

    with clock.travel(date(2026, 5, 12)):
        me.get(f"/account/orders/{number}/return")
        order = database.session.scalars(select(Order).where(Order.number == number)).one()
        lens = next(line for line in order.lines if line.title == "Lens kit")
        me.press(
            "Ask",
            **{f"take_{lens.id}": "1"},
            cause="not_as_described",
            note="The glass is scratched.",
        )
        me.get(f"/account/credit/{loan}").sees("not due until it is decided", "Pay ¥212.00")
        refund = database.session.scalars(select(Refund.number)).one()
        me.get(f"/account/orders/{number}").sees(refund)
        owner = Visitor(me.client.application.test_client()).sign_in(_owner(seller), PASSWORD)
        owner.get(f"/seller/returns/{refund}").sees("1,200.00").press("Accept")
        assert owner.status == 200, owner.text[:800]
        me.get(f"/account/orders/{number}").sees(refund, "1 given back")
        rows = me.get(f"/account/credit/{loan}").sees(refund, "Pay ¥212.00")
        assert rows.text.count("212.00") >= 10

    with clock.travel(date(2026, 5, 13)):
        pile.run_due()  # the worker sends what is owed to the card
    assert balance("loan_principal", loan) == yuan("2000.00")
    assert balance("seller_payable", seller.id) == yuan("2388.00")  # 3,600 - 1,200 - the 12.00 fee
    assert not balance("refund_payable", refund)  # it has left for the card
    moved: dict[tuple[str, str], int] = {}
    for line in book.journal(f"refund:{refund}").lines:
        way = (line.debit.split(":")[1], line.credit.split(":")[1])
        moved[way] = moved.get(way, 0) + line.amount.minor
    assert moved["refund_payable", "loan_principal"] == 100_000
    assert moved["seller_payable", "refund_payable"] == 121_200  # goods and fee
    with clock.travel(date(2026, 6, 10)):
        _pay_next(me, loan)
    assert balance("loan_principal", loan) == yuan("1800.00")


def _owner(seller: Any) -> str:
    return str(database.session.get_one(Person, seller.owner_id).email)
