"""An order advance whose order was given back: next settlement, then balance, then reserve."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db as database
from finance.capital import nightly
from finance.capital.models import Advance
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.payouts import reserves
from mall.payouts.models import ReserveHold, ReserveUse
from mall.payouts.services import balance_of
from mall.sellers.models import Seller
from tests.factories.capital import make_steady_seller, ship_orders, spend_all
from tests.factories.orders import assert_clean, balance, make_order, yuan
from tests.factories.people import make_admin, sign_in
from tests.finance.capital.test_services import draw, receive, refund

pytestmark = pytest.mark.usefixtures("db")


def kept(seller: Seller, *amounts: str) -> None:
    """The reserve keeps a tenth of each of these sales for 60, 61, … days; the rest is spent."""
    by = make_admin().id
    for place, amount in enumerate(amounts):
        reserves.set_reserve(seller.id, 100_000, days=60 + place, why="New goods", by=by)
        receive(make_order(None, seller, amount, state=OrderState.SHIPPED))
    reserves.set_reserve(seller.id, 0, by=by)
    spend_all(seller)


def advanced(*amounts: str) -> tuple[Seller, Advance, Order]:
    """1,000.00 under way, 800.00 advanced on it and spent; the reserve keeps a tenth of `amounts`."""
    seller = make_steady_seller()
    (order,) = ship_orders(seller, 1)
    advance = draw(seller, "800.00")  # nothing is advanced while a reserve is kept
    kept(seller, *amounts)
    return seller, advance, order


def test_what_the_balance_cannot_pay_comes_out_of_the_reserve(client: FlaskClient) -> None:
    """500.00 + 400.00 are kept; 800.00 are due: all of the first, 300.00 of the second."""
    seller, advance, order = advanced("5000.00", "4000.00")
    assert balance("seller_reserve", seller.id) == yuan("900.00")
    start = clock.now()
    refund(order, "1000.00")
    with clock.travel(start + timedelta(days=2)):
        nightly.run(clock.today())
        assert advance.principal_paid == 0  # the free days
    with clock.travel(start + timedelta(days=3)):
        assert nightly.run(clock.today()).collected == 800_00
        assert nightly.run(clock.today()).collected == 0
    assert (advance.state, balance("seller_reserve", seller.id)) == ("repaid", yuan("100.00"))
    uses = database.session.scalars(select(ReserveUse).order_by(ReserveUse.id)).all()
    assert [(u.amount, u.contract) for u in uses] == [
        (500_00, advance.number),
        (300_00, advance.number),
    ]
    assert all("was given back" in use.why for use in uses)
    assert [r.source for r in advance.remittances] == ["reserve"]
    assert_clean()

    sign_in(client, seller)
    page = client.get("/seller/money").text
    assert "Paid out of it" in page and "300.00" in page and "was given back" in page
    assert "your reserve" in client.get(f"/seller/capital/{advance.number}").text
    with clock.travel(start + timedelta(days=70)):
        assert reserves.release_due() == 1
    assert balance("seller_reserve", seller.id) == yuan("0.00")
    assert balance_of(seller.id, "CNY") == yuan("100.00")
    assert_clean()


def test_the_balance_pays_first_and_the_reserve_only_as_far_as_it_goes() -> None:
    seller, advance, order = advanced("5000.00")
    start = clock.now()
    refund(order, "1000.00")
    receive(make_order(None, seller, "400.00", state=OrderState.SHIPPED))  # 140.00 at its release
    assert (advance.principal_paid, balance_of(seller.id, "CNY")) == (
        140_00,
        yuan("260.00"),
    )
    with clock.travel(start + timedelta(days=3)):
        nightly.run(clock.today())
    # 800.00 less 140.00 of the settlement, 260.00 of the balance: 400.00 of the reserve's 500.00
    assert (advance.state, balance("seller_reserve", seller.id)) == ("repaid", yuan("100.00"))
    assert [r.source for r in advance.remittances] == ["balance", "balance", "reserve"]
    assert_clean()


def test_an_order_that_only_took_too_long_leaves_the_reserve_alone() -> None:
    seller, advance, _ = advanced("5000.00")
    with clock.travel(clock.now() + timedelta(days=41)):
        nightly.run(clock.today())
    assert advance.pledges[0].recourse == 800_00
    assert balance("seller_reserve", seller.id) == yuan("500.00")


def test_raw_sql_uses_no_reserve_without_its_row() -> None:
    seller, _, _ = advanced("5000.00")
    for change in ("taken = 1", "taken = amount", "amount = amount - 1, taken = 0"):
        with pytest.raises(DBAPIError), database.session.begin_nested():
            database.session.execute(text(f"update reserve_hold set {change}"))
            database.session.execute(text("set constraints all immediate"))
    assert database.session.scalars(select(ReserveHold.taken)).all() == [0]
    assert balance("seller_reserve", seller.id) == yuan("500.00")
