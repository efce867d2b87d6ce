"""Random lives of advances, and two draws at once: the book is even, nothing is lent twice."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import db as database
from core.errors import Conflict
from core.money import Money
from finance.capital import nightly, queries, repaying, services
from ledger import audit
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.rules import Cause
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import yuan

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["draw", "sell", "share", "receive", "refund", "wait", "night", "pay_off", "cancel"]
        ),
        st.integers(0, 7),
        st.integers(1, 100),
    ),
    min_size=4,
    max_size=14,
)


class Life:
    """One shop with eight orders on their way."""

    def __init__(self):
        self.seller = make_steady_seller(days=400, commission=50_000)
        self.orders = ship_orders(self.seller, 8)
        self.now = clock.now()
        self.key = 0

    def act(self, what, which, share):
        self.key += 1
        order, key = self.orders[which], f"K-{self.key}"
        if what == "wait":
            self.now += timedelta(which)
            return
        with clock.travel(self.now):
            try:
                self._do(what, order, share, key)
            except Conflict:
                pass

    def _do(self, what, order, share, key):
        seller = self.seller.id
        match what:
            case "draw":
                services.draw_on_orders(seller, Money(share * 7_000, "CNY"), key=key)
            case "sell" if order.state == "shipped":
                services.sell_order(seller, order.number, key=key)
            case "share":
                services.take_sales_share(seller, Money(share * 100_000, "CNY"), 150_000, key=key)
            case "receive":
                orders.confirm_receipt(order.number, order.buyer_id)
            case "refund":
                amount = Money(share * 1_000, "CNY")
                returns.give_refund(order.number, amount, by="admin:1", cause=Cause.GOODWILL)
            case "night":
                nightly.run(clock.today())
            case "pay_off" | "cancel":
                self._end(what)

    def _end(self, what):
        for advance in [a for a in queries.advances_of(self.seller.id) if a.is_running][:1]:
            getattr(repaying, what)(self.seller.id, advance.number)


@given(ACTS)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_the_book_agrees_with_the_contracts(db, acts):
    life = Life()
    for what, which, share in acts:
        life.act(what, which, share)
    broken = [f"{f.name}: {f.detail}" for f in audit.run() if not f.ok]
    assert [line for line in broken if not line.startswith("payments: nothing is stuck")] == []


def test_two_draws_at_once_never_exceed_what_the_orders_bear(committed_app):
    with committed_app.app_context():
        seller = make_steady_seller()
        ship_orders(seller, 5)
        seller_id = seller.id
    gate = threading.Barrier(2)
    answers = []

    def draw(key):
        with committed_app.app_context():
            gate.wait()
            answers.append(services.draw_on_orders(seller_id, yuan("3000.00"), key=key))
            database.session.remove()

    threads = [threading.Thread(target=draw, args=(f"K-{i}",)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["Drawn", "Refused"]
    with committed_app.app_context():
        used = database.session.execute(text("select used from seller_exposure")).scalar_one()
        assert used == 300_000


def test_the_database_itself_refuses_a_second_pledge(db):
    seller = make_steady_seller()
    ship_orders(seller, 1)
    services.draw_on_orders(seller.id, yuan("500.00"), key="K")
    copied = text(
        "insert into pledge select (p).* from (select jsonb_populate_record(pl, "
        "jsonb_build_object('id', pl.id + 1)) as p from pledge pl) x"
    )
    with pytest.raises(IntegrityError, match="uq_pledge_line"):
        database.session.execute(copied)
