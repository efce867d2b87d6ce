"""D: disputes and refunds."""

from typing import Any

from tests.finance.risk.features.oracle.seeing import HOUR, Seen, amount, less, middle, says, share


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


@says
def dispute_rate_90_ppm(s: Seen) -> int | None:
    return share(len(s.last("dispute_events", 90, kind="opened")), len(s.last("orders", 90)))


@says
def dispute_lost_ppm(s: Seen) -> int | None:
    lost = s.last("dispute_events", 365, kind="lost")
    return share(len(lost), len(lost) + len(s.last("dispute_events", 365, kind="won")))


@says
def dispute_days(s: Seen) -> int | None:
    closed = [r for r in s.last("dispute_events", 365) if r.kind in ("won", "lost")]
    lag = middle(r.lag_s for r in closed)
    return None if lag is None else lag // (24 * HOUR)


@says
def chargeback_rate_ppm(s: Seen) -> int | None:
    opened = s.last("dispute_events", 365, kind="opened")
    return share(len(opened), len(s.last("orders", 365, on_card=1)))


@says
def refund_hours(s: Seen) -> int | None:
    lag = middle(r.lag_s for r in s.last("refund_events", 90, kind="granted"))
    return None if lag is None else lag // HOUR


@says
def loss_damage_ppm(s: Seen) -> int | None:
    granted = s.last("refund_events", 90, kind="granted")
    gone = sum(r.cause in ("damaged", "not_received") for r in granted)
    return share(gone, len(s.last("order_events", 90, kind="shipped", imported=0)))
