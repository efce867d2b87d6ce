"""A shop's features: what the mall's record says, as whole numbers for the card."""

from collections.abc import Sequence
from fractions import Fraction

from core.money import MILLION, Money, round_fraction
from mall.facts import SalesRecord

_READ = (
    "shop_age_days",
    "active_days_90",
    "active_months_12",
    "buyers_90",
    "repeat_rate_ppm",
    "top5_share_ppm",
    "top_product_share_ppm",
    "financed_share_90_ppm",
    "on_time_ship_90_ppm",
    "no_stock_cancel_90_ppm",
    "tracked_90_ppm",
    "refund_rate_90_ppm",
    "review_mean_365",
    "negative_share_90_ppm",
    "open_refunds",
)
_WEEKS_MIN = 8


def features_of(record: SalesRecord) -> dict[str, int | None]:
    """Counts, sums (minor units) and shares (ppm) by name; None where nothing can be said."""
    found: dict[str, int | None] = {name: getattr(record, name) for name in _READ}
    weeks = [week.minor for week in record.weeks]
    found |= {
        "license_verified": int(record.license_verified),
        "net_90": record.net_90.minor,
        "net_365": record.net_365.minor,
        "growth_ppm": _rise(sum(weeks[:13]), sum(weeks[13:])),
        "yoy_ppm": _rise(record.net_28.minor, _minor(record.net_28_last_year)),
        "swing_ppm": swing_ppm(weeks),
        "refund_rise_ppm": _less(record.refund_rate_28_ppm, record.refund_rate_90_ppm),
        "fault_refund_ppm": _of(record.fault_refund_90_ppm, record.refund_rate_90_ppm),
        "review_trend": _less(record.review_mean_90, record.review_mean_365),
    }
    return found


def months_seen(record: SalesRecord) -> tuple[Money, ...]:
    """The stretches of 30 days the shop has existed in, three at least, the last first."""
    oldest = max((i + 1 for i, month in enumerate(record.months) if month.minor > 0), default=0)
    return record.months[: max(3, oldest)]


def swing_ppm(weeks: Sequence[int]) -> int | None:
    """Mean distance of a week's net from the mean week, in millionths of that; None when young."""
    seen = max((i + 1 for i, week in enumerate(weeks) if week > 0), default=0)
    if seen < _WEEKS_MIN or sum(weeks[:seen]) <= 0:
        return None
    mean = Fraction(sum(weeks[:seen]), seen)
    away = sum((abs(week - mean) for week in weeks[:seen]), Fraction(0)) / seen
    return round_fraction(away / mean * MILLION)


def _rise(now: int, before: int | None) -> int | None:
    if not before or before < 0:
        return None
    return round_fraction(Fraction((now - before) * MILLION, before))


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def _of(part: int | None, whole: int | None) -> int | None:
    return None if part is None or not whole else round_fraction(Fraction(part * MILLION, whole))


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor
