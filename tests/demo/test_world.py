"""A small demo world: it lives, it balances, it has everybody in it, and it is the same twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import clock
from core.db import db
from core.money import Money
from demo import banks, buying, cast, marks
from demo.state import Size
from demo.world import Built, build
from finance.risk.features.models import CategoryNorm
from ledger import audit
from mall.accounts import services as accounts
from mall.feedback.models import Favorite, Review
from mall.orders.models import Order, Refund
from mall.sellers.models import Seller
from payments import reconcile
from tests.conftest import _SETTINGS

LAST = date(2026, 3, 9)
SMALL = replace(Size.of(20), shops=6, shoppers=24, orders_a_day=2_500)
TINY = Size(days=4, shops=3, shoppers=8, orders_a_day=2_000)


def _world(url: str, size: Size) -> Iterator[tuple[Flask, Built]]:
    from wsgi import create_app

    app = create_app(_SETTINGS | {"DATABASE_URL": url})
    with app.app_context():
        yield app, build(size, 7, LAST)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def small(make_database: Any) -> Iterator[tuple[Flask, Built]]:
    yield from _world(make_database("demo_small"), SMALL)


def test_the_book_of_a_small_world_balances(small: tuple[Flask, Built]) -> None:
    _, built = small

    assert built.wrong == []
    assert [found.name for found in audit.run() if not found.ok] == []
    assert marks.status() == "ready"


def test_two_nights_kept_what_is_usual(small: tuple[Flask, Built]) -> None:
    days = db.session.scalars(select(CategoryNorm.as_of).distinct().order_by(CategoryNorm.as_of))
    assert days.all() == [clock.day_number(LAST) - 1, clock.day_number(LAST)]


def test_the_processor_and_the_book_of_a_small_world_agree(small: tuple[Flask, Built]) -> None:
    until = clock.start_of(LAST + timedelta(1))
    since = until - timedelta(SMALL.days)
    results = reconcile.run_gateway("sandbox", since, until, by="test")
    assert [(i.kind, i.ref) for r in results for i in r.items if not i.explained] == []
    assert results and results[0].matched > 50


def test_every_kind_of_day_to_day_event_has_happened(small: tuple[Flask, Built]) -> None:
    _, built = small
    states = set(db.session.scalars(select(Order.state)))

    assert {"paid", "shipped", "delivered", "received", "canceled"} <= states
    for thing in ("favorites", "reviews", "received", "declined", "transfers"):
        assert built.counts[thing] > 0, thing
    assert db.session.scalar(select(func.count(Favorite.id))) > 0
    assert db.session.scalar(select(func.count(Review.id))) == built.counts["reviews"]
    assert {"approved", "applied", "suspended"} <= set(db.session.scalars(select(Seller.state)))
    assert set(db.session.scalars(select(Refund.state))) - {"failed"}


def test_refusals_are_of_the_kind_life_brings(small: tuple[Flask, Built]) -> None:
    _, built = small
    usual = {"NotForSale", "OutOfStock", "IllegalMove", "ReturnOpen", "AlreadyShipped", "EmptyCart"}
    usual |= {"ReviewedAlready", "NotReturnable", "NotReceivedYet", "NothingLeft", "NotRefundable"}
    usual |= {"TooQuick", "OverLimit", "DisputeOpen"}

    assert set(built.refusals) <= usual


def test_everybody_who_has_a_part_can_sign_in(small: tuple[Flask, Built]) -> None:
    found = [
        accounts.authenticate(email, "mall-demo")
        for email in (cast.ADMIN, cast.SELLER, cast.SHOPPER, banks.BANK, banks.OFFICE)
    ]

    assert [person.role for person in found if person] == [
        "admin",
        "seller",
        "shopper",
        "bank",
        "admin",
    ]


def test_one_seed_gives_one_mall(make_database: Any) -> None:
    digests = []
    for name in ("demo_one", "demo_two"):
        for _, built in _world(make_database(name), TINY):
            digests.append(built.digest)

    assert digests[0] == digests[1]


def test_an_interrupted_build_is_noticed_and_replaced(make_database: Any) -> None:
    from wsgi import create_app

    app = create_app(_SETTINGS | {"DATABASE_URL": make_database("demo_cut")})

    def pull_the_plug() -> None:
        raise KeyboardInterrupt

    with app.app_context():
        assert marks.status() == "empty"
        with pytest.raises(KeyboardInterrupt):
            build(TINY, 7, LAST, pull_the_plug)
        assert marks.status() == "unfinished"
        db.session.remove()
        marks.empty()
        assert marks.status() == "empty"
        db.session.remove()
        db.engine.dispose()


def test_a_plan_is_chosen_for_what_the_balance_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page offers no plan for a rest of 100.00, so nobody in the demo asks for one."""
    asked: list[str] = []
    world: Any = SimpleNamespace(dice=Random(1), counts=Counter())
    shopper: Any = SimpleNamespace(often=True, bought=True, on_credit=100, card_id=1)
    monkeypatch.setattr(buying, "confirm", lambda *said: asked.append(said[2]))
    for balance in (None, Money.parse("1300.00", "CNY")):
        monkeypatch.setattr(buying.balances, "paying", lambda *said, kept=balance: kept)
        buying.check_out(world, shopper, 140_000)
    assert [offer.partition(":")[0] == "pay_later" for offer in asked] == [True, False]
