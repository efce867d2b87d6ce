"""The credit pages in a real browser: phone and desk, for every eye and hand, without script."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from finance.collections.services import run_day
from finance.loans.queries import loan_for_order
from finance.risk.models import Decision
from mall.orders import returns
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.orders import (
    ADDRESS,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
)
from tests.factories.people import PASSWORD
from tests.finance.pay_later.test_in_parts import buy_phone, make_regular_buyer
from tests.look.chromium import barriers, opened, scrolls_sideways, served

pytestmark = pytest.mark.browser


def lived(app):
    """Seventy days: a plan with a late row and an open return, another plan, a decline."""
    start = clock.today() - timedelta(75)
    with app.app_context():
        shopper = make_regular_buyer(on=start)
        with clock.travel(start):
            order = orders_of_answer(buy_phone(shopper))[0]
            move(order, OrderState.RECEIVED)
        saved_card(shopper.id)
        with clock.travel(start + timedelta(3)):
            buy_phone(shopper, 3)
            put_in_cart(shopper, make_product(price="4000.00"))
            place_and_pay(shopper, offer_key="pay_later:24")
        for day in (0, 60, 74):
            with clock.travel(start + timedelta(day)):
                run_day(start + timedelta(day))
        with clock.travel(start + timedelta(74)):
            accessory = next(line for line in order.lines if line.title == "Accessory")
            returns.open_return(
                order.number, shopper.id, lines={accessory.id: 1}, cause="not_as_described"
            )
        loan = loan_for_order(order.number).number
        declined = select(Decision.id).where(Decision.approved.is_(False))
        paths = [
            "/account/credit",
            f"/account/credit/{loan}",
            f"/account/credit/decisions/{db.session.scalars(declined).one()}",
            f"/account/orders/{order.number}",
        ]
        email = shopper.email
        db.session.remove()
    return email, paths


def sign_in(page, home, email):
    page.goto(f"{home}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")


def test_credit_pages_hold_on_phone_and_desk_and_a_row_is_paid_without_script(
    committed_app, browser, pile
):
    email, paths = lived(committed_app)
    with served(committed_app) as home:
        for size in ("phone", "desk"):
            with opened(browser, home, size=size) as page:
                sign_in(page, home, email)
                page.said.clear()
                for path in paths:
                    page.goto(home + path)
                    assert not scrolls_sideways(page), f"{path} on {size}"
                assert page.said == []
                for path in paths:  # axe itself makes the policy complain
                    page.goto(home + path)
                    assert barriers(page) == [], f"{path} on {size}"
        with opened(browser, home, size="phone", script=False) as page:
            sign_in(page, home, email)
            page.goto(home + paths[1])
            page.get_by_role("button", name="Pay ¥").focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert "Thank you, it is paid." in page.inner_text("body")


def test_some_by_card_and_the_rest_in_parts_by_keyboard_without_script(
    committed_app, browser, pile
):
    with committed_app.app_context():
        shopper = make_regular_buyer(finished=1, on=clock.today())
        put_in_cart(shopper, make_product(price="2000.00"))
        saved_card(shopper.id)
        email = shopper.email
        db.session.remove()
    with served(committed_app) as home:
        for size in ("phone", "desk"):
            with opened(browser, home, size=size) as page:
                sign_in(page, home, email)
                page.goto(f"{home}/checkout")
                assert not scrolls_sideways(page)
                with page.expect_navigation():
                    page.get_by_role("button", name="by card now").first.click()
                assert not scrolls_sideways(page)
                assert barriers(page) == [], size
        with opened(browser, home, size="phone", script=False) as page:
            sign_in(page, home, email)
            page.goto(f"{home}/checkout")
            press(page, "by card now, ¥600.00 later")
            body = page.inner_text("body")
            assert "Which card pays ¥1,400.00 now?" in body
            for name, value in ADDRESS.items():
                if name != "country":
                    page.fill(f"input[name={name}]", value)
            page.focus("input[name=agree]")
            page.keyboard.press("Space")
            press(page, "Pay and order")
            body = page.inner_text("body")
            assert "Thank you, your order is paid" in body
            assert "¥1,400.00" in body and "¥600.00" in body


def press(page, name):
    page.get_by_role("button", name=name).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
