"""Every product for shoppers under each country's rules; this page of numbers is the configuration."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from finance.lending.life.terms import DAY, FREE, RECEIPT, SHIPPING
from finance.products.installments import GRADE, Installments
from finance.products.line import FORMULA, Line

B3 = Installments()
"""Pay in 3, 6, 12 or 24 months, the first one month after receipt."""

B1 = Installments(
    name="pay_in_30",
    title="Pay in 30 days",
    code="30d",
    terms=(1,),
    pricing=FREE,
    monthly_fee_ppm=0,
    every=DAY,
    first=30,  # days after receipt, and at the latest 15 + 30 days after the order
    latest=15,
    starts_at=RECEIPT,
    amount_min=1_000,
    amount_max=300_000,
    seller_ppm=20_000,
    limits={"A": 100_000, "B": 80_000, "C": 50_000, "D": 30_000, "E": 0},
    person_limits=B3.limits,
    starter_limit=30_000,
    orders_min=1,
)
"""One payment 30 days after confirmed receipt, at the latest 45 days after the order."""

B2 = Installments(
    name="pay_in_4",
    title="Pay in 4, every two weeks",
    code="4x",
    terms=(4,),
    pricing=FREE,
    monthly_fee_ppm=0,
    every=DAY,
    step=14,
    first=0,
    starts_at=SHIPPING,
    parts_in_30=3,
    needs_card=True,
    amount_min=10_000,
    amount_max=800_000,
    seller_ppm=30_000,
    limits={"A": 150_000, "B": 120_000, "C": 80_000, "D": 50_000, "E": 0},
    person_limits=B3.limits,
    starter_limit=50_000,
    orders_min=1,
)
"""A quarter when the goods are shipped, then three more every 14 days, by a saved card."""

# Europe and the United Kingdom let a shopper withdraw for fourteen days; China's seven days are
# our own proposal. The caps are the lender's own where the law knows none. B3 is priced by grade
# where a test of the person stands behind every agreement anyway (EU, UK) or a refused one gets
# its reasons (US); China's and India's price is one for all.
_RULES: dict[str, dict[str, Any]] = {
    "CN": {"withdraw_days": 7},
    "EU": {"withdraw_days": 14},
    "UK": {"withdraw_days": 14},
    "US": {"apr_cap_ppm": 359_900},
    "IN": {"withdraw_days": 3, "age_min": 21},
}
BY_GRADE = ("EU", "UK", "US")


def _made(regime: str, rules: dict[str, Any]) -> tuple[Installments, ...]:
    last = replace(B3, pricing=GRADE if regime in BY_GRADE else B3.pricing)
    return tuple(replace(each, **rules) for each in (B1, B2, last))


SHELVES: dict[str, tuple[Installments, ...]] = {
    regime: _made(regime, rules) for regime, rules in _RULES.items()
}
REGIMES: dict[str, Installments] = {regime: found[-1] for regime, found in SHELVES.items()}
CN = REGIMES["CN"]

# The line is not sold where the rules ask for what we are not: India wants a bank for revolving
# credit, the United States the statements of open-end credit. Europe's 21 days are our own, and
# its price is by grade, as that of the installments is.
_OF_EUROPE = {"pay_days": 21, "pricing": FORMULA}
_LINES: dict[str, dict[str, Any]] = {"CN": {}, "EU": _OF_EUROPE, "UK": _OF_EUROPE}
LINES = {regime: Line().under(_RULES[regime], own) for regime, own in _LINES.items()}

# what a yuan's amounts are in other currencies, in their minor units: about what they buy
_UNITS = {
    "CNY": Fraction(1),
    "EUR": Fraction(1, 8),
    "GBP": Fraction(1, 9),
    "USD": Fraction(1, 7),
    "INR": Fraction(12),
    "JPY": Fraction(1, 5),  # a yen has no smaller unit: a hundredth of twenty yen a yuan
}


def shelf(regime: str, currency: str = "CNY") -> tuple[Installments, ...]:
    """Every product under this country's rules, amounts in the currency's minor units.

    An unknown regime gets the strictest, CN; an unknown currency the yuan's figures.
    """
    found, unit = SHELVES.get(regime, SHELVES["CN"]), _UNITS.get(currency, Fraction(1))
    return found if unit == 1 else tuple(each.in_units(unit) for each in found)


def product(name: str, regime: str, currency: str = "CNY") -> Installments:
    """The product of this name; the installments for one that is not sold any more."""
    found = shelf(regime, currency)
    return next((each for each in found if each.name == name), found[-1])


def line(regime: str, currency: str = "CNY") -> Line | None:
    """The revolving line under this country's rules; None where it is not sold."""
    found, unit = LINES.get(regime), _UNITS.get(currency, Fraction(1))
    return found.in_units(unit) if found and unit != 1 else found


def installments(regime: str) -> Installments:
    """The B3 product under this country's rules; an unknown regime gets the strictest, CN."""
    return shelf(regime)[-1]
