"""What sellers can get and at which terms; data, never code. Amounts in minor units, rates in ppm."""

from dataclasses import asdict, dataclass, field
from typing import Any

ORDER_ADVANCE, SALES_SHARE, PAID_TODAY = "order_advance", "sales_share", "early_settlement"
NAMES = {
    ORDER_ADVANCE: "Order advance",
    SALES_SHARE: "Sales share",
    PAID_TODAY: "Paid today",
}


def _by_grade(a: int, b: int, c: int, d: int, e: int) -> dict[str, int]:
    return {"A": a, "B": b, "C": c, "D": d, "E": e}


@dataclass(frozen=True, slots=True)
class OrderAdvance:
    """S2.

    rates           share of the base that is advanced, by grade
    refund_weight   what of the category's refunded share is taken off, at least `rate_floor`
    daily_ppm       price a day of what is used
    reach_ppm       never more than this of what will reach the seller
    age_days        an older order does not count
    apart_ppm       a line or a buyer counts for at most this of the base,
    apart_from      but always up to this amount
    tenor_days      then the advance is due; `late_days` more while the parcel is under way
    free_days       without charge after a refund made an advance due
    """

    rates: dict[str, int] = field(
        default_factory=lambda: _by_grade(900_000, 850_000, 800_000, 700_000, 500_000)
    )
    refund_weight: int = 1_500_000
    rate_floor: int = 300_000
    daily_ppm: int = 500
    reach_ppm: int = 950_000
    age_days: int = 20
    apart_ppm: int = 200_000
    apart_from: int = 200_000
    tenor_days: int = 30
    late_days: int = 10
    free_days: int = 3
    amount_min: int = 10_000


@dataclass(frozen=True, slots=True)
class SalesShare:
    """S3.

    fee_min            lower than usual, so that what sales repay in weeks has a fair yearly rate
    year_ppm, months   at most this of twelve months' net, at most so many times the p25 month
    fee_step           fees are whole steps between `fee_min` and `fee_max`
    apr_targets        the fee is the largest whose yearly rate at the forecast is at most this
    kept_ppm           of the fee is kept however early it is paid back
    rise_ppm           the share may rise by this after a missed minimum
    """

    year_ppm: int = 200_000
    months: int = 2
    shares: tuple[int, ...] = (50_000, 100_000, 150_000, 200_000, 250_000)
    apr_targets: dict[str, int] = field(
        default_factory=lambda: _by_grade(140_000, 170_000, 205_000, 235_000, 0)
    )
    fee_min: int = 1_000
    fee_max: int = 120_000
    fee_step: int = 1_000
    kept_ppm: int = 250_000
    cap_days: int = 540
    period_days: int = 60
    grace_days: int = 10
    rise_ppm: int = 50_000
    cancel_days: int = 3
    renew_from_ppm: int = 600_000
    amount_min: int = 100_000
    shop_days_min: int = 90
    months_min: int = 3
    account_days_min: int = 30
    asks_max: int = 10


@dataclass(frozen=True, slots=True)
class PaidToday:
    """S4."""

    rate_ppm: int = 900_000
    reach_ppm: int = 950_000
    daily_ppm: int = 400
    expected_days: int = 7
    amount_min: int = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """All of it. limits: what a seller of this grade may owe at once over all products."""

    order_advance: OrderAdvance = field(default_factory=OrderAdvance)
    sales_share: SalesShare = field(default_factory=SalesShare)
    paid_today: PaidToday = field(default_factory=PaidToday)
    limits: dict[str, int] = field(
        default_factory=lambda: _by_grade(
            200_000_000, 100_000_000, 50_000_000, 20_000_000, 5_000_000
        )
    )
    load_max_ppm: int = 350_000

    def as_data(self) -> dict[str, Any]:
        """All terms as plain data, kept with each decision."""
        data = asdict(self)
        data["sales_share"]["shares"] = list(self.sales_share.shares)
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Terms":
        """The terms a decision was kept with."""
        share = {**data["sales_share"], "shares": tuple(data["sales_share"]["shares"])}
        return cls(
            OrderAdvance(**data["order_advance"]),
            SalesShare(**share),
            PaidToday(**data["paid_today"]),
            data["limits"],
            data["load_max_ppm"],
        )


CN = Terms()
# no law known to us gives sellers' advances other terms by country: one set serves all
BY_REGIME: dict[str, Terms] = {}


def terms_of(regime: str) -> Terms:
    """Sellers' terms under this country's rules."""
    return BY_REGIME.get(regime, CN)
