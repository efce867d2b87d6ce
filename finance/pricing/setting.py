"""What is set of a product's price, out of its terms and back into them; pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from finance.capital import terms as capital
from finance.capital.terms import Priced, Terms
from finance.lending.life.terms import FLAT
from finance.products.installments import GRADE, Installments
from finance.products.line import FORMULA, PRESET, Line
from finance.products.line import NAME as LINE
from finance.products.pricing import Price

INSTALLMENTS = "installments"
SELLERS = (capital.TERM_LOAN, capital.ORDER_ADVANCE, capital.SALES_SHARE, capital.PAID_TODAY)
PRODUCTS = (INSTALLMENTS, LINE, *SELLERS)
BY_GRADE = {capital.TERM_LOAN: "a day", capital.SALES_SHARE: "a year, at most"}
ONE_PRICE = {
    INSTALLMENTS: "a month, of the amount bought for",
    LINE: "a day, of what is left, by formula at most",
    capital.ORDER_ADVANCE: "a day, by formula at most",
    capital.PAID_TODAY: "a day, by formula at most",
}
ALL = "*"
_PARTS = {capital.PAID_TODAY: "paid_today"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A product's price as it is configured, millionths.

    how       "preset": `prices` as set; "formula": by the terms below, for whom it may be sold
    prices    by grade, or under "*" one for all; of what and how long: BY_GRADE and ONE_PRICE
    pd        chance of default in twelve months by grade, {} where the applicant's own counts
    cap_ppm   no one pays more a year: a formula's price is lowered, one that is set is refused
    """

    how: str
    funding_ppm: int
    service_ppm: int
    margin_ppm: int
    loss_ppm: int
    cap_ppm: int
    prices: Mapping[str, int]
    pd_ppm: Mapping[str, int]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def of_installments(product: Installments) -> Setting:
    """B3."""
    price = product.price
    return Setting(
        FORMULA if product.pricing == GRADE else PRESET,
        price.funding_ppm,
        price.service_ppm,
        price.margin_ppm,
        price.loss_ppm,
        product.apr_cap_ppm,
        {ALL: product.monthly_fee_ppm},
        price.pd_ppm,
    )


def on_installments(product: Installments, by: Setting) -> Installments:
    """The product at this price. The monthly fee stays: affordability reads it either way."""
    return replace(
        product,
        pricing=GRADE if by.how == FORMULA else FLAT,
        price=_price(by),
        monthly_fee_ppm=by.prices[ALL],
        apr_cap_ppm=by.cap_ppm,
    )


def of_line(line: Line) -> Setting:
    """B4; where what a night costs is set, the terms beside it say what the formula would ask."""
    price = line.rules.price
    return Setting(
        line.pricing,
        price.funding_ppm,
        price.service_ppm,
        price.margin_ppm,
        price.loss_ppm,
        line.rules.apr_cap_ppm,
        {ALL: line.daily_ppm},
        price.pd_ppm,
    )


def on_line(line: Line, by: Setting) -> Line:
    """The line at this price."""
    rules = replace(line.rules, price=_price(by), apr_cap_ppm=by.cap_ppm)
    return replace(line, rules=rules, pricing=by.how, daily_ppm=by.prices[ALL])


def _price(by: Setting) -> Price:
    return Price(by.funding_ppm, by.service_ppm, by.margin_ppm, by.loss_ppm, dict(by.pd_ppm))


def of_terms(terms: Terms, product: str) -> Setting:
    """S1 to S4."""
    found = priced(terms, product)
    return Setting(
        found.price,
        found.cost_ppm,
        found.service_ppm,
        found.margin_ppm,
        found.loss_ppm,
        found.apr_cap_ppm,
        _prices(found),
        {},
    )


def on_terms(terms: Terms, product: str, by: Setting) -> Terms:
    """Sellers' terms with this product at this price."""
    found = priced(terms, product)
    name = "apr_targets" if product == capital.SALES_SHARE else "daily_ppm"
    one = product in ONE_PRICE
    changed = replace(
        found,
        price=by.how,
        cost_ppm=by.funding_ppm,
        service_ppm=by.service_ppm,
        margin_ppm=by.margin_ppm,
        loss_ppm=by.loss_ppm,
        apr_cap_ppm=by.cap_ppm,
        **{name: by.prices[ALL] if one else dict(by.prices)},
    )
    parts: dict[str, Any] = {_PARTS.get(product, product): changed}
    return replace(terms, **parts)


def priced(terms: Terms, product: str) -> Priced:
    """What of the terms is this product's."""
    found: Priced = getattr(terms, _PARTS.get(product, product))
    return found


def _prices(found: Priced) -> dict[str, int]:
    if isinstance(found, capital.SalesShare):
        return dict(found.apr_targets)
    daily = getattr(found, "daily_ppm")  # noqa: B009 - each of the others has one
    return dict(daily) if isinstance(daily, dict) else {ALL: daily}
