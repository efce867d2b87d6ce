"""A checkout paid in several ways: the balance first, the rest otherwise, and back in reverse."""

import runpy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db as database
from core.errors import DomainError
from ledger import audit, book
from ledger.accounts import account
from mall.checkout import expiry, queries
from mall.checkout.models import CheckoutPart, CheckoutShare
from mall.checkout.services import Awaiting, Declined, Placed
from mall.orders import money_back, returns
from mall.orders import services as orders
from payments import sandbox_bank
from payments import services as payments
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    make_order,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    yuan,
)
from tests.factories.people import make_seller, make_shopper
from tests.factories.wallet import give_balance

DECLINED, ASKS = "4000000000000002", "4000002500003155"


def buyer_with(amount: str, *prices: str, stock: int = 5) -> Any:
    """A shopper with a balance, and a product of another shop in the cart for each price."""
    buyer = make_shopper()
    give_balance(buyer, amount)
    for price in prices:
        put_in_cart(buyer, make_product(make_seller(), price, stock=stock))
    return buyer


def available(buyer: Any) -> str:
    return book.available(account("wallet", buyer.id), "CNY").decimal_text()


def parts() -> list[tuple[str, int, int, str]]:
    rows = database.session.scalars(
        select(CheckoutPart)
        .order_by(CheckoutPart.checkout_id, CheckoutPart.position)
        .execution_options(populate_existing=True)
    )
    return [(p.method, p.amount, p.refunded, p.state) for p in rows]


def test_balance_and_card_pay_one_order_and_get_it_back_card_first(db: Any) -> None:
    buyer = buyer_with("30.00", "100.00")
    answer = place_and_pay(buyer, wallet=yuan("30.00"))
    assert isinstance(answer, Placed)
    (order,) = orders_of_answer(answer)
    assert balance("escrow", order.number) == yuan("100.00")
    assert not balance("wallet", buyer.id)
    payment = payments.payment_for(f"checkout:{answer.number}")
    assert payment and payment.captured == yuan("70.00")
    assert queries.covered_by(payment.id) == [(order.number, yuan("70.00"))]

    first = returns.give_refund(order.number, yuan("80.00"), by="mall", cause="late")
    assert first.cards == [{"payment_id": payment.id, "amount": 7000}]
    assert balance("wallet", buyer.id) == yuan("10.00")
    assert queries.left_of(payment.id) == []
    said = money_back.in_words(money_back.went_to(first))
    assert said == "¥70.00 to your Visa ending in 4242, ¥10.00 to your balance here."
    second = returns.give_refund(order.number, yuan("20.00"), by="mall", cause="late")
    assert not second.cards and second.state == "settled"
    assert balance("wallet", buyer.id) == yuan("30.00")
    assert parts() == [("wallet", 3000, 3000, "paid"), ("card", 7000, 7000, "paid")]
    assert_clean()


def test_a_balance_that_is_enough_pays_alone_and_at_once(db: Any) -> None:
    buyer = buyer_with("120.00", "100.00")
    answer = place_and_pay(buyer, offer_key="wallet")
    assert isinstance(answer, Placed)
    (order,) = orders_of_answer(answer)
    assert (order.state, order.paid_with, available(buyer)) == ("paid", "wallet", "20.00")
    assert payments.payment_for(f"checkout:{answer.number}") is None
    orders.cancel(order.number, by="shopper", reason="no longer wanted")
    assert available(buyer) == "120.00"
    assert_clean()


def test_a_declined_card_leaves_the_balance_as_it_was(db: Any) -> None:
    buyer = buyer_with("30.00", "100.00")
    answer = place_and_pay(buyer, wallet=yuan("30.00"), number=DECLINED)
    assert isinstance(answer, Declined)
    assert available(buyer) == "30.00"
    assert [state for *_, state in parts()] == ["void", "void"]
    assert isinstance(place_and_pay(buyer, wallet=yuan("30.00")), Placed)
    assert_clean()


def asks_the_bank(buyer: Any) -> Awaiting:
    answer = place_and_pay(buyer, wallet=yuan("30.00"), number=ASKS)
    assert isinstance(answer, Awaiting)
    return answer


def confirmed(answer: Awaiting) -> None:
    """The shopper says yes on the bank's page, and its notice comes."""
    page = payments.view(answer.payment_id).action_url
    sandbox_bank.answer_authentication(page.rpartition("/")[2], approved=True)
    with clock.travel(clock.now() + timedelta(minutes=20)):
        payments.refresh(answer.payment_id)


def test_while_the_card_is_asked_the_balance_is_held_and_spent_when_it_pays(db: Any) -> None:
    buyer = buyer_with("30.00", "100.00")
    answer = asks_the_bank(buyer)
    assert (available(buyer), balance("wallet", buyer.id)) == ("0.00", yuan("30.00"))
    assert_clean()
    confirmed(answer)
    (order,) = orders_of_answer(answer)
    assert (order.state, balance("wallet", buyer.id)) == ("paid", yuan("0.00"))
    assert balance("escrow", order.number) == yuan("100.00")
    assert_clean()


def overdue(answer: Awaiting) -> None:
    with clock.travel(clock.now() + timedelta(minutes=16)):
        assert expiry.give_up_overdue() == 1


def test_a_checkout_given_up_frees_the_balance_and_a_late_card_takes_it_again(db: Any) -> None:
    buyer = buyer_with("30.00", "100.00")
    answer = asks_the_bank(buyer)
    overdue(answer)
    assert available(buyer) == "30.00"
    confirmed(answer)
    (order,) = orders_of_answer(answer)
    assert (order.state, available(buyer)) == ("paid", "0.00")
    assert balance("escrow", order.number) == yuan("100.00")
    assert_clean()


