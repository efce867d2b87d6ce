"""The mall's own courier: takes parcels over, scans and delivers them by itself.

It stands in for a carrier's notices where no carrier is connected. When a parcel is seen and
when it arrives follows from its tracking number, so that one seed gives one course of events.
"""

from datetime import timedelta
from hashlib import sha256

from core import clock, ids, jobs
from core.errors import Conflict
from core.use_case import use_case
from mall.orders import services
from mall.orders.models import Order

NAME = "Mall Courier"
SCAN_MINUTES = (1, 15)  # after the handover
WAY_HOURS = (20, 68)


@use_case
def hand_over(number: str, seller_id: int) -> Order:
    """Give the parcel to the courier, who makes the label; a second click changes nothing."""
    order = services.find(number, seller_id=seller_id)
    if order.shipment is not None and order.shipment.carrier == NAME:
        return order
    tracking = ids.code("MC", 12)
    order = services.ship(number, seller_id, carrier=NAME, tracking=tracking)
    scan, way = plan_of(tracking)
    jobs.defer("courier.scan", at=clock.now() + scan, number=number)
    jobs.defer("courier.deliver", at=clock.now() + way, number=number)
    return order


def plan_of(tracking: str) -> tuple[timedelta, timedelta]:
    """From the handover to the first scan, and to the door."""
    digest = sha256(tracking.encode()).digest()
    low, high = SCAN_MINUTES
    first, last = WAY_HOURS
    scan = low + int.from_bytes(digest[:4]) % (high - low + 1)
    way = first * 60 + int.from_bytes(digest[4:8]) % ((last - first) * 60 + 1)
    return timedelta(minutes=scan), timedelta(minutes=way)


@jobs.job("courier.scan")
def scan(number: str) -> None:
    """The parcel is seen for the first time."""
    services.scan(number)


@jobs.job("courier.deliver")
def deliver(number: str) -> None:
    """The parcel is at the door, unless the order is over."""
    try:
        services.deliver(number)
    except Conflict:
        return  # received or canceled meanwhile
