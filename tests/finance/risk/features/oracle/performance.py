"""F and L: performance and logistics."""

from types import SimpleNamespace as Row

from tests.finance.risk.features.oracle.seeing import HOUR, Seen, middle, says, share


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


@says
def on_promise_90_ppm(s: Seen) -> int | None:
    came = [r for r in s.last("order_events", 90, kind="delivered") if r.late is not None]
    return share(sum(r.late == 0 for r in came), len(came))
