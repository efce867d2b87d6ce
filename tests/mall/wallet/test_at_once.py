"""The same balance wanted twice at one moment, with real threads and commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

from core import clock, jobs
from core.db import db as database
from core.errors import DomainError
from mall.checkout import parts
from mall.orders import returns
from mall.wallet import queries, services
from tests.factories.goods import make_product
from tests.factories.orders import (
    assert_clean,
    balance,
    orders_of_answer,
    place_and_pay,
    put_in_cart,
    saved_card,
    yuan,
)
from tests.factories.people import make_seller, make_shopper
from tests.factories.wallet import give_balance

BANK = "6222020200001234"


def at_once(app: Any, *acts: Callable[[], Any]) -> list[str]:
    """Run all at one moment, each with its own connection; "ok" or the refusal's name of each."""
    gate, today = Barrier(len(acts)), clock.now()

    def run(act: Callable[[], Any]) -> str:
        with app.app_context(), jobs.in_this_process(), clock.travel(today):
            gate.wait()
            try:
                act()
                return "ok"
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                database.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def person_with(app: Any, amount: str) -> Any:
    with app.app_context():
        person = make_shopper()
        give_balance(person, amount)
        put_in_cart(person, make_product(make_seller(), "100.00", stock=20))
        known = SimpleNamespace(id=person.id, card=saved_card(person.id))
        database.session.remove()
    return known


def ends_with(app: Any, person: Any, amount: str) -> None:
    with app.app_context():
        assert queries.balance_of(person.id, "CNY") == yuan(amount)
        assert_clean()
        database.session.remove()


def test_two_checkouts_cannot_spend_one_balance_twice(committed_app: Any) -> None:
    person = person_with(committed_app, "100.00")

    def buy(key: str) -> Callable[[], Any]:
        return lambda: place_and_pay(person, offer_key="wallet", key=key)

    said = at_once(committed_app, buy("K1"), buy("K2"), buy("K3"), buy("K4"))
    assert said.count("ok") == 1, said
    assert set(said) - {"ok"} <= {"NotEnough", "EmptyCart"}
    ends_with(committed_app, person, "0.00")


def test_eight_withdrawals_of_a_fifth_leave_five(committed_app: Any) -> None:
    person = person_with(committed_app, "100.00")
    acts = [
        lambda n=n: services.withdraw(person.id, yuan("20.00"), f"K{n}", BANK) for n in range(8)
    ]
    said = at_once(committed_app, *acts)
    assert (said.count("ok"), said.count("NotEnough")) == (5, 3)
    ends_with(committed_app, person, "0.00")


def test_a_withdrawal_and_a_checkout_share_what_there_is(committed_app: Any) -> None:
    person = person_with(committed_app, "100.00")
    said = at_once(
        committed_app,
        lambda: services.withdraw(person.id, yuan("60.00"), "K", BANK),
        lambda: place_and_pay(person, offer_key=person.card, wallet=yuan("60.00"), key="C"),
    )
    assert sorted(said) == ["NotEnough", "ok"]
    ends_with(committed_app, person, "40.00")


def test_a_refund_into_a_balance_and_withdrawals_at_once_lose_nothing(committed_app: Any) -> None:
    person = person_with(committed_app, "100.00")
    with committed_app.app_context(), jobs.in_this_process():
        (order,) = orders_of_answer(place_and_pay(person, offer_key="wallet"))
        number = order.number
        database.session.remove()
    refunds = [
        lambda n=n: returns.give_refund(number, yuan("60.00"), by="mall", cause="late", key=f"R{n}")
        for n in range(3)
    ]
    said = at_once(
        committed_app, *refunds, lambda: services.withdraw(person.id, yuan("50.00"), "K", BANK)
    )
    assert said[:3].count("ok") == 1 and said[:3].count("TooMuch") == 2  # 60 of 100, once
    with committed_app.app_context():
        assert balance("escrow", number) == yuan("40.00")
        database.session.remove()
    ends_with(committed_app, person, "10.00" if said[3] == "ok" else "60.00")


def test_six_refunds_of_most_of_an_order_paid_in_two_ways_are_one(committed_app: Any) -> None:
    person = person_with(committed_app, "30.00")
    with committed_app.app_context(), jobs.in_this_process():
        bought = place_and_pay(person, offer_key=person.card, wallet=yuan("30.00"))
        (order,) = orders_of_answer(bought)
        number, order_id = order.number, order.id
        database.session.remove()
    said = at_once(
        committed_app,
        *(
            lambda n=n: returns.give_refund(
                number, yuan("80.00"), by="mall", cause="late", key=f"R{n}"
            )
            for n in range(6)
        ),
    )
    assert (said.count("ok"), said.count("TooMuch")) == (1, 5)
    with committed_app.app_context():
        assert balance("escrow", number) == yuan("20.00")
        left = parts.pieces(order_id, yuan("20.00"))
        assert [(piece.method.key, piece.amount) for piece in left] == [("wallet", yuan("20.00"))]
        database.session.remove()
    ends_with(committed_app, person, "10.00")
