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
from core.errors import DomainError
from core.money import Money
from finance.capital import (
    accepting,
    exposure,
    giving_up,
    hardship,
    late,
    nightly,
    queries,
    repaying,
    services,
)
from finance.capital.fold.state import Event
from finance.capital.term_loan import services as loans
from ledger import audit
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.rules import Cause
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import yuan

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "draw",
                "sell",
                "share",
                "loan",
                "keep",
                "accept",
                "receive",
                "refund",
                "wait",
                "night",
                "pay",
                "air",
                "late",
                "reverse",
                "give_up",
                "pay_off",
                "cancel",
            ]
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
            except DomainError:
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
            case "loan":
                loans.take_term_loan(seller, Money(share * 100_000, "CNY"), 3, key=key)
            case "keep":
                loans.hold_term_loan(seller, Money(share * 100_000, "CNY"), 6, key=key)
            case "accept":
                for offer in exposure.held_offers(seller)[:1]:
                    accepting.accept(seller, offer.number)
            case "receive":
                orders.confirm_receipt(order.number, order.buyer_id)
            case "refund":
                amount = Money(share * 1_000, "CNY")
                returns.give_refund(order.number, amount, by="admin:1", cause=Cause.GOODWILL)
            case "night":
                nightly.run(clock.today())
            case _:
                for advance in [a for a in queries.advances_of(seller) if a.is_running][:1]:
                    self._with(what, advance, share, key)

    def _with(self, what, advance, share, key):
        seller, number, amount = self.seller.id, advance.number, Money(share * 2_000, "CNY")
        match what:
            case "pay_off" | "cancel":
                getattr(repaying, what)(seller, number)
            case "pay":
                repaying.pay(seller, number, amount, key=key, how="smaller")
            case "air":
                for choice in hardship.choices_of(advance)[:1]:
                    hardship.ask(seller, number, choice, why="Flood", key=key)
            case "late":
                on = advance.began_on + timedelta(share % 3)
                event = Event("sales_back", min(on, clock.today()), share * 500)
                late.record_late(seller, number, event, why="Known late")
            case "reverse":
                for event in [e for e in advance.events if e.kind in ("paid", "released")][:1]:
                    late.reverse(seller, number, event.id, why="By mistake")
            case "give_up":
                made = giving_up.propose(number, "charge_off", amount=None, why="Gone", by=1)
                giving_up.decide(made.id, yes=share % 2 == 0, by=2)


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
