"""Refunds given at the same moment, and in any sequence, never exceed what was paid."""

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import clock, jobs
from core.db import db as database
from core.errors import DomainError
from core.money import Money
from core.money import total as sum_up
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order, Refund
from mall.orders.rules import OrderState
from tests.factories.orders import assert_clean, balance, make_order, move, yuan
from tests.factories.people import make_seller, make_shopper


def test_sixteen_refunds_of_sixty_percent_at_once_give_one(committed_app: Any) -> None:
    with committed_app.app_context():
        number = make_order(amount="100.00", state=OrderState.DELIVERED).number
        database.session.remove()
    said, gate = [], threading.Barrier(16)

    def give() -> None:
        with committed_app.app_context(), jobs.in_this_process():
            gate.wait()
            try:
                returns.give_refund(number, yuan("60.00"), by="mall", cause="goodwill")
                said.append("given")
            except DomainError as refusal:
                said.append(str(refusal))
            finally:
                database.session.remove()

    threads = [threading.Thread(target=give) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["Only 40.00 CNY of this order can still be given back."] * 15 + [
        "given"
    ]
    with committed_app.app_context():
        order = database.session.scalars(select(Order)).one()
        assert (order.refunded, len(database.session.scalars(select(Refund)).all())) == (6000, 1)
        assert balance("escrow", number) == yuan("40.00")
        assert_clean()
        database.session.remove()


moves = st.lists(
    st.one_of(
        st.tuples(st.just("refund"), st.integers(1, 9_000)),
        st.tuples(st.just("return"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["cancel", "receive", "accept", "reject"]), st.just(0)),
    ),
    max_size=8,
)


@pytest.mark.usefixtures("db")
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=moves, state=st.sampled_from([OrderState.PAID, OrderState.DELIVERED]))
def test_no_sequence_gives_back_more_than_was_paid(moves: list[Any], state: OrderState) -> None:
    with clock.travel(clock.now()):
        order = make_order(make_shopper(), make_seller(), "90.00", quantity=3)
        move(order, state)
    given_back = []
    for what, size in moves:
        try:
            refund = _act(order, what, size)
        except DomainError:
            continue
        if refund is not None and refund.state in ("accepted", "settled"):
            given_back.append(refund)

    accepted = {refund.number: refund.money for refund in order.refunds if refund.decided_at}
    back = sum_up([r.money for r in order.refunds if r.state in ("accepted", "settled")], "CNY")
    assert len(accepted) >= len({r.number for r in given_back})
    assert back == Money(order.refunded, "CNY") <= yuan("90.00")
    assert_clean()


def _act(order: Order, what: str, size: int) -> Refund | None:
    opened = [r for r in order.refunds if r.state == "opened"]
    match what:
        case "refund":
            return returns.give_refund(
                order.number, Money(size, "CNY"), by="mall", cause="goodwill"
            )
        case "return":
            lines = {order.lines[0].id: size}
            returns.open_return(order.number, order.buyer_id, lines=lines, cause="late")
        case "cancel":
            orders.cancel(order.number, by="shopper", reason="no need")
        case "receive":
            orders.confirm_receipt(order.number, order.buyer_id)
        case "accept" if opened:
            return returns.accept_return(opened[0].number, by="mall")
        case "reject" if opened:
            returns.reject_return(opened[0].number, by="mall", why="no")
    return None
