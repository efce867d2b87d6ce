"""Delivered and sent away at one moment, with real threads and commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import select

from core import clock, jobs
from core.db import db as database
from core.errors import DomainError
from mall.cash import services
from mall.cash.models import CashDue
from mall.orders import services as orders
from tests.factories.orders import assert_clean
from tests.mall.cash.test_cash_on_delivery import on_its_way


def test_delivered_and_sent_away_at_one_moment_only_one_happens(committed_app: Any) -> None:
    app = committed_app
    with app.app_context(), jobs.in_this_process():
        numbers = [on_its_way().number for _ in range(6)]
    for number in numbers:
        said = sorted(_at_once(app, number))
        assert said in (["NotAtTheDoor", "ok"], ["IllegalMove", "ok"]), said
    with app.app_context():
        states = set(database.session.scalars(select(CashDue.state)))
        assert states <= {"collected", "refused"}
        assert_clean()


def _at_once(app: Any, number: str) -> list[str]:
    """The parcel is delivered and sent away by two threads; "ok" or the refusal of each."""
    gate, now = Barrier(2), clock.now()

    def run(act: Any) -> str:
        with app.app_context(), jobs.in_this_process(), clock.travel(now):
            gate.wait()
            try:
                act(number)
                return "ok"
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                database.session.remove()

    acts = [orders.deliver, lambda n: services.sent_away(n, by="admin:1")]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, acts))
