"""A rolling reserve: kept with a date and a reason, given back by itself, once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.errors import Conflict, InvalidInput
from finance.capital import exposure
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import jobs, reserves, terms
from mall.payouts.models import SettlementLine
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_admin, make_seller

WHY = "Many parcels of this shop came back"


def reserved(seller: Any) -> tuple[str, str]:
    """(in reserve, payable) as texts."""
    return tuple(balance(a, seller.id).decimal_text() for a in ("seller_reserve", "seller_payable"))


def keep(seller: Any, ppm: int = 100_000, days: int = 30, cap: str = "") -> None:
    most = yuan(cap) if cap else None
    reserves.set_reserve(seller.id, ppm, days=days, cap=most, why=WHY, by=make_admin().id)


def test_a_reserve_is_kept_for_its_days_and_comes_back_by_itself_once(db: Any) -> None:
    seller = make_seller()
    keep(seller)
    order = make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    assert reserved(seller) == ("9.50", "85.50")  # 10 % of 95.00
    line = database.session.scalars(
        select(SettlementLine).where(SettlementLine.order_id == order.id, SettlementLine.step == 7)
    ).one()
    day = clock.today() + timedelta(30)
    assert (line.releases_on, line.note) == (day, WHY) and "By itself" in line.released_by

    with clock.travel(day - timedelta(1)):
        jobs.release_reserves()
    assert reserved(seller) == ("9.50", "85.50")
    with clock.travel(day + timedelta(3)):  # the worker was down on the day itself
        jobs.release_reserves()
        jobs.release_reserves()
    assert reserved(seller) == ("0.00", "95.00")
    assert_clean()


def test_a_reserve_stops_at_its_cap_and_at_the_ceiling(db: Any) -> None:
    seller = make_seller()
    keep(seller, cap="12.00")
    for _ in range(2):
        make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    assert reserved(seller) == ("12.00", "178.00")  # 9.50 and 2.50
    other = make_seller()
    terms.set_holdback(other.id, 50_000)
    keep(other)
    make_order(seller=other, amount="100.00", state=OrderState.RECEIVED)
    assert reserved(other) == ("4.75", "90.25")
    assert_clean()


def test_what_is_owed_by_then_is_taken_from_the_reserve_first(db: Any) -> None:
    seller = make_seller()
    keep(seller)
    order = make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    returns.give_refund(order.number, yuan("95.00"), by="mall", cause="late")
    # 90.25 is the seller's share of the refund: 85.50 from the balance, 4.75 owed
    assert balance("seller_receivable", seller.id) == yuan("4.75")
    reserves.release_now(seller.id, by=make_admin().id)
    assert not balance("seller_receivable", seller.id)
    assert reserved(seller) == ("0.00", "4.75")
    with pytest.raises(Conflict, match="Nothing"):
        reserves.release_now(seller.id, by=make_admin().id)
    assert_clean()


def test_ending_a_reserve_keeps_nothing_more_but_what_is_kept_stays(db: Any) -> None:
    seller = make_seller()
    keep(seller)
    make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    keep(seller, ppm=0)
    make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    assert reserved(seller) == ("9.50", "180.50")


def test_no_offer_while_a_reserve_is_active(db: Any) -> None:
    seller = make_seller()
    assert exposure.hold_of(seller.id, "CNY") == ""
    keep(seller)
    assert exposure.hold_of(seller.id, "CNY") == f"10 % of each release in reserve: {WHY}"
    make_order(seller=seller, amount="100.00", state=OrderState.RECEIVED)
    keep(seller, ppm=0)
    assert exposure.hold_of(seller.id, "CNY") == "a reserve of 9.50"
    reserves.release_now(seller.id, by=make_admin().id)
    assert exposure.hold_of(seller.id, "CNY") == ""


def test_new_shops_have_one_only_where_the_mall_says_so(db: Any, monkeypatch: Any) -> None:
    seller = make_seller()
    assert reserves.rule_of(seller.id) is None
    monkeypatch.setitem(current_app.config, "NEW_SHOP_RESERVE_PPM", 50_000)
    rule = reserves.rule_of(seller.id)
    assert rule and (rule.ppm, rule.days) == (50_000, 30) and "new" in rule.why
    with clock.travel(clock.now() + timedelta(90)):
        assert reserves.rule_of(seller.id) is None
    keep(seller, ppm=0)
    assert reserves.rule_of(seller.id) is None  # an admin's word wins


def test_a_reserve_needs_a_reason_and_days(db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    for ppm, days, why in ((500_001, 30, WHY), (1, 0, WHY), (1, 366, WHY), (1, 30, " ")):
        with pytest.raises(InvalidInput):
            reserves.set_reserve(seller.id, ppm, days=days, why=why, by=admin.id)
