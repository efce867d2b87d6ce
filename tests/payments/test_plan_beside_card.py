"""A card on Stripe's page pays a part, a plan the rest: over HTTP, whatever the page and notices do."""

from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from finance.loans.models import Loan
from finance.loans.queries import exposure_of
from finance.pay_later.models import HeldPlan
from mall.checkout.services import Awaiting, Declined
from mall.checkout.shares import ByCard
from mall.orders import returns
from payments import cards, services
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, orders_of_answer, place_and_pay, put_in_cart
from tests.factories.payments import balance, yuan
from tests.factories.stripe import saved_card
from tests.finance.pay_later.test_in_parts import make_regular_buyer
from tests.payments.stripe_standin import StripeStandIn


@pytest.fixture(autouse=True)
def newcomer(db: Any, pile: Any) -> Any:
    """A starter limit of 600.00, earned before Stripe served, and a basket of 2,000.00."""
    person = make_regular_buyer(finished=1, on=clock.today())
    put_in_cart(person, make_product(price="2000.00", stock=5))
    return person


def saved(person: Any) -> str:
    """The key of a card that Stripe keeps for this person."""
    saved_card(person.id)
    return f"card:{cards.of(person.id)[0].id}"


def placed(person: Any, key: str = "card") -> Awaiting:
    first = ByCard(key, yuan("1400.00"))
    answer = place_and_pay(person, offer_key="pay_later:3", by_card=first)
    assert isinstance(answer, Awaiting), answer
    return answer


def lent(db: Any, person: Any) -> list[int]:
    query = select(Loan).where(Loan.borrower_id == person.id)
    loans = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return [loan.principal for loan in loans]


def used(person: Any) -> int:
    row = exposure_of(person.id)
    return row.used if row else 0


def test_the_page_is_paid_and_every_notice_comes_twice(
    bank: StripeStandIn, client: Any, db: Any, newcomer: Any
) -> None:
    answer = placed(newcomer)
    assert services.view(answer.payment_id).action_url.startswith("https://checkout.stripe.com/")
    (session,) = bank.of("cs")
    assert (session["amount_total"], lent(db, newcomer), used(newcomer)) == (140_000, [], 60_000)
    bank.pay_page(session["id"])
    told = bank.notices()
    for headers, body in [*reversed(told), *told]:
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200
    (order,) = orders_of_answer(answer)
    assert (order.state, balance("escrow", order.number)) == ("paid", "2000.00")
    assert (lent(db, newcomer), used(newcomer)) == ([60_000], 60_000)

    refund = returns.give_refund(order.number, yuan("2000.00"), by="mall", cause="late")
    assert refund.cards == [{"payment_id": answer.payment_id, "amount": 140_000}]
    assert used(newcomer) == 0
    for op in services.ops_of(answer.payment_id):
        services.drive(op.id)
    assert bank.of("re")[0]["amount"] == 140_000
    assert_clean()


def test_a_page_that_expires_ends_the_hold(bank: StripeStandIn, db: Any, newcomer: Any) -> None:
    answer = placed(newcomer)
    (session,) = bank.of("cs")
    session["status"] = "expired"
    services.refresh(answer.payment_id)
    (order,) = orders_of_answer(answer)
    assert (order.state, lent(db, newcomer), used(newcomer)) == ("canceled", [], 0)
    assert_clean()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "slow"])
def test_an_answer_that_is_lost_is_asked_for_and_one_plan_begins(
    bank: StripeStandIn, db: Any, newcomer: Any, fault: str
) -> None:
    bank.fault_at("POST /v1/payment_intents", fault, fault)
    answer = placed(newcomer, saved(newcomer))
    assert (lent(db, newcomer), used(newcomer)) == ([], 60_000)
    assert services.view(answer.payment_id).state == "unknown"
    bank.faults = []
    assert services.refresh(answer.payment_id).state == "succeeded"
    assert (lent(db, newcomer), used(newcomer)) == ([60_000], 60_000)
    assert len([intent for intent in bank.of("pi") if intent["status"] == "succeeded"]) == 1
    assert_clean()


def test_a_declined_card_lends_nothing(bank: StripeStandIn, db: Any, newcomer: Any) -> None:
    bank.decline = "insufficient_funds"
    first = ByCard(saved(newcomer), yuan("1400.00"))
    answer = place_and_pay(newcomer, offer_key="pay_later:3", by_card=first)
    assert isinstance(answer, Declined)
    assert (lent(db, newcomer), used(newcomer)) == ([], 0)
    held = db.session.scalars(select(HeldPlan)).one()
    assert held.checkout_number == answer.number
    assert_clean()
