"""What is known of a shop at the start of a day: the card's features, and its sales by stretch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import clock
from core.money import Money
from finance.risk.engines import kept
from finance.risk.fraud import suspects
from mall import facts

FEATURES = (
    "shop_age_days",
    "active_days_90",
    "active_months_12",
    "buyers_90",
    "repeat_rate_ppm",
    "top5_share_ppm",
    "top_product_share_ppm",
    "financed_share_90_ppm",
    "license_verified",
    "on_time_ship_90_ppm",
    "no_stock_cancel_90_ppm",
    "tracked_90_ppm",
    "refund_rate_90_ppm",
    "refund_rise_ppm",
    "fault_refund_ppm",
    "review_mean_365",
    "review_trend",
    "negative_share_90_ppm",
    "open_refunds",
    "net_90",
    "net_365",
    "growth_ppm",
    "yoy_ppm",
    "swing_ppm",
)
WEEKS, MONTHS = 26, 12


@dataclass(frozen=True, slots=True)
class Sales:
    """Net settled sales, minor units: of weeks and of stretches of 30 days, the last first."""

    weeks: tuple[int, ...]
    months: tuple[int, ...]
    net_365: int
    day: int  # as of the start of this day number

    @property
    def net_28(self) -> int:
        return sum(self.weeks[:4])


def known(seller_id: int, as_of: datetime) -> tuple[dict[str, int | None], Sales]:
    """The card's features and the sales, as of the start of the day of `as_of`.

    Orders that were suspected today leave the sales at once, cleared ones come back at once; the
    features follow tomorrow. A very large shop that the night has not looked at is known as of a
    day or two before (`sales.day`), or raises NotWorkedOut. Of a shop that nobody knew by then nothing is known: null, and 0.
    """
    known = kept.known_of("seller", seller_id, clock.day_number(as_of))
    row = known.features or {}
    features = {name: row.get(name) for name in FEATURES}
    return features, _but_suspects(_sales(row, known.day), seller_id, as_of)


def _sales(row: Mapping[str, int | None], day: int) -> Sales:
    return Sales(
        tuple(row.get(f"net_week_{i}") or 0 for i in range(WEEKS)),
        tuple(row.get(f"net_month_{i}") or 0 for i in range(MONTHS)),
        row.get("net_365") or 0,
        day,
    )


def _but_suspects(sales: Sales, seller_id: int, as_of: datetime) -> Sales:
    """What changed since the day began, by the few orders that are concerned."""
    now = suspects.order_ids(seller_id, as_of)
    day = sales.day
    then = suspects.order_ids(seller_id, clock.start_of(date(1970, 1, 1) + timedelta(day)))
    if now == then:
        return sales
    weeks, months, year = list(sales.weeks), list(sales.months), sales.net_365
    for sign, orders in ((-1, now - then), (1, then - now)):
        for known_day, net in facts.settled_by_day(orders, day):
            back = day - 1 - known_day
            if back // 7 < WEEKS:
                weeks[back // 7] += sign * net
            if back // 30 < MONTHS:
                months[back // 30] += sign * net
            year += sign * net if back < 365 else 0
    return Sales(tuple(weeks), tuple(months), year, day)


def months_seen(months: tuple[Money, ...]) -> tuple[Money, ...]:
    """The stretches of 30 days the shop has existed in, three at least, the last first."""
    oldest = max((i + 1 for i, month in enumerate(months) if month.minor > 0), default=0)
    return months[: max(3, oldest)]
