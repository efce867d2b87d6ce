"""J1 and J2 through the pages: a phone in twelve payments, and part of it returned."""

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db as database
from finance.loans.models import Loan
from ledger import book
from mall.orders import returns
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState
from mall.sellers.models import Seller
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    assert_clean,
    balance,
    make_order,
    move,
    put_in_cart,
    saved_card,
    yuan,
)
from tests.factories.people import make_seller, make_shopper, sign_in

START = date(2026, 3, 10)


def hidden(page: str) -> dict[str, str]:
    """The checkout form's key and the total it showed."""
    found = {n: re.search(rf'name="{n}"[^>]*value="([^"]*)"', page) for n in ("key", "seen_total")}
    return {name: value[1] for name, value in found.items() if value}


def a_regular_shopper(client: Any) -> Any:
    """Three orders received a month ago, a saved card, signed in."""
    with clock.travel(START - timedelta(30)):
        buyer = make_shopper()
        for _ in range(3):
            make_order(buyer, amount="400.00", state=OrderState.RECEIVED)
    sign_in(client, buyer)
    return buyer


def buy(client: Any, buyer: Any, *goods: tuple[str, str]) -> Order:
    """Put goods of one shop into the cart and pay them in twelve, on the checkout page."""
    seller = make_seller()
    for title, price in goods:
        put_in_cart(buyer, make_product(seller, price, title=title))
    page = client.get("/checkout").text
    for word in ("¥318.00 × 12", "10.90 %", "¥3,816.00", "¥216.00", "17 Mar 2026"):
        assert word in page, word
    assert page.index('value="card:') < page.index('value="pay_later:12"')  # pay now first
    answers = hidden(page) | ADDRESS | {"address": "new", "offer": "pay_later:12", "agree": "y"}
    done = client.post("/checkout", data=answers | {"action": "pay"})
    assert "Thank you" in client.get(done.location).text
    return database.session.scalars(select(Order).where(Order.total == 360_000)).one()


def test_j1_a_phone_in_twelve(client: Any) -> None:
    buyer = a_regular_shopper(client)
    with clock.travel(START):
        phone = make_product(make_seller(), "3600.00", title="Phone")
        words = re.sub(r"<[^>]+>|\s+", " ", client.get(f"/p/{phone.slug}").text)
        assert "APR 10.90 %" in words and "318.00" in words and "3,816.00" in words
        assert database.session.scalars(select(Loan)).all() == []  # nothing without her click
        order = buy(client, buyer, ("Phone", "3600.00"))
        page = client.get(f"/account/orders/{order.number}").text

    loan = database.session.scalars(select(Loan)).one()
    assert order.state == "paid" and balance("escrow", order.number) == yuan("3600.00")
    assert [(row.principal, row.fee) for row in loan.rows] == [(30_000, 1_800)] * 12
    assert loan.number in page and "Pay later × 12" in page
    assert "Until 17 Mar 2026 you can pay back ¥3,600.00 without any fee" in page
    assert_clean()


def test_j2_an_accessory_comes_back_after_two_payments(client: Any, pile: Any) -> None:
    buyer = a_regular_shopper(client)
    with clock.travel(START):
        order = buy(client, buyer, ("Phone", "2400.00"), ("Accessory", "1200.00"))
        move(order, OrderState.DELIVERED)
        client.post(f"/account/orders/{order.number}/receive")
    loan = database.session.scalars(select(Loan)).one()
    plan, card = f"/account/credit/{loan.number}", saved_card(buyer.id)
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        with clock.travel(day):
            key = hidden(client.get(plan).text)["key"]
            client.post(f"{plan}/pay", data={"key": key, "way": card})

    with clock.travel(date(2026, 5, 18)):
        accessory = next(line for line in order.lines if line.title == "Accessory")
        ask = {f"take_{accessory.id}": "1", "cause": "not_as_described"}
        client.post(f"/account/orders/{order.number}/return", data=ask)
        refund = database.session.scalars(select(Refund)).one()
        assert "is not due until it is decided" in client.get(plan).text

    with clock.travel(date(2026, 5, 20)):
        returns.accept_return(refund.number, by="seller:1", seller_id=order.seller_id)
    with clock.travel(date(2026, 5, 21)):
        pile.run_due()
    database.session.expire_all()

    assert (refund.state, refund.extra) == ("settled", 1_200)  # the shop bears the earned fee
    assert [card["amount"] for card in refund.cards] == [21_200]  # 212.00 to her card
    assert [row.payment for row in loan.rows[2:]] == [21_200] * 10
    with clock.travel(date(2026, 5, 21)):
        pages = [client.get(url).text for url in (plan, f"/account/orders/{order.number}")]
    assert all(refund.number in page for page in pages)
    assert "¥212.00 to your Visa ending in 4242, ¥1,000.00 off your plan." in pages[1]
    sign_in(client, database.session.get_one(Seller, order.seller_id))
    shop = client.get(f"/seller/returns/{refund.number}").text
    assert "¥212.00 to the buyer&#39;s card, ¥1,000.00 off the buyer&#39;s plan." in shop
    assert "You bore the ¥12.00 that the plan had earned." in shop and "4242" not in shop
    lines = book.journal(f"refund:{refund.number}").lines
    assert sum(line.amount.minor for line in lines if "refund_payable" in line.credit) == 121_200
    assert_clean()
