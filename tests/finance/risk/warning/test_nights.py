"""A night warns a shop whose sales fell: less can be drawn, what runs stays, and it ends by itself."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from core import clock
from core.db import db as database
from core.money import Money
from finance.capital import queries, services
from finance.capital.models import Advance
from finance.collections import warnings
from finance.risk.seller import Questions
from finance.risk.warning.models import EarlyWarning
from mall.sellers.models import Seller
from tests.factories.capital import (
    STEADY_DAY,
    make_history,
    make_steady_seller,
    ship_orders,
)
from tests.factories.people import sign_in


def borrower() -> Seller:
    seller = make_steady_seller()
    taken = services.take_sales_share(seller.id, Money(1_000_000, "CNY"), 150_000, key="first")
    assert isinstance(taken, services.Drawn)
    return seller


def eight_days_later() -> Any:
    return clock.travel(clock.now() + timedelta(8))


def test_sales_that_stop_lower_what_is_not_drawn_and_nothing_that_runs(db: Any) -> None:
    seller = borrower()
    before = Questions(seller.id, clock.now())
    most = services.most_of(before, 250_000)
    with eight_days_later():
        assert warnings.run(clock.today()) == 1
        assert warnings.run(clock.today()) == 0  # the same night again
        (warning,) = database.session.scalars(select(EarlyWarning)).all()
        assert warning.code == "E1" and "18,200.00 was to be expected" in warning.reason
        later = Questions(seller.id, clock.now())
        whole = later.kept_ppm
        assert whole == 500_000 and services.most_of(later, 250_000) < most.ppm(510_000)
        advance = database.session.scalars(select(Advance)).one()
        assert (advance.is_running, advance.share_ppm) == (True, 150_000)


def test_half_of_what_orders_raise_is_open_while_warned(db: Any) -> None:
    seller = borrower()
    with eight_days_later():
        warnings.run(clock.today())
        ship_orders(seller, 5)
        asked = Questions(seller.id, clock.now())
        base = queries.base_of(seller.id, asked.score.grade, asked.as_of, asked.terms, "CNY")
        outcome = asked.preview("order_advance", Money(10_000, "CNY"), base.capacity)
        assert base.capacity.minor > 0 and outcome.free == base.capacity.minor // 2


def test_a_warning_ends_by_itself_and_its_page_says_it(app: Flask, db: Any) -> None:
    seller = borrower()
    client = app.test_client()
    with eight_days_later():
        warnings.run(clock.today())
        sign_in(client, seller)
        page = client.get("/seller/capital/").text
        assert "Less can be drawn for now: 50 % of what you have not drawn" in page
        assert "Pause the share" in page
    with clock.travel(clock.now() + timedelta(16)):
        make_history(seller, STEADY_DAY, 9)
        warnings.run(clock.today())
        (warning,) = database.session.scalars(select(EarlyWarning)).all()
        assert warning.ended_on == clock.today()
        assert Questions(seller.id, clock.now()).kept_ppm == 1_000_000
        assert "Less can be drawn" not in client.get("/seller/capital/").text


def test_who_never_asked_for_capital_is_not_looked_at(db: Any) -> None:
    make_steady_seller()
    with eight_days_later():
        assert warnings.run(clock.today()) == 0
