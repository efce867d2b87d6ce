"""A payout on demand, the night's payout, a refund and the reserve's day, all at the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core import clock, jobs
from core.db import db as database
from core.errors import DomainError
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import reserves, schedules, services
from mall.payouts.models import Payout
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_admin, make_seller


def at_once(app: Flask, *acts: Callable[[], Any]) -> dict[int, str]:
    """Run these in threads of their own that start together; gives what was refused, in words."""
    gate, broken = threading.Barrier(len(acts)), []
    refused: dict[int, str] = {}
    moment = clock.now()

    def run(place: int, act: Callable[[], Any]) -> None:
        with app.app_context(), jobs.in_this_process(), clock.travel(moment):
            gate.wait()
            try:
                act()
            except DomainError as error:
                refused[place] = repr(error)
            except Exception as error:
                broken.append(repr(error))
            finally:
                database.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return refused


def test_payouts_and_a_refund_at_once_never_pay_more_than_was_earned(committed_app: Any) -> None:
    day = clock.business_day_from(clock.today() + timedelta(31))
    with committed_app.app_context(), jobs.in_this_process():
        seller_id = make_seller().id
        reserves.set_reserve(seller_id, 100_000, days=31, why="New goods", by=make_admin().id)
        number = make_order(
            seller=database.session.get_one(services.Seller, seller_id),
            amount="100.00",
            state=OrderState.RECEIVED,
        ).number
        schedules.choose(seller_id, "daily")
        database.session.remove()

    def ask(key: str) -> Callable[[], Any]:
        return lambda: services.request_payout(seller_id, yuan("60.00"), key=key)

    with clock.travel(day):
        refused = at_once(
            committed_app,
            ask("one"),
            ask("one"),
            ask("two"),
            services.pay_out_all,
            services.pay_out_all,
            reserves.release_due,
            reserves.release_due,
            lambda: returns.give_refund(number, yuan("60.00"), by="mall", cause="goodwill"),
        )
    assert set(refused) <= {0, 1, 2}, refused  # what was asked on demand, for want of a balance
    with committed_app.app_context():
        asked = int(database.session.scalar(select(func.sum(Payout.amount))) or 0)
        left = balance("seller_payable", seller_id) - yuan("95.00")  # held payouts are still in it
        owed, kept = balance("seller_receivable", seller_id), balance("seller_reserve", seller_id)
        assert not kept and asked <= 9_500
        assert left - owed == yuan("-57.00")  # 95.00 earned, 57.00 of it given back
        assert owed.minor == max(0, asked - 3_800)
        keys = select(Payout.key, func.count()).group_by(Payout.key)
        assert all(count == 1 for _, count in database.session.execute(keys))
        assert_clean()
        database.session.remove()
