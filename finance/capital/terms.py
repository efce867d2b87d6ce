"""What sellers can get and at which terms, read from settings.json: data, never code.

Amounts in minor units, rates in ppm. A regime's settings lie over the base, a currency's amounts
over both; a setting added later is the base's wherever older data lack it.
"""

import json
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from finance.pricing.formula import Costs
from finance.risk.rungs import Rules as Rungs

ORDER_ADVANCE, SALES_SHARE, PAID_TODAY = "order_advance", "sales_share", "early_settlement"
TERM_LOAN = "term_loan"
NAMES = {
    ORDER_ADVANCE: "Order advance",
    SALES_SHARE: "Sales share",
    PAID_TODAY: "Paid today",
    TERM_LOAN: "Term loan",
}


K = TypeVar("K")
_FILE = Path(__file__).with_name("settings.json")


@cache
def _settings() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text())
    return found


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`below` with what `above` says instead, at every depth."""
    both = {name: value for name, value in above.items() if isinstance(value, dict)}
    deep = {n: _over(below[n], v) for n, v in both.items() if isinstance(below.get(n), dict)}
    return below | above | deep


def _of_class(kind: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What of the data are settings of this product."""
    return {each.name: data[each.name] for each in fields(kind) if each.name in data}


def _made(kind: type[K], data: dict[str, Any]) -> K:
    return kind(**_of_class(kind, data))


@dataclass(frozen=True, slots=True)
class Priced:
    """How a product is priced, millionths a year.

    price                   "preset": as set; "formula": finance.pricing.formula
    cost, service, margin   cost of money, of running it, of capital
    loss_ppm                lost at default: little where the mall holds the order's money
    """

    price: str
    apr_cap_ppm: int
    cost_ppm: int
    service_ppm: int
    margin_ppm: int
    loss_ppm: int

    @property
    def costs(self) -> Costs:
        return Costs(self.cost_ppm, self.service_ppm, self.margin_ppm, self.loss_ppm)


@dataclass(frozen=True, slots=True)
class OrderAdvance(Priced):
    """S2.

    rates           share of the base that is advanced, by grade
    refund_weight   what of the category's refunded share is taken off, at least `rate_floor`
    daily_ppm       price a day of what is used, by formula the most; daily_min_ppm: the least
    reach_ppm       never more than this of what will reach the seller
    age_days        an older order does not count
    apart_ppm       a line or a buyer counts for at most this of the base,
    apart_from      but always up to this amount
    tenor_days      then the advance is due; `late_days` more while the parcel is under way;
                    `tenor_abroad_days` for an order that goes to another country
    free_days       without charge after a refund made an advance due
    """

    rates: dict[str, int]
    refund_weight: int
    rate_floor: int
    daily_ppm: int
    daily_min_ppm: int
    reach_ppm: int
    age_days: int
    apart_ppm: int
    apart_from: int
    tenor_days: int
    tenor_abroad_days: int
    late_days: int
    free_days: int
    amount_min: int


@dataclass(frozen=True, slots=True)
class SalesShare(Priced):
    """S3.

    fee_min            lower than usual, so that what sales repay in weeks has a fair yearly rate
    year_ppm, months   at most this of twelve months' net, at most so many times the p25 month
    fee_step           fees are whole steps between `fee_min` and `fee_max`
    apr_targets        the fee is the largest whose yearly rate at the forecast is at most this, or
                       what the formula asks; 0: none for this grade
    kept_ppm           of the fee is kept however early it is paid back
    rise_ppm           the share may rise by this after a missed minimum
    fair_days          sales that would repay it sooner than this leave no fee that is fair
    review_missed      so many missed, and less than `review_ppm` of the forecast repaid: a person
                       looks
    """

    year_ppm: int
    months: int
    shares: tuple[int, ...]
    apr_targets: dict[str, int]
    fee_min: int
    fee_max: int
    fee_step: int
    kept_ppm: int
    cap_days: int
    period_days: int
    grace_days: int
    rise_ppm: int
    cancel_days: int
    renew_from_ppm: int
    amount_min: int
    shop_days_min: int
    months_min: int
    account_days_min: int
    asks_max: int
    fair_days: int
    review_missed: int
    review_ppm: int

    @classmethod
    def from_data(cls, kept: dict[str, Any]) -> "SalesShare":
        """Out of plain data, in which the shares are a list."""
        data = _over(_settings()["base"]["sales_share"], kept)
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

    retry_days: int
    plan_days: int
    freeze_days: int
    default_days: int
    charge_off_days: int


@dataclass(frozen=True, slots=True)
class TermLoan(Priced):
    """S1.

    year_ppm, median_ppm   at most this of twelve months' net, and of the median month
    daily_ppm              the price that is set, by grade
    grades                 who may have one
    active_months_min      months with sales, of the last six
    renew_from_ppm         of the running one repaid, and nothing late
    """

    amount_min: int
    amount_max: int
    year_ppm: int
    median_ppm: int
    months: tuple[int, ...]
    grades: str
    daily_ppm: dict[str, int]
    shop_days_min: int
    active_months_min: int
    account_days_min: int
    renew_from_ppm: int
    cancel_days: int
    longer_months_max: int
    ladder: Ladder

    @classmethod
    def from_data(cls, kept: dict[str, Any]) -> "TermLoan":
        """Out of plain data, in which months are a list."""
        data = _over(_settings()["base"]["term_loan"], kept)
        own = {"months": tuple(data["months"]), "ladder": Ladder(**data["ladder"])}
        return cls(**{**_of_class(cls, data), **own})


@dataclass(frozen=True, slots=True)
class PaidToday(Priced):
    """S4.

    daily_ppm      the fee a day, by formula the most; daily_min_ppm: the least by formula
    hold_min_ppm   so much of a sale at least stays until receipt
    """

    rate_ppm: int
    reach_ppm: int
    daily_ppm: int
    daily_min_ppm: int
    expected_days: int
    amount_min: int
    tenor_days: int
    late_days: int
    free_days: int
    hold_min_ppm: int


@dataclass(frozen=True, slots=True)
class Hardship:
    """When a seller cannot pay.

    free_months     the first request in so many months is granted at once
    pause_days      S3: nothing is taken of sales, and minimums move by as much
    lower_…         S3: the next so many minimums ask only for this part, the later ones for more
    longer_months   S1: what is owed is spread over so many months more
    """

    free_months: int
    pause_days: int
    lower_steps: int
    lower_ppm: int
    longer_months: int


@dataclass(frozen=True, slots=True)
class Terms:
    """All of it.

    limits      what a seller of this grade may owe at once over all products
    firm_days   so long an offer is held for who asks
    rungs       how what is lent without orders behind it grows with what was repaid in time
    """

    order_advance: OrderAdvance
    sales_share: SalesShare
    paid_today: PaidToday
    term_loan: TermLoan
    hardship: Hardship
    limits: dict[str, int]
    load_max_ppm: int
    firm_days: int
    rungs: Rungs

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
        every = {"load_max_ppm": self.load_max_ppm, "ladder": asdict(self.term_loan.ladder)}
        return found | every

    @classmethod
    def from_data(cls, kept: dict[str, Any]) -> "Terms":
        """The terms a decision was kept with; what it did not know yet is the base's."""
        data = _over(_settings()["base"], kept)
        return cls(
            _made(OrderAdvance, data["order_advance"]),
            SalesShare.from_data(data["sales_share"]),
            _made(PaidToday, data["paid_today"]),
            TermLoan.from_data(data["term_loan"]),
            _made(Hardship, data["hardship"]),
            data["limits"],
            data["load_max_ppm"],
            data["firm_days"],
            Rungs(**data["rungs"]),
        )


@cache
def terms_of(regime: str, currency: str = "CNY") -> Terms:
    """Sellers' terms under this country's rules; raises KeyError for one without settings."""
    settings = _settings()
    data = _over(settings["base"], settings["regimes"][regime]["terms"])
    return Terms.from_data(_over(data, settings["currencies"][currency]))


CN = terms_of("CN")
REGIMES, CURRENCIES = tuple(_settings()["regimes"]), tuple(_settings()["currencies"])
