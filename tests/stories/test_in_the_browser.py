"""J1, J2, J6 and J7 once in a real browser, by clicking; exact amounts as the pages show them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from core.jobs import Pile
from mall.orders import services as orders
from mall.orders.models import Order
from mall.orders.rules import OrderState
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, make_order, move
from tests.factories.people import make_shopper
from tests.stories.cast import START, make_regular, make_shop, owner_of
from tests.stories.walker import Stage, Walker, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def stage(committed_app: Any, browser: Any) -> Iterator[Stage]:
    with staged(committed_app, browser) as stage:
        yield stage


def on_sale(stage: Stage, *goods: tuple[str, str]) -> tuple[str, list[str]]:
    """One shop's goods, and a regular shopper: the owner's address, and where the goods are."""
    with stage.on(START), stage.backstage():
        seller = make_shop()
        paths = [f"/p/{make_product(seller, price, title=title).slug}" for title, price in goods]
        make_regular()
        return owner_of(seller), paths


def buy_in_twelve(me: Walker, paths: list[str]) -> str:
    """From the product pages to the paid order; its number."""
    for path in paths:
        me.go(path).click("Add to cart")
    me.go("/cart").click("Go to checkout", "link").writes(ADDRESS)
    me.page.locator('input[value="pickup"]').check(force=True)
    me.click("Update the total").sees("¥318.00 × 12", "10.90 %", "¥3,816.00")
    ways = me.page.locator("input[name=offer]")
    assert ways.first.is_checked() and str(ways.first.get_attribute("value")).startswith("card")
    me.page.locator('input[value="pay_later:12"]').check(force=True)
    me.page.locator("input[name=agree]").check(force=True)
    me.click("Pay and order").sees("Thank you")
    return me.go("/account/orders").number("/account/orders/")


@pytest.mark.parametrize("script", [False, True])
def test_j1_a_phone_in_twelve_payments(stage: Stage, script: bool) -> None:
    _, paths = on_sale(stage, ("Aster phone", "3600.00"))
    size = "desk" if script else "phone"
    with stage.on(START), stage.person("regular@example.com", script=script, size=size) as me:
        me.go(paths[0]).sees("from 318.00 a month × 12 · APR 10.90 % · total 3,816.00")
        number = buy_in_twelve(me, paths)
        me.go(f"/account/orders/{number}").sees("¥3,600.00", "Until 17 Mar 2026")
        me.click("See the plan", "link").sees("Pay ¥318.00", "10.90 %", "¥3,816.00")


def test_j2_an_accessory_comes_back_after_two_payments(stage: Stage, pile: Pile) -> None:
    owner, paths = on_sale(stage, ("Aster phone", "2400.00"), ("Lens kit", "1200.00"))
    with stage.on(START), stage.person("regular@example.com") as me:
        number = buy_in_twelve(me, paths)
        with stage.backstage():
            order = db.session.scalars(select(Order).where(Order.number == number)).one()
            move(order, OrderState.DELIVERED)
        me.go(f"/account/orders/{number}").click("I have received it")
        me.click("See the plan", "link")
        plan = me.path
        for day in (date(2026, 4, 10), date(2026, 5, 10)):
            with stage.on(day):
                me.go(plan).click("Pay ¥318.00").sees("Thank you, it is paid.")
        with stage.on(date(2026, 5, 18)):
            me.go(f"/account/orders/{number}").click("Return something", "link")
            me.page.get_by_label("Lens kit").fill("1")
            me.page.select_option("[name=cause]", "not_as_described")
            me.click("Ask to return")
            me.go(plan).sees("is not due until it is decided", "Pay ¥212.00")
        with stage.on(date(2026, 5, 20)), stage.person(owner) as shop:
            refund = shop.go("/seller/returns").number("/seller/returns/")
            shop.go(f"/seller/returns/{refund}").sees("¥1,212.00")
            shop.click("Accept and give back ¥1,200.00")
            shop.go("/seller/money").sees("Payable now ¥2,388.00")
        with stage.on(date(2026, 5, 21)):
            with stage.backstage():
                pile.run_due()  # the worker sends what is owed to the card
            me.go(f"/account/orders/{number}").sees(refund, "1 given back", "¥212.00")
            me.go(plan).sees(refund, "Pay ¥212.00")
            assert me.text.count("¥212.00") >= 10


def test_j6_money_on_the_first_day(stage: Stage, pile: Pile) -> None:
    with stage.backstage():
        seller, buyer = make_shop("Day One"), make_shopper()
        number = make_order(buyer, product=make_product(seller, "1000.00")).number
        owner, email = owner_of(seller), str(buyer.email)
    start = clock.now()
    with stage.on(start), stage.person(owner) as shop:
        shop.go(f"/seller/orders/{number}").click("Hand to the mall's courier")
        with stage.on(start + timedelta(minutes=16)):
            with stage.backstage():
                pile.run_due()  # the first scan
            shop.go("/seller/capital/paid-today").sees("¥897.48", "¥2.52", "¥100.00")
            shop.click("Pay me today").sees("The money is in your balance.")
            shop.go("/seller/money").sees("Payable now ¥897.48")
        with stage.on(start + timedelta(3)):
            with stage.backstage():
                pile.run_due()  # the parcel is at the door
            with stage.person(email) as me:
                me.go(f"/account/orders/{number}").click("I have received it")
            shop.go(f"/seller/orders/{number}")
            shop.sees("sale 1,000.00 → advanced 900.00 → fee 2.52 → released 100.00")
            shop.go("/seller/money").sees("Payable now ¥997.48")


def test_j7_an_order_advance_and_a_refund(stage: Stage, pile: Pile) -> None:
    start = clock.now()
    with stage.on(start), stage.backstage():
        seller = make_steady_seller()
        shipped = [(order.number, order.buyer_id) for order in ship_orders(seller, 46)]
        owner, seller_id = owner_of(seller), seller.id
    with stage.on(start), stage.person(owner) as shop:
        shop.go("/seller/capital/order-advance").sees("¥46,000.00", "80 %", "¥36,800.00")
        shop.page.fill("[name=amount]", "30,000.00")
        shop.click("Show the contract").sees("Key facts of the contract", "18.25 %")
        shop.click("Draw into my balance").sees("The money is in your balance.")
        contract = shop.path
        with stage.on(start + timedelta(4)):
            with stage.backstage():
                for number, buyer_id in shipped[:12]:
                    orders.confirm_receipt(number, buyer_id)
            shop.go("/seller/money").sees("Payable now ¥32,380.80")
            shop.go(contract).sees("¥9,619.20", "¥20,400.00")
            back = shipped[20][0]
            shop.go(f"/seller/orders/{back}").page.get_by_text("Give money back").click()
            shop.page.fill("[name=amount]", "1000.00")
            shop.page.select_option("[name=cause]", "goodwill")
            shop.click("Give it back")
            shop.go(contract).sees(f"Order {back} was given back")
        with stage.on(start + timedelta(7)):
            with stage.backstage():
                late = make_order(None, db.session.get_one(type(seller), seller_id), "3000.00")
                late_number, buyer_id = late.number, late.buyer_id
                move(late, OrderState.SHIPPED)
                orders.confirm_receipt(late_number, buyer_id)
            shop.go(f"/seller/orders/{late_number}").sees("¥801.60", back, "¥2,198.40")
