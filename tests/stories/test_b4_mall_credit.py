"""B4: a line opened once, drawn at checkout, billed once a month; paid, converted, closed, by its pages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db as database
from core.jobs import Pile
from finance.collections.services import run_day
from finance.credit_line import queries
from finance.loans.queries import loan_for_order, own_book
from finance.loans.verifying import verify
from mall.orders.models import Order
from mall.orders.rules import OrderState
from tests.factories.goods import make_product
from tests.factories.messages import told_kinds
from tests.factories.orders import balance, move, saved_card, yuan
from tests.stories.cast import START, make_regular, make_shop, sign_in, to_checkout
from tests.stories.visitor import Visitor


def _buy(me: Visitor, shopper: Any, seller: Any, price: str) -> Order:
    answers = to_checkout(me, make_product(seller, price))
    me.sees("Mall credit", "nothing if paid by")
    me.press("Pay and order", **answers, offer="mall_credit:line", agree="y").sees("Thank you")
    mine = select(Order).where(Order.buyer_id == shopper.id).order_by(Order.id.desc()).limit(1)
    return database.session.scalars(mine).one()


def _pay(me: Visitor, number: str, card: str, kind: str) -> None:
    me.get(f"/account/line/{number}").press("Pay", kind=kind, way=card).sees("it is paid")


def _open(me: Visitor, shopper: Any) -> Any:
    """The line, opened from the page of credit; its contract says the price in both languages."""
    me.get("/account/credit").sees("Mall credit").get("/account/line")
    me.sees("A limit of ¥10,000.00", "18.25 % in a year", "within 10 days")
    me.press("Open the line", ceiling="1,000.00").sees("Your line is open", "¥0.00 of ¥1,000.00")
    line = queries.open_line(shopper.id)
    me.get(f"/account/credit/{line.number}/contract").sees("18.35 %", "0.05 % a day")
    me.get(f"/account/credit/{line.number}/contract?lang=zh").sees(
        "账单日起 10 天内全额还款不收费", "最低还款"
    )
    return line


def test_300_and_120_from_the_offer_to_the_end(
    visit: Callable[[], Visitor], db: Any, pile: Pile
) -> None:
    """Every figure by hand: 0.05 % a night of what is left after the 20th of April."""
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        me = sign_in(visit(), shopper)
        line = _open(me, shopper)
        to_checkout(me, make_product(seller, "20.00"))
        assert 'value="mall_credit:line" checked' not in me.html  # pay-now stands first
        me.get("/cart").press("Remove")
    card = saved_card(shopper.id)
    with clock.travel(START + timedelta(2)):
        phone = loan_for_order(_buy(me, shopper, seller, "300.00").number)
    with clock.travel(START + timedelta(10)):
        order = _buy(me, shopper, seller, "120.00")
        me.get(f"/account/orders/{order.number}").sees("Bought on your line", line.number)
    with clock.travel(date(2026, 4, 10)):
        run_day(clock.today())
        me.get(f"/account/line/{line.number}/statements/1")
        me.sees("¥420.00", "The least is ¥42.00", order.number, phone.orders[0].order_number)
        assert "statement_ready" in told_kinds(shopper.id)
    with clock.travel(date(2026, 4, 20)):
        run_day(clock.today())
        _pay(me, line.number, card, "least")
    with clock.travel(date(2026, 5, 10)):
        run_day(clock.today())
        me.get(f"/account/line/{line.number}/statements/2").sees("¥3.78", "¥381.78", "¥41.58")
    with clock.travel(date(2026, 5, 12)):
        move(order, OrderState.CANCELED)
        pile.run_due()
        me.get(f"/account/orders/{order.number}").sees("¥12.00")
        me.get(f"/account/line/{line.number}").sees("¥272.97", "The whole statement: 272.70")
    with clock.travel(date(2026, 5, 13)):
        pile.run_due()
        me.get(f"/account/line/{line.number}/convert/{phone.number}?months=3")
        me.sees("3 payments ¥91.35 8.05 % ¥4.05 ¥274.05").press("Pay it in 3 payments")
        me.sees("paid in 3 payments now", "Plan")
        me.get(f"/account/credit/{phone.number}").sees("Now a plan in equal payments", line.number)
    with clock.travel(date(2026, 5, 15)):
        _pay(me, line.number, card, "all")
        me.press("Close the line").sees("The line is closed", "Nothing is owed")
        pile.run_due()
    db.session.expire_all()
    assert (phone.state, line.state) == ("paid", "closed")
    assert own_book(shopper.id, START).used == 0
    assert not balance("loan_principal", phone.number) and not balance(
        "loan_interest", phone.number
    )
    assert verify().wrong == ()


def test_autopay_takes_the_balance_then_the_card_and_late_is_told(
    visit: Callable[[], Visitor], db: Any, pile: Pile
) -> None:
    """Nothing to pay with: told, not overdrawn; four days later it is late, and credit rests."""
    shopper, seller = make_regular(), make_shop()
    with clock.travel(START):
        me = sign_in(visit(), shopper)
        me.get("/account/line").press("Open the line")
        line = queries.open_line(shopper.id)
        me.press("Keep", what="full").sees("Saved.")
        order = _buy(me, shopper, seller, "300.00")
    due = date(2026, 4, 20)
    with clock.travel(due - timedelta(5)):
        run_day(clock.today())
        assert "line_due" in told_kinds(shopper.id)
    with clock.travel(due):
        run_day(clock.today())
        assert "line_unpaid" in told_kinds(shopper.id)
    with clock.travel(due + timedelta(4)):
        run_day(clock.today())
        assert "line_late" in told_kinds(shopper.id)
        assert "installment_late" not in told_kinds(shopper.id)
        me.get(f"/account/line/{line.number}").sees("A payment is 4 days late", "no late fee")
        to_checkout(me, make_product(seller, "50.00"))
        me.sees("A payment of 30.00 is overdue")
        card = saved_card(shopper.id).removeprefix("card:")
        me.get(f"/account/line/{line.number}").press("Keep", what="full", card=card)
    with clock.travel(due + timedelta(5)):
        run_day(clock.today())
    db.session.expire_all()
    loan = loan_for_order(order.number)
    assert loan.interest_owed == yuan("0.75")  # five nights of 300.00; the next statement has them
    assert loan.principal_owed == yuan("0.00") and loan.late_fee_owed == yuan("0.00")
