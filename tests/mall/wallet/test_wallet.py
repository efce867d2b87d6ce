"""Money into a balance, out of it, and a statement that says what each line was."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.errors import DomainError
from mall.checkout.services import Placed
from mall.orders import services as orders
from mall.wallet import queries, services
from mall.wallet.models import Withdrawal
from payments import cards, sandbox_bank
from payments import services as payments
from payments.models import GatewayOp
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper
from tests.factories.wallet import give_balance

GOOD, DECLINED, LATE_NO = "4242424242424242", "4000000000000002", "4000000000001042"
BANK, NO_BANK, CLOSED_BANK = "6222020200001234", "6222020200000002", "6222020200001116"


def token(person: Any, number: str = GOOD) -> str:
    return cards.save(person.id, number, f"04/{clock.today().year + 3}", "123").token


def paid_in(person: Any, amount: str, key: str = "K", number: str = GOOD) -> Any:
    payment = services.top_up(person.id, yuan(amount), key, token(person, number))
    return payments.refresh(payment.id)


def driven(number: str) -> Withdrawal:
    """A withdrawal whose payout the gateway has answered, and its notices have come."""
    op_id = database.session.scalar(select(GatewayOp.id).where(GatewayOp.ref == number))
    assert op_id
    payments.drive(op_id)
    with clock.travel(clock.now() + timedelta(minutes=5)):
        payments.drive(op_id)
    return database.session.scalars(
        select(Withdrawal)
        .where(Withdrawal.number == number)
        .execution_options(populate_existing=True)
    ).one()


def test_a_card_pays_in_and_a_second_click_pays_nothing_more(db: Any) -> None:
    person = make_shopper()
    first, again = paid_in(person, "50.00"), paid_in(person, "50.00")
    assert first.id == again.id and first.state == "succeeded"
    assert balance("wallet", person.id) == yuan("50.00")
    (line,) = queries.statement(person.id, "CNY").lines
    assert (line.words, line.about, line.change) == ("Paid in by card", "top_up", yuan("50.00"))
    assert queries.top_up_of(line.number, person.id).state == "paid"
    assert_clean()


def test_a_declined_card_pays_nothing_in(db: Any) -> None:
    person = make_shopper()
    assert paid_in(person, "50.00", number=DECLINED).state == "refused"
    assert not balance("wallet", person.id)
    assert paid_in(person, "50.00", key="K2").state == "succeeded"
    assert_clean()


def test_the_processors_page_pays_in_without_a_saved_card(db: Any) -> None:
    person = make_shopper()
    payment = services.top_up(person.id, yuan("50.00"), "K", "")
    page = payments.refresh(payment.id).action_url
    assert page and not balance("wallet", person.id)
    sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
    with clock.travel(clock.now() + timedelta(minutes=20)):
        payments.refresh(payment.id)
    assert balance("wallet", person.id) == yuan("50.00")
    assert_clean()


@pytest.mark.parametrize(
    ("amount", "why"), [("9.99", "smallest amount"), ("9500.01", "9500.00 CNY is left today")]
)
def test_limits_of_paying_in_say_what_is_left(db: Any, amount: str, why: str) -> None:
    person = make_shopper()
    paid_in(person, "500.00")
    with pytest.raises(DomainError, match=why):
        paid_in(person, amount, key="K2")
    assert paid_in(person, "9500.00", key="K3").state == "succeeded"
    with clock.travel(clock.now() + timedelta(days=1)):
        assert paid_in(person, "9500.00", key="K4").state == "succeeded"


def test_a_withdrawal_is_held_leaves_and_arrives(db: Any) -> None:
    person = make_shopper()
    give_balance(person, "80.00")
    asked = services.withdraw(person.id, yuan("50.00"), "K", "6222 0202 0000 1234")
    again = services.withdraw(person.id, yuan("50.00"), "K", BANK)
    assert asked.number == again.number and asked.destination == BANK
    assert queries.balance_of(person.id, "CNY") == yuan("30.00")
    assert queries.held_of(person.id, "CNY") == yuan("50.00")
    assert_clean()
    assert driven(asked.number).state == "paid"
    assert balance("wallet", person.id) == yuan("30.00")
    assert not balance("payout_in_flight", asked.number)
    newest = queries.statement(person.id, "CNY").lines[0]
    assert (newest.words, newest.number) == ("Sent to your bank", asked.number)
    assert_clean()


def test_a_withdrawal_on_its_way_is_no_sellers_money(db: Any) -> None:
    """The audit of what sellers have once took it for money of a seller it did not know."""
    person = make_shopper()
    give_balance(person, "80.00")
    asked = services.withdraw(person.id, yuan("50.00"), "K", BANK)
    op_id = database.session.scalars(select(GatewayOp.id).where(GatewayOp.ref == asked.number))
    assert payments.drive(op_id.one()) == "processing"
    assert balance("payout_in_flight", asked.number) == yuan("50.00")
    assert_clean()


@pytest.mark.parametrize("account", [NO_BANK, CLOSED_BANK])
def test_a_withdrawal_the_bank_does_not_take_is_balance_again(db: Any, account: str) -> None:
    person = make_shopper()
    give_balance(person, "80.00")
    asked = driven(services.withdraw(person.id, yuan("50.00"), "K", account).number)
    assert asked.state == "failed" and asked.why
    assert queries.balance_of(person.id, "CNY") == yuan("80.00")
    again = services.withdraw(
        person.id, yuan("80.00"), "K2", BANK
    )  # what failed counts for no limit
    assert driven(again.number).state == "paid"
    assert_clean()


@pytest.mark.parametrize(
    ("amount", "account", "why"),
    [
        ("0.99", BANK, "smallest amount"),
        ("80.01", BANK, "Your balance is"),
        ("20000.01", BANK, "Up to"),
        ("10.00", "ACCOUNT", "8 to 34"),
    ],
)
def test_a_withdrawal_that_cannot_be_says_why(db: Any, amount: str, account: str, why: str) -> None:
    person = make_shopper()
    give_balance(person, "80.00")
    with pytest.raises(DomainError, match=why):
        services.withdraw(person.id, yuan(amount), "K", account)
    assert queries.balance_of(person.id, "CNY") == yuan("80.00")
    assert database.session.scalar(select(func.count()).select_from(Withdrawal)) == 0


def test_every_line_of_the_statement_opens_what_it_is_about(db: Any) -> None:
    person = make_shopper()
    paid_in(person, "60.00")
    put_in_cart(person, make_product(make_seller(), "50.00"))
    answer = place_and_pay(person, offer_key="wallet")
    assert isinstance(answer, Placed)
    (order,) = orders_of_answer(answer)
    orders.cancel(order.number, by="shopper", reason="no longer wanted")
    asked = services.withdraw(person.id, yuan("60.00"), "K", BANK)
    driven(asked.number)
    lines = [
        (line.words, line.about, line.change.decimal_text())
        for line in queries.statement(person.id, "CNY").lines
    ]
    assert lines == [
        ("Sent to your bank", "withdrawal", "-60.00"),
        ("Given back", "order", "50.00"),
        ("Paid for an order", "order", "-50.00"),
        ("Paid in by card", "top_up", "60.00"),
    ]
    assert not balance("wallet", person.id)
    assert_clean()
