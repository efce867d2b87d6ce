"""Campaigns of sellers, made through the use case."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from core import clock
from finance.campaigns import services
from finance.campaigns.models import Campaign
from tests.factories.orders import yuan

_number = count(1)


def make_campaign(seller_id: int, on: date, **changes: Any) -> Campaign:
    """Six months free on everything, thirty days, 20,000.00, nobody held out."""
    terms: dict[str, Any] = {
        "title": "Six months on us",
        "product_ids": (),
        "tenors": (6,),
        "starts_on": on,
        "ends_on": on + timedelta(30),
        "budget": yuan("20000.00"),
        "per_order_cap": yuan("500.00"),
        "fallback": "b3",
        "hold_out_ppm": 0,
    }
    wanted = services.Wanted(**(terms | changes))
    with clock.travel(on):
        return services.create(seller_id, wanted, key=f"test-{next(_number)}")
