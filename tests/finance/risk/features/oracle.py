"""Every feature of a shop in plain Python, from rows, knowing nothing of SQL."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from types import SimpleNamespace as Row
from typing import Any

from tests.finance.risk.features.world import World

SHOP: dict[str, Callable[["Seen"], int | None]] = {}
HOUR = 3_600


def says(function: Callable[["Seen"], int | None]) -> Callable[["Seen"], int | None]:
    SHOP[function.__name__] = function
    return function


class Seen:
    """What was known of one subject before the day `as_of`."""

    def __init__(self, tables: dict[str, list[Row]], as_of: int) -> None:
        self.as_of = as_of
        self._tables = tables

    def __getattr__(self, name: str) -> list[Row]:
        return [r for r in self._tables.get(f"fact_{name}", []) if r.known_day < self.as_of]

    def last(self, name: str, days: int, **wanted: Any) -> list[Row]:
        """Rows of the last days with these values."""
        rows = [r for r in getattr(self, name) if r.known_day >= self.as_of - days]
        return [r for r in rows if all(getattr(r, k) == v for k, v in wanted.items())]

    def since(self, name: str, column: str, days: int, until: int = 0) -> list[Row]:
        """Rows whose day in `column` is at most `days` and more than `until` days back."""
        first, end = self.as_of - days, self.as_of - until
        return [r for r in getattr(self, name) if first <= getattr(r, column) < end]


def by_subject(world: World, key: str) -> dict[int, dict[str, list[Row]]]:
    """Rows of each subject by relation."""
    found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in world.items():
        for row in rows:
            if row.get(key) is not None:
                found[row[key]][name].append(Row(**row))
    return found


def div(part: int, whole: int) -> int | None:
    """Towards zero; None when there is nothing to divide by."""
    if not whole:
        return None
    cut = abs(part) // abs(whole)
    return cut if (part < 0) == (whole < 0) else -cut


def share(part: int, whole: int) -> int | None:
    if abs(part) < 9 * 10**12:
        return div(part * 10**6, whole)
    return div(part, div(whole, 10**6) or 0)


def less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def middle(values: Iterable[int | None], rank: int = 50) -> int | None:
    """The value at the nearest rank: at least `rank` percent are not larger."""
    known = sorted(v for v in values if v is not None)
    return known[-(-len(known) * rank // 100) - 1] if known else None


def amount(rows: Iterable[Row], column: str = "total") -> int:
    return sum(getattr(r, column) for r in rows)


def net(s: Seen, newest: int, oldest: int) -> int:
    rows = s.settlements
    return sum(r.amount for r in rows if newest < s.as_of - r.known_day <= oldest)


def rise(now: int, before: int) -> int | None:
    return share(now - before, before) if before > 0 else None


# T


@says
def shop_age_days(s: Seen) -> int | None:
    return s.as_of - min(d) if (d := [r.known_day for r in s.settlements if r.amount > 0]) else None


@says
def active_days_90(s: Seen) -> int:
    return len({r.known_day for r in s.last("orders", 90)})


@says
def active_months_12(s: Seen) -> int:
    return sum(net(s, 30 * i, 30 * i + 30) > 0 for i in range(12))


@says
def longest_gap_90(s: Seen) -> int | None:
    days = {r.known_day for r in s.orders}
    if not days:
        return None
    longest = run = 0
    for day in range(max(min(days), s.as_of - 90), s.as_of):
        run = 0 if day in days else run + 1
        longest = max(longest, run)
    return longest


@says
def recency_days(s: Seen) -> int | None:
    return s.as_of - max(r.known_day for r in s.orders) if s.orders else None


@says
def ship_lag_hours(s: Seen) -> int | None:
    lag = middle(r.lag_s for r in s.last("order_events", 90, kind="scanned"))
    return None if lag is None else lag // HOUR


# M


@says
def net_90(s: Seen) -> int:
    return net(s, 0, 90)


@says
def net_365(s: Seen) -> int:
    return net(s, 0, 365)


@says
def growth_28_ppm(s: Seen) -> int | None:
    grown = rise(net(s, 0, 28), net(s, 28, 56))
    return None if grown is None else min(max(grown, -2_000_000), 2_000_000)


@says
def growth_ppm(s: Seen) -> int | None:
    return rise(net(s, 0, 91), net(s, 91, 182))


@says
def yoy_ppm(s: Seen) -> int | None:
    return rise(net(s, 0, 28), net(s, 365, 393))


# C


def value_by_buyer(s: Seen) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for r in s.last("orders", 90):
        if r.buyer_id is not None:
            found[r.buyer_id] += r.total
    return found


@says
def buyers_90(s: Seen) -> int:
    return len(value_by_buyer(s))


@says
def repeat_rate_ppm(s: Seen) -> int | None:
    year = [r.buyer_id for r in s.last("orders", 365)]
    recent = value_by_buyer(s)
    return share(sum(year.count(b) > 1 for b in recent), len(recent))


@says
def buyer_hhi_ppm(s: Seen) -> int | None:
    values = list(value_by_buyer(s).values())
    return sum((share(v, sum(values)) or 0) ** 2 for v in values) // 10**6


@says
def top5_share_ppm(s: Seen) -> int | None:
    values = sorted(value_by_buyer(s).values(), reverse=True)
    return share(sum(values[:5]), sum(values))


@says
def young_buyer_share_ppm(s: Seen) -> int | None:
    known = [r for r in s.last("orders", 90) if r.buyer_age_days is not None]
    return share(amount(r for r in known if r.buyer_age_days < 14), amount(known))


@says
def financed_share_90_ppm(s: Seen) -> int | None:
    return share(amount(s.last("orders", 90, on_credit=1)), amount(s.last("orders", 90)))


# F


def became(s: Seen, kind: str) -> list[Row]:
    """Steps of orders that were paid in the last 90 days."""
    return [r for r in s.since("order_events", "paid_day", 90) if r.kind == kind]


@says
def on_time_ship_90_ppm(s: Seen) -> int | None:
    promised = [r for r in became(s, "shipped") if r.late is not None]
    return share(sum(r.late == 0 for r in promised), len(promised))


@says
def seller_cancel_90_ppm(s: Seen) -> int | None:
    by_seller = [r for r in became(s, "canceled") if r.cause in ("seller", "no_stock")]
    return share(len(by_seller), len(s.last("orders", 90)))


@says
def no_stock_cancel_90_ppm(s: Seen) -> int | None:
    none_left = [r for r in became(s, "canceled") if r.cause == "no_stock"]
    return share(len(none_left), len(s.last("orders", 90)))


@says
def reply_minutes(s: Seen) -> int | None:
    lag = middle(r.lag_s for r in s.last("question_events", 90, kind="answered"))
    return None if lag is None else lag // 60


@says
def reply_24h_ppm(s: Seen) -> int | None:
    due = s.since("question_events", "begun_day", 90, 1)
    quick = [r for r in due if r.kind == "answered" and r.lag_s <= 24 * HOUR]
    return share(len(quick), sum(r.kind == "asked" for r in due))


# D


def back(s: Seen, days: int, **wanted: Any) -> int:
    return amount(s.last("refund_events", days, kind="granted", **wanted), "amount")


def refund_rate(s: Seen, days: int) -> int | None:
    return share(back(s, days), amount(s.last("orders", days)))


@says
def refund_rate_90_ppm(s: Seen) -> int | None:
    return refund_rate(s, 90)


@says
def refund_trend_ppm(s: Seen) -> int | None:
    return less(refund_rate(s, 28), refund_rate(s, 180))


@says
def refund_rise_ppm(s: Seen) -> int | None:
    return less(refund_rate(s, 28), refund_rate(s, 90))


@says
def fault_rate_90_ppm(s: Seen) -> int | None:
    return share(back(s, 90, fault="seller"), amount(s.last("orders", 90)))


@says
def fault_refund_ppm(s: Seen) -> int | None:
    return share(back(s, 90, fault="seller"), back(s, 90))


@says
def open_refunds(s: Seen) -> int:
    asked = {r.refund_id for r in s.refund_events if r.kind == "asked"}
    return len(asked - {r.refund_id for r in s.refund_events if r.kind != "asked"})


# L


def sent(s: Seen) -> int:
    rows = s.since("order_events", "known_day", 90, 2)
    return sum(r.kind == "shipped" and not r.imported for r in rows)


def scanned(s: Seen) -> list[Row]:
    return [r for r in s.since("order_events", "begun_day", 90, 2) if r.kind == "scanned"]


@says
def scan_48h_ppm(s: Seen) -> int | None:
    return share(sum(r.since_s <= 48 * HOUR for r in scanned(s)), sent(s))


@says
def tracked_90_ppm(s: Seen) -> int | None:
    return share(len(scanned(s)), sent(s))


@says
def confirm_lag_hours(s: Seen) -> int | None:
    rows = s.last("order_events", 90, kind="settled", cause="shopper")
    lag = middle(r.since_s for r in rows)
    return None if lag is None else lag // HOUR


@says
def timer_confirmed_90_ppm(s: Seen) -> int | None:
    settled = [r for r in became(s, "settled") if not r.imported]
    return share(sum(r.cause == "timer" for r in settled), len(settled))
