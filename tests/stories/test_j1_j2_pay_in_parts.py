"""J1 and J2: a phone in twelve payments, then an accessory given back as if never bought."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.jobs import Pile
from finance.loans.models import Loan
from ledger import book
from mall.catalog.models import Product
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.goods import make_product
from tests.factories.orders import balance, move, yuan
from tests.stories.cast import CARD, START, make_regular, make_shop, number_on, sign_in, to_checkout
from tests.stories.visitor import Visitor


@pytest.fixture
def me(visit: Callable[[], Visitor], db: Any) -> Visitor:
    """A regular shopper, signed in."""
    return sign_in(visit(), make_regular())


def goods(*wanted: tuple[str, str]) -> list[Product]:
    """Things on sale in one shop."""
    seller = make_shop()
    return [make_product(seller, price, title=title) for title, price in wanted]


def the_loan() -> Loan:
    return database.session.scalars(select(Loan)).one()


def buy_in_twelve(me: Visitor, *things: Product) -> str:
    """Through the pages; nothing is lent before the shopper agrees. Returns the order's number."""
    pay = to_checkout(me, *things) | {"offer": "pay_later:12"}
    me.sees("¥318.00 × 12", "10.90 %", "¥3,816.00", "¥216.00", "17 Mar 2026")
    ways = re.findall(r'<input type="radio"[^>]*name="offer" value="([^"]+)"([^>]*)>', me.html)
    (chosen,) = [way for way, more in ways if "checked" in more]
    assert chosen == ways[0][0] and chosen.startswith("card")  # pay now: first and preselected
    me.press("Pay and order", **pay).sees("agree")
    assert not database.session.scalars(select(Loan)).all()
    assert not book.sum_of("loan_principal", "CNY")
    me.press("Pay and order", **pay, agree="y").sees("Thank you")
    return number_on(me.get("/account/orders"), "/account/orders/")


def test_j1_a_phone_in_twelve_payments(me: Visitor) -> None:
    with clock.travel(START):
        (phone,) = goods(("Aster phone", "3600.00"))
        me.get(f"/p/{phone.slug}")
        me.sees("from 318.00 a month × 12 · APR 10.90 % · total 3,816.00")
        number = buy_in_twelve(me, phone)
        loan = the_loan()
        me.get(f"/account/orders/{number}").sees(loan.number, "Pay later × 12", "3,600.00")
        me.sees("Until 17 Mar 2026 you can pay back ¥3,600.00 without any fee", "Withdraw")
        me.get("/account/credit").sees("318.00", loan.number)
        me.get(f"/account/credit/{loan.number}").sees(
            "10.90 %", "3,816.00", "Pay ¥318.00", "Withdraw for ¥3,600.00"
        )
        assert me.text.count("318.00") >= 12

    order = database.session.scalars(select(Order).where(Order.number == number)).one()
    assert (order.state, balance("escrow", number)) == ("paid", yuan("3600.00"))
    assert balance("loan_principal", loan.number) == yuan("3600.00")
    assert [(row.principal, row.fee) for row in loan.rows] == [(30_000, 1_800)] * 12


def pay_next(me: Visitor, loan: Loan) -> None:
    me.get(f"/account/credit/{loan.number}").press("Pay", **CARD)
    assert me.status == 200, me.text[:800]


def ask_to_return(me: Visitor, order: Order, title: str) -> Refund:
    """The form of the return page, for one unit that is not as described."""
    line = next(line for line in order.lines if line.title == title)
    me.get(f"/account/orders/{order.number}/return")
    me.press("Ask", **{f"take_{line.id}": "1"}, cause="not_as_described", note="It is scratched.")
    return database.session.scalars(select(Refund)).one()


def test_j2_a_return_settles_order_loan_and_payout_in_one_journal(
    me: Visitor, visit: Callable[[], Visitor], pile: Pile
) -> None:
    with clock.travel(START):
        phone, lens = goods(("Aster phone", "2400.00"), ("Lens kit", "1200.00"))
        seller = phone.seller_id
        number = buy_in_twelve(me, phone, lens)
        order = database.session.scalars(select(Order).where(Order.number == number)).one()
        move(order, OrderState.DELIVERED)
        me.get(f"/account/orders/{number}").press("I have received")
        assert balance("seller_payable", seller) == yuan("3600.00")
    loan = the_loan()
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        with clock.travel(day):
            pay_next(me, loan)
    assert balance("loan_principal", loan.number) == yuan("3000.00")

    with clock.travel(date(2026, 5, 18)):
        refund = ask_to_return(me, order, "Lens kit")
        me.get(f"/account/credit/{loan.number}").sees("is not due until it is decided")
        me.sees("Pay ¥212.00").get(f"/account/orders/{number}").sees(refund.number)
    with clock.travel(date(2026, 5, 20)):
        owner = sign_in(visit(), database.session.get_one(Seller, seller))
        owner.get(f"/seller/returns/{refund.number}").sees("1,200.00").press("Accept")
        owner.get(f"/seller/orders/{number}").sees(refund.number)
        me.get(f"/account/orders/{number}").sees(refund.number, "1 given back")
        me.get(f"/account/credit/{loan.number}").sees(refund.number, "Pay ¥212.00")
        assert me.text.count("212.00") >= 10
    with clock.travel(date(2026, 5, 21)):
        pile.run_due()  # the worker sends what is owed to the card

        me.get(f"/account/orders/{number}").sees("¥212.00 to your", "¥1,000.00 off your plan.")
        owner.get(f"/seller/returns/{refund.number}")
        owner.sees("¥212.00 to the buyer's card, ¥1,000.00 off the buyer's plan.")
        owner.sees("You bore the ¥12.00 that the plan had earned.")
        assert "4242" not in owner.text

    assert (refund.state, refund.extra) == ("settled", 1_200)  # the shop bears the earned fee
    assert [card["amount"] for card in refund.cards] == [21_200]
    assert [row.payment for row in loan.rows[2:]] == [21_200] * 10
    assert balance("loan_principal", loan.number) == yuan("2000.00")
    assert balance("seller_payable", seller) == yuan("2388.00")  # 3,600 - 1,200 - the 12.00 fee
    assert not balance("refund_payable", refund.number)  # it has left for the card
    moved: dict[tuple[str, str], int] = {}
    for line in book.journal(f"refund:{refund.number}").lines:
        way = (line.debit.split(":")[1], line.credit.split(":")[1])
        moved[way] = moved.get(way, 0) + line.amount.minor
    assert moved["refund_payable", "loan_principal"] == 100_000
    assert moved["seller_payable", "refund_payable"] == 121_200  # goods and fee
    with clock.travel(date(2026, 6, 10)):
        pay_next(me, loan)
    assert balance("loan_principal", loan.number) == yuan("1800.00")
