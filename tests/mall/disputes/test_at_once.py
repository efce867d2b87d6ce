"""A refund, a dispute and a payout of one order at the same moment: no cent twice, whoever is first."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core import jobs
from core.db import db as database
from core.db import get
from core.errors import DomainError
from core.money import Money
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order
from mall.payouts import services as payouts
from payments import disputes
from payments.gateway import Disputed
from tests.factories.disputes import DUE, payment_of
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

ROUNDS = int(os.environ.get("RACE_ROUNDS", "8"))


class Market:
    """One shopper, one shop, and a thing of 100.00 that is bought again and again."""

    def __init__(self) -> None:
        buyer, seller = make_shopper(), make_seller()
        self.buyer, self.seller_id = buyer.id, seller.id
        self.product = make_product(seller, "100.00", stock=ROUNDS).id

    def sell(self, *, received: bool) -> tuple[str, int, str]:
        """The number and id of a paid order, and its charge."""
        from mall.accounts.models import Person
        from mall.catalog.models import Product

        buyer = get(Person, self.buyer)
        put_in_cart(buyer, get(Product, self.product))
        (order,) = orders_of_answer(place_and_pay(buyer))
        orders.ship(order.number, order.seller_id, carrier="SF", tracking=order.number)
        if received:
            orders.confirm_receipt(order.number, self.buyer)
        return order.number, order.id, str(payment_of(order).charge_id)


def at_once(app: Any, *acts: Callable[[], Any]) -> list[str]:
    """Run these in threads that start together; what each came to."""
    said, gate = [], threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        with app.app_context(), jobs.in_this_process():
            gate.wait()
            try:
                act()
                said.append(act.__name__)
            except DomainError as refusal:
                said.append(type(refusal).__name__)
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def bank(charge: str, state: str, round: int) -> Disputed:
    all_of_it, zero = yuan("100.00"), yuan("0.00")
    back = all_of_it if state == "won" else zero
    return Disputed(
        f"du_{round}", charge, all_of_it, yuan("15.00"), "general", state, DUE, all_of_it, back
    )


@pytest.mark.parametrize("received", [False, True])
def test_refund_against_dispute_against_payout(committed_app: Any, received: bool) -> None:
    """Whoever is first: the shopper gets 100.00 from us at most, and no payout outruns a freeze."""
    with committed_app.app_context(), jobs.in_this_process():
        market = Market()
        database.session.remove()
    came: Counter[str] = Counter()
    for round in range(ROUNDS):
        with committed_app.app_context(), jobs.in_this_process():
            number, order_id, charge = market.sell(received=received)
            database.session.remove()

        def refund(number: str = number) -> None:
            returns.give_refund(number, yuan("60.00"), by="mall", cause="goodwill")

        def dispute(charge: str = charge, round: int = round) -> None:
            disputes.apply("sandbox", bank(charge, "needs_response", round))

        def payout(round: int = round) -> None:
            free = payouts.balance_of(market.seller_id, "CNY")
            payouts.request_payout(market.seller_id, free or yuan("1.00"), key=f"r{round}")

        came.update(at_once(committed_app, refund, dispute, payout))
        with committed_app.app_context(), jobs.in_this_process():
            end = ("won", "lost")[round % 2]
            disputes.apply("sandbox", bank(charge, end, round))
            order = get(Order, order_id)
            payment = payment_of(order)
            assert payment.refunded_minor + payment.disputed_lost_minor <= 100_00
            assert order.refunded <= 100_00 and order.disputed == 0
            database.session.remove()
    with committed_app.app_context():
        assert came["dispute"] == ROUNDS, came
        assert came["refund"] + came["TooMuch"] == ROUNDS, came
        assert balance("seller_reserve", market.seller_id) == Money.zero("CNY")
        assert_clean()
        database.session.remove()


def test_one_dispute_told_eight_times_at_once_is_booked_once(committed_app: Any) -> None:
    with committed_app.app_context(), jobs.in_this_process():
        market = Market()
        _, order_id, charge = market.sell(received=True)
        database.session.remove()

    def tell() -> None:
        disputes.apply("sandbox", bank(charge, "lost", 0))

    assert at_once(committed_app, *[tell] * 8) == ["tell"] * 8
    with committed_app.app_context():
        order = get(Order, order_id)
        assert (order.refunded, len(order.refunds)) == (100_00, 1)
        assert balance("dispute_fee") == yuan("15.00")
        assert_clean()
        database.session.remove()
