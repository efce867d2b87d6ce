"""How a running sales share stands against its minimums, from the lender's own rows."""

from datetime import date, timedelta
from typing import Any

from core import clock
from finance.capital import queries, services
from finance.risk.features import postgres
from mall.orders import services as orders
from tests.factories.capital import make_steady_seller, ship_orders
from tests.factories.orders import yuan


def known(seller_id: int, days: int) -> Any:
    """As of the start of a day so many days from now."""
    found = postgres.compute("seller", seller_id, clock.day_number(clock.now()) + days) or {}
    return found["ahead_behind_ppm"]


def test_a_share_is_ahead_or_behind_its_minimums(db: Any) -> None:
    start, seller = clock.now(), make_steady_seller()
    taken = services.take_sales_share(seller.id, yuan("10000.00"), 150_000, key="first")
    assert isinstance(taken, services.Drawn)
    (due, least), *_ = queries.advance_numbered(taken.number).minimums
    days = (date.fromisoformat(due) - clock.today()).days
    assert known(seller.id, days) is None  # nothing had to be repaid by the day before
    assert known(seller.id, days + 1) == -1_000_000
    with clock.travel(start + timedelta(3)):
        (order,) = ship_orders(seller, 1, "2000.00")
        orders.confirm_receipt(order.number, order.buyer_id)
        repaid = queries.advance_numbered(taken.number).repaid.minor
    assert 0 < repaid < least
    assert known(seller.id, days + 1) == -((least - repaid) * 1_000_000 // least)
