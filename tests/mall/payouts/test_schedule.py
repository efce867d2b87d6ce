"""When sellers are paid by themselves, and what they owe is settled."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.errors import Conflict, InvalidInput
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import debts, schedules, services
from mall.payouts.models import Payout, SellerTerms
from mall.ports import payout_stops
from mall.sellers import services as sellers
from mall.sellers.models import Seller
from payments import cards
from payments import services as payments
from payments.models import GatewayOp
from tests.factories.orders import assert_clean, balance, make_order, saved_card, yuan
from tests.factories.people import make_admin, make_seller

MONDAY = date(2026, 3, 2)


def amounts(seller: Any) -> list[str]:
    rows = database.session.scalars(select(Payout).where(Payout.seller_id == seller.id))
    return [f"{p.key[6:]} {p.amount}" for p in rows.all()]


def night(day: date) -> None:
    with clock.travel(day):
        services.pay_out_all()


def test_daily_is_every_business_day_and_twice_is_once(db: Any) -> None:
    with clock.travel(MONDAY + timedelta(4)):
        seller = make_seller()
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    night(MONDAY + timedelta(5))  # Saturday
    night(MONDAY + timedelta(6))
    assert amounts(seller) == []
    night(MONDAY + timedelta(7))
    night(MONDAY + timedelta(7))
    assert amounts(seller) == ["2026-03-09 9500"]


def test_weekly_waits_for_its_day_and_catches_up(db: Any) -> None:
    with clock.travel(MONDAY):
        seller = make_seller()
        schedules.choose(seller.id, "weekly", day=3)
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    night(MONDAY + timedelta(1))
    assert amounts(seller) == []
    night(MONDAY + timedelta(3))  # Thursday: the worker slept on Wednesday
    assert amounts(seller) == ["2026-03-04 9500"]
    with clock.travel(MONDAY + timedelta(4)):
        make_order(seller=seller, amount="10.00", state=OrderState.RECEIVED)
    night(MONDAY + timedelta(8))
    night(MONDAY + timedelta(9))
    assert amounts(seller) == ["2026-03-04 9500", "2026-03-11 950"]


def test_a_minimum_waits_for_the_next_scheduled_day(db: Any) -> None:
    with clock.travel(MONDAY):
        seller = make_seller()
        schedules.choose(seller.id, "weekly", day=3, minimum=yuan("100.00"))
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    night(MONDAY + timedelta(2))
    with clock.travel(MONDAY + timedelta(3)):
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    night(MONDAY + timedelta(3))
    assert amounts(seller) == []
    night(MONDAY + timedelta(9))
    assert amounts(seller) == ["2026-03-11 19000"]


def test_on_demand_is_never_paid_by_itself(db: Any) -> None:
    with clock.travel(MONDAY):
        seller = make_seller()
        schedules.choose(seller.id, "on_demand")
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    for days in range(40):
        night(MONDAY + timedelta(days))
    assert amounts(seller) == []


def test_days_move_past_weekends_and_holidays() -> None:
    clock.use_holidays([date(2026, 2, 2)])
    try:
        monthly = SellerTerms(payout_every="monthly", payout_day=31)
        # 31 January 2026 is a Saturday, Monday a holiday
        assert schedules.next_day(monthly, date(2026, 1, 20)) == date(2026, 2, 3)
        assert schedules.day_due(monthly, date(2026, 2, 3)) == date(2026, 2, 3)
        assert schedules.next_day(monthly, date(2026, 2, 3)) == date(2026, 3, 2)  # 28 February
    finally:
        clock.use_holidays([])


def test_a_schedule_needs_a_day_that_exists(db: Any) -> None:
    seller = make_seller()
    for every, day in (("yearly", 1), ("weekly", 8), ("weekly", None), ("monthly", 32)):
        with pytest.raises(InvalidInput):
            schedules.choose(seller.id, every, day=day)


def owing(account: str = "6222020000001234") -> Any:
    """A shop that was paid out 95.00 and owes 57.00 of a refund of 60.00."""
    order = make_order(amount="100.00", state=OrderState.RECEIVED)
    sellers.change_payout_account(order.seller_id, account)
    services.request_payout(order.seller_id, yuan("95.00"), key="all")
    returns.give_refund(order.number, yuan("60.00"), by="mall", cause="late")
    assert balance("seller_receivable", order.seller_id) == yuan("57.00")
    return order


def test_what_is_owed_is_paid_in_by_card_once(db: Any) -> None:
    order = owing()
    seller_id = order.seller_id
    owner = database.session.get_one(Seller, seller_id).owner_id
    saved_card(owner)
    source = cards.of(owner)[0].token
    ask = {"source": source, "key": "K1"}
    with pytest.raises(InvalidInput, match=r"57\.00"):
        debts.pay_in(seller_id, owner, yuan("57.01"), **ask)
    first = debts.pay_in(seller_id, owner, yuan("57.00"), **ask)
    payments.refresh(first.id)
    assert debts.pay_in(seller_id, owner, yuan("57.00"), **ask).state == "succeeded"
    assert not balance("seller_receivable", seller_id)
    with pytest.raises(Conflict, match="owes nothing"):
        debts.pay_in(seller_id, owner, yuan("1.00"), source=source, key="K2")
    assert_clean()


def test_what_is_owed_is_written_off_only_after_its_days_and_with_a_reason(db: Any) -> None:
    order, admin = owing(), make_admin()
    debt = debts.debt_of(order.seller_id, "CNY")
    assert debt.since == clock.today() and debt.may_write_off == clock.today() + timedelta(90)
    give_up = {"why": "The shop is gone", "by": admin.id, "key": "K"}
    with pytest.raises(Conflict, match="from"):
        debts.write_off(order.seller_id, "CNY", **give_up)
    with clock.travel(clock.now() + timedelta(90)):
        first = debts.write_off(order.seller_id, "CNY", **give_up)
        assert debts.write_off(order.seller_id, "CNY", **give_up).id == first.id
    assert not balance("seller_receivable", order.seller_id)
    assert balance("credit_loss") == yuan("57.00")
    assert_clean()


def test_a_payout_that_came_back_pays_what_is_owed_before_it_is_paid_again(db: Any) -> None:
    order = owing(account="6222020000000002")
    seller_id = order.seller_id
    for op in database.session.scalars(select(GatewayOp).where(GatewayOp.kind == "payout")).all():
        payments.drive(op.id)  # the bank knows no such account
    assert services.balance_of(seller_id, "CNY") == yuan("95.00")
    with pytest.raises(Conflict, match=r"38\.00"):
        services.request_payout(seller_id, yuan("95.00"), key="again")
    services.request_payout(seller_id, yuan("38.00"), key="again")
    assert not balance("seller_receivable", seller_id)
    assert_clean()


def test_a_stopped_payout_is_caught_up_on_the_first_night_without_a_stop(
    db: Any, monkeypatch: Any
) -> None:
    with clock.travel(MONDAY):
        seller = make_seller()
        schedules.choose(seller.id, "weekly", day=2)
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    with monkeypatch.context() as stopped:
        stopped.setattr(payout_stops, "why_not", lambda *_: "A bank decides.")
        night(MONDAY + timedelta(1))
    assert amounts(seller) == []
    night(MONDAY + timedelta(2))
    assert amounts(seller) == ["2026-03-03 9500"]
