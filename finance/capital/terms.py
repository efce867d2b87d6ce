"""What sellers can get and at which terms; data, never code. Amounts in minor units, rates in ppm."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

ORDER_ADVANCE, SALES_SHARE, PAID_TODAY = "order_advance", "sales_share", "early_settlement"
TERM_LOAN = "term_loan"
NAMES = {
    ORDER_ADVANCE: "Order advance",
    SALES_SHARE: "Sales share",
    PAID_TODAY: "Paid today",
    TERM_LOAN: "Term loan",
}


def _by_grade(a: int, b: int, c: int, d: int, e: int) -> dict[str, int]:
    return {"A": a, "B": b, "C": c, "D": d, "E": e}


def _of_class(kind: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What of the data are settings of this product."""
    return {each.name: data[each.name] for each in fields(kind) if each.name in data}


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

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "SalesShare":
        """Out of plain data, in which the shares are a list."""
        return cls(**{**_of_class(cls, data), "shares": tuple(data["shares"])})


@dataclass(frozen=True, slots=True)
class Ladder:
    """What follows when a part is not paid, by days past due.

    retry_days       so long it is asked for again every night
    plan_days        a longer plan is offered
    freeze_days      nothing more can be drawn, whatever the product
    default_days     in default
    charge_off_days  it leaves the book
    """

    retry_days: int = 7
    plan_days: int = 30
    freeze_days: int = 60
    default_days: int = 90
    charge_off_days: int = 120


@dataclass(frozen=True, slots=True)
class TermLoan:
    """S1.

    year_ppm, median_ppm   at most this of twelve months' net, and of the median month
    price                  "preset": `daily_ppm` by grade; "formula": cost + service + margin +
                           the loan's risk with `loss_ppm` lost at default
    grades                 who may have one
    active_months_min      months with sales, of the last six
    renew_from_ppm         of the running one repaid, and nothing late
    """

    amount_min: int = 100_000
    amount_max: int = 100_000_000
    year_ppm: int = 250_000
    median_ppm: int = 1_500_000
    months: tuple[int, ...] = (3, 6, 12)
    grades: str = "ABC"
    price: str = "preset"
    daily_ppm: dict[str, int] = field(default_factory=lambda: _by_grade(500, 550, 600, 0, 0))
    apr_cap_ppm: int = 240_000
    cost_ppm: int = 45_000
    service_ppm: int = 10_000
    margin_ppm: int = 15_000
    loss_ppm: int = 600_000
    shop_days_min: int = 180
    active_months_min: int = 5
    account_days_min: int = 30
    renew_from_ppm: int = 500_000
    cancel_days: int = 3
    longer_months_max: int = 24
    ladder: Ladder = field(default_factory=Ladder)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "TermLoan":
        """Out of plain data, in which months are a list."""
        own = {"months": tuple(data["months"]), "ladder": Ladder(**data["ladder"])}
        return cls(**{**_of_class(cls, data), **own})


@dataclass(frozen=True, slots=True)
class PaidToday:
    """S4."""

    rate_ppm: int = 900_000
    reach_ppm: int = 950_000
    daily_ppm: int = 400
    expected_days: int = 7
    amount_min: int = 1_000
    tenor_days: int = 30
    late_days: int = 10
    free_days: int = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """All of it.

    limits      what a seller of this grade may owe at once over all products
    firm_days   so long an offer is held for who asks
    """

    order_advance: OrderAdvance = field(default_factory=OrderAdvance)
    sales_share: SalesShare = field(default_factory=SalesShare)
    paid_today: PaidToday = field(default_factory=PaidToday)
    term_loan: TermLoan = field(default_factory=TermLoan)
    limits: dict[str, int] = field(
        default_factory=lambda: _by_grade(
            200_000_000, 100_000_000, 50_000_000, 20_000_000, 5_000_000
        )
    )
    load_max_ppm: int = 350_000
    firm_days: int = 30

    def as_data(self) -> dict[str, Any]:
        """All terms as plain data, kept with each decision."""
        data = asdict(self)
        data["sales_share"]["shares"] = list(self.sales_share.shares)
        data["term_loan"]["months"] = list(self.term_loan.months)
        return data

    def of_product(self, product: str) -> dict[str, Any]:
        """The settings a contract of this product is agreed with, as plain data."""
        name = "paid_today" if product == PAID_TODAY else product
        found: dict[str, Any] = self.as_data()[name]
        return found | {"load_max_ppm": self.load_max_ppm}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Terms":
        """The terms a decision was kept with; one from before S1 knows none of it."""
        term = data.get("term_loan")
        return cls(
            OrderAdvance(**data["order_advance"]),
            SalesShare.from_data(data["sales_share"]),
            PaidToday(**data["paid_today"]),
            TermLoan.from_data(term) if term else TermLoan(),
            data["limits"],
            data["load_max_ppm"],
            data.get("firm_days", 30),
        )


CN = Terms()
# no law known to us gives sellers' advances other terms by country: one set serves all
BY_REGIME: dict[str, Terms] = {}


def terms_of(regime: str) -> Terms:
    """Sellers' terms under this country's rules."""
    return BY_REGIME.get(regime, CN)