def test_a_late_card_goes_back_when_the_balance_is_spent(db: Any, pile: Any) -> None:
    buyer = buyer_with("30.00", "100.00")
    answer = asks_the_bank(buyer)
    overdue(answer)
    other = make_product(make_seller(), "10.00")
    put_in_cart(buyer, other)
    assert isinstance(place_and_pay(buyer, wallet=yuan("30.00")), Placed)  # 30 of 110
    confirmed(answer)
    assert orders_of_answer(answer)[0].state == "canceled"
    assert available(buyer) == "70.00"
    with clock.travel(clock.now() + timedelta(minutes=21)):
        pile.run_due()
    assert available(buyer) == "0.00"
    assert payments.view(answer.payment_id).refunded == yuan("70.00")
    assert_clean()


def test_two_shops_share_the_balance_to_the_last_fen(db: Any) -> None:
    buyer = buyer_with("10.00", "33.33", "66.68")
    answer = place_and_pay(buyer, wallet=yuan("10.00"))
    first, second = orders_of_answer(answer)
    shares = database.session.execute(
        select(CheckoutPart.method, CheckoutShare.amount)
        .join(CheckoutShare, CheckoutShare.part_id == CheckoutPart.id)
        .order_by(CheckoutPart.position, CheckoutShare.order_id)
    ).all()
    # 10.00 x 33.33 / 100.01 = 3.3327, 10.00 x 66.68 / 100.01 = 6.6673: the odd fen to the greater rest
    assert [tuple(row) for row in shares] == [
        ("wallet", 333),
        ("wallet", 667),
        ("card", 3000),
        ("card", 6001),
    ]
    for order in (first, second):
        orders.cancel(order.number, by="shopper", reason="no longer wanted")
    assert available(buyer) == "10.00"
    assert_clean()


def test_only_the_rest_is_lent_and_comes_off_the_plan_first(db: Any) -> None:
    with clock.travel(clock.now() - timedelta(2)):
        buyer = make_shopper()
        for _ in range(2):  # a record that lends to her
            make_order(buyer, amount="300.00", state=orders.OrderState.RECEIVED)
    give_balance(buyer, "100.00")
    put_in_cart(buyer, make_product(make_seller(), "400.00"))
    answer = place_and_pay(buyer, wallet=yuan("100.00"), offer_key="pay_later:3")
    assert isinstance(answer, Placed), answer
    (order,) = orders_of_answer(answer)
    assert balance("escrow", order.number) == yuan("400.00")
    (lent,) = [p for p in queries.parts_of_order(order.id) if p.offer_key == "pay_later:3"]
    assert lent.amount == yuan("300.00")
    loan = lent.payment_ref.partition(":")[2]
    assert balance("loan_principal", loan) == yuan("300.00")

    returns.give_refund(order.number, yuan("350.00"), by="mall", cause="late")
    assert not balance("loan_principal", loan)
    assert balance("wallet", buyer.id) == yuan("50.00")
    assert_clean()


@pytest.mark.parametrize(
    ("wallet", "why"),
    [("40.00", "Your balance is now"), ("100.01", "You need only"), ("-1.00", "You need only")],
)
def test_more_than_the_balance_is_refused_and_nothing_is_written(
    db: Any, wallet: str, why: str
) -> None:
    buyer = buyer_with("30.00", "100.00")
    with pytest.raises(DomainError, match=why):
        place_and_pay(buyer, wallet=yuan(wallet))
    assert parts() == [] and available(buyer) == "30.00"


@pytest.mark.parametrize("table", ["checkout_part", "checkout_share"])
def test_the_audit_names_a_part_that_was_tampered_with(db: Any, table: str) -> None:
    make_order(amount="80.00")
    run = database.session.execute
    run(text(f"update {table} set refunded = refunded + 1"))
    broken = [finding.name for finding in audit.run() if not finding.ok]
    assert "a part is the sum of its shares of orders, given back as well" in broken
    with pytest.raises(IntegrityError, match="never_refund_more_than_paid"):
        run(text(f"update {table} set refunded = amount + 1"))


def test_existing_checkouts_become_one_part_each(db: Any) -> None:
    """The migration's own statements, into tables of the same shape beside the real ones."""
    order = make_order(amount="80.00")
    returns.give_refund(order.number, yuan("30.00"), by="mall", cause="late")
    declined = make_shopper()
    put_in_cart(declined, make_product(make_seller(), "5.00"))
    place_and_pay(declined, number=DECLINED)

    def run(sql: str) -> Any:
        return database.session.execute(text(sql))

    for table in ("checkout_part", "checkout_share"):
        run(
            f"create temporary table {table} on commit drop as select * from public.{table} limit 0"
        )
    module = runpy.run_path("migrations/versions/20261125_2150_checkout_parts.py")
    run(module["PARTS"])
    run(module["SHARES"])
    columns = "checkout_id, position, offer_key, method, payment_ref, amount, refunded, state"
    assert run(f"select {columns} from checkout_part").all()
    for table, shown in (
        ("checkout_part", columns),
        ("checkout_share", "order_id, amount, refunded"),
    ):
        one, other = (f"select {shown} from {schema}.{table}" for schema in ("pg_temp", "public"))
        assert run(f"({one} except {other}) union ({other} except {one})").all() == []
