"""B1 and B2: thirty days after the parcel has come, and four quarters from its shipping on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db as database
from core.jobs import Pile
from finance.collections.services import run_day
from finance.loans.queries import loan_for_order, own_book
from mall.orders.models import Order
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.orders import (
    balance,
    move,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
)
from tests.stories.cast import START, make_regular, make_shop, sign_in, to_checkout
from tests.stories.visitor import Visitor


def test_b1_thirty_days_after_the_parcel_has_come(
    visit: Callable[[], Visitor], db: Any, pile: Pile
) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        me = sign_in(visit(), shopper)
        answers = to_checkout(me, make_product(seller, "480.00"))
        me.sees("Pay in 30 days", "480.00 30 days after receipt · free of charge")
        me.press("Pay and order", **answers, offer="pay_later:30d", agree="y").sees("Thank you")
        order = _order_of(shopper)
        loan = loan_for_order(order.number)
        assert loan.rows[0].due_on == START + timedelta(45)
        assert own_book(shopper.id, START).used == 48_000
    with clock.travel(START + timedelta(5)):
        move(order, OrderState.RECEIVED)
        db.session.refresh(loan.rows[0])
        assert loan.rows[0].due_on == START + timedelta(35)
        me.get(f"/account/credit/{loan.number}").sees("pay in 30 days", "¥480.00")
    due = START + timedelta(35)
    with clock.travel(due):
        run_day(due)
        me.get(f"/account/credit/{loan.number}")
        me.press("Pay ¥480.00", way=saved_card(shopper.id)).sees("Thank you, it is paid.")
    assert loan.state == "paid" and not balance("loan_principal", loan.number)
    assert own_book(shopper.id, due).used == 0


def test_b1_is_due_after_45_days_though_nobody_confirmed(db: Any, pile: Pile) -> None:
    shopper = make_regular()
    with clock.travel(START):
        put_in_cart(shopper, make_product(make_shop(), "480.00"))
        order = orders_of_answer(place_and_pay(shopper, offer_key="pay_later:30d"))[0]
    last = START + timedelta(45)
    with clock.travel(last):
        run_day(last)
    assert loan_for_order(order.number).rows[0].state == "due"


def test_b2_a_quarter_at_shipping_then_every_fourteen_days(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        put_in_cart(shopper, make_product(seller, "1000.00"))
        order = orders_of_answer(place_and_pay(shopper, offer_key="pay_later:4x"))[0]
    loan = loan_for_order(order.number)
    assert loan.starts_on is None
    shipped = START + timedelta(2)
    with clock.travel(shipped):
        move(order, OrderState.SHIPPED)
        pile.run_due()
    with clock.travel(clock.start_of(shipped) + timedelta(hours=13)):
        pile.run_due()
        run_day(shipped)
    db.session.expire_all()
    assert loan.rows[0].owed == 0  # by the saved card
    assert [(row.due_on - shipped).days for row in loan.rows] == [0, 14, 28, 42]
    for day in (14, 28, 42):
        with clock.travel(shipped + timedelta(day)):
            run_day(shipped + timedelta(day))
    db.session.expire_all()
    assert loan.state == "paid"
    assert not balance("loan_principal", loan.number)


def test_b2_a_canceled_order_leaves_no_debt(db: Any, pile: Pile) -> None:
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        for price in ("600.00", "400.00"):
            put_in_cart(shopper, make_product(seller, price))
        order = orders_of_answer(place_and_pay(shopper, offer_key="pay_later:4x"))[0]
        move(order, OrderState.CANCELED)
    loan = loan_for_order(order.number)
    assert loan.state == "void" and not balance("loan_principal", loan.number)
    assert own_book(shopper.id, START).used == 0


def _order_of(shopper: Any) -> Any:
    mine = select(Order).where(Order.buyer_id == shopper.id).order_by(Order.id.desc()).limit(1)
    return database.session.scalars(mine).one()
