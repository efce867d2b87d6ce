"""A bank funds a seller's order advance, and gets its part when it is paid off."""

from core.db import db as database
from finance.capital import repaying, services
from finance.funding.models import Participation
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.funding import make_bank, make_waterfall
from tests.factories.orders import assert_clean, yuan


def test_half_of_an_order_advance_is_the_banks(db):
    bank = make_bank("ALPHA", yuan("10000.00"))
    make_waterfall("order_advance", (bank, 50))
    seller = make_steady_seller()
    ship_orders(seller, 3)
    drawn = services.draw_on_orders(seller.id, yuan("1000.00"), key="k")
    parts = database.select(Participation).order_by(Participation.id)
    assert [p.open for p in database.session.scalars(parts)] == [50_000, 50_000]
    assert_clean()
    repaying.pay_off(seller.id, drawn.number)
    assert [p.open for p in database.session.scalars(parts)] == [0, 0]
    assert_clean()
