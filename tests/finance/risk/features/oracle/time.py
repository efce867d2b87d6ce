"""T: time."""

from tests.finance.risk.features.oracle.seeing import HOUR, Seen, middle, net, says


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
