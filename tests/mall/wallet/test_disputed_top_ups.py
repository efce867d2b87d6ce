"""A bank takes a top-up back: held, then spent or free by the verdict; what is spent is our loss."""

from typing import Any

import pytest

from core.db import db as database
from core.errors import DomainError
from core.money import Money
from mall.checkout.services import Placed
from mall.wallet import queries, services
from payments import disputes
from payments.gateway import Disputed
from payments.models import Payment
from tests.factories.disputes import DUE
from tests.factories.goods import make_product
from tests.factories.orders import assert_clean, balance, place_and_pay, put_in_cart, yuan
from tests.factories.people import make_seller, make_shopper
from tests.factories.wallet import give_balance


@pytest.fixture
def person(db: Any) -> Any:
    person = make_shopper()
    give_balance(person, "80.00")
    return person


def tell(person: Any, state: str, back: Money | None = None) -> None:
    """The bank's word about the person's top-up of 80.00, without a fee."""
    payment = (
        database.session.query(Payment).filter_by(payer_id=person.id).order_by(Payment.id).first()
    )
    assert payment is not None
    zero = yuan("0.00")
    told = Disputed(
        "du_1", str(payment.charge_id), yuan("80.00"), zero, "fraudulent", state, DUE,
        yuan("80.00"), back or zero,
    )  # fmt: skip
    disputes.apply(payment.gateway, told)


def spend(person: Any, amount: str) -> None:
    put_in_cart(person, make_product(make_seller(), amount))
    assert isinstance(place_and_pay(person, offer_key="wallet"), Placed)


def test_it_is_held_until_the_verdict_and_free_when_it_is_won(person: Any) -> None:
    tell(person, "needs_response")
    assert queries.balance_of(person.id, "CNY") == yuan("0.00")
    with pytest.raises(DomainError):
        services.withdraw(person.id, yuan("10.00"), "K", "6222020200001234")
    assert_clean()
    tell(person, "won", back=yuan("80.00"))
    assert queries.balance_of(person.id, "CNY") == yuan("80.00")
    assert_clean()


def test_a_lost_one_leaves_the_balance(person: Any) -> None:
    tell(person, "needs_response")
    tell(person, "lost")
    assert balance("wallet", person.id) == yuan("0.00")
    newest = queries.statement(person.id, "CNY").lines[0]
    assert newest.words == "A card payment that your bank took back"
    assert not balance("dispute_loss")
    assert_clean()


def test_what_was_spent_before_is_our_loss(person: Any) -> None:
    spend(person, "50.00")
    tell(person, "needs_response")
    tell(person, "lost")
    assert balance("wallet", person.id) == yuan("0.00")
    assert balance("dispute_loss") == yuan("50.00")
    assert_clean()


def test_an_empty_balance_loses_nothing(person: Any) -> None:
    spend(person, "80.00")
    tell(person, "needs_response")
    tell(person, "lost")
    assert balance("dispute_loss") == yuan("80.00")
    assert_clean()
