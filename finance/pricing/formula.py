"""The price of credit a year: cost of money, expected loss, running it, capital; pure.

APR = f + s + m + PD_T · LGD / (A · T), with PD_T = 1 − (1 − PD_12)^T over T years and A the share
outstanding on average. A regime's cap lowers the result. All in millionths a year.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from core.money import MILLION, round_fraction

YEAR = 365
_DIGITS = 28


def equal_parts(count: int) -> Fraction:
    """The share outstanding on average when the principal comes back in equal parts: (n+1)/2n."""
    return Fraction(count + 1, 2 * count)


def risk_ppm(pd_ppm: int, loss_ppm: int, years: Fraction, average: Fraction) -> int:
    """PD over the term times loss, over what is owed on average, for the time it is owed.

    pd_ppm     chance of default in twelve months; loss_ppm: share lost then
    years      the term; average: the share outstanding

    2.0 %, 60 %, one year in twelve parts: 0.02 · 0.6 / (13/24) = 2.22 %.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        stays = (1 - Decimal(pd_ppm) / MILLION) ** (
            Decimal(years.numerator) / Decimal(years.denominator)
        )
        lost = Fraction(1 - stays) * loss_ppm
    return round_fraction(lost / (average * years))


@dataclass(frozen=True, slots=True)
class Costs:
    """What every loan of a product has to pay a year, and how much is lost in a default."""

    funding_ppm: int = 45_000
    service_ppm: int = 10_000
    margin_ppm: int = 15_000
    loss_ppm: int = 600_000

    def risk(self, pd_ppm: int, years: Fraction, average: Fraction) -> int:
        return risk_ppm(pd_ppm, self.loss_ppm, years, average)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Every term of one yearly rate; they sum to `apr_ppm`.

    preset     what a price that was set (not worked out) asks above the formula, or below it
    cap        what the regime's cap takes off, zero or less
    rounding   a rate is a whole number of millionths a day or a month, a fee a whole step
    campaign   what a shop's campaign pays instead of the shopper, zero or less
    cap_ppm    the cap itself
    """

    funding: int
    risk: int
    service: int
    margin: int
    preset: int = 0
    cap: int = 0
    rounding: int = 0
    campaign: int = 0
    cap_ppm: int = 0

    @property
    def formula_ppm(self) -> int:
        """What the formula asks, before anything else."""
        return self.funding + self.risk + self.service + self.margin

    @property
    def apr_ppm(self) -> int:
        return self.formula_ppm + self.preset + self.cap + self.rounding + self.campaign

    def lines(self) -> tuple[tuple[str, int], ...]:
        """(term, millionths a year) in the order in which they add up."""
        return (
            ("Cost of money", self.funding),
            ("Expected loss: PD × LGD", self.risk),
            ("Running the loan", self.service),
            ("Capital and margin", self.margin),
            ("Set price, above or below", self.preset),
            ("Cap of the rules", self.cap),
            ("Rounding", self.rounding),
            ("Paid by the shop's campaign", self.campaign),
        )

    def three(self) -> tuple[int, int, int]:
        """(cost of money, risk, service) as the borrower sees them: no part is below zero.

        What a cap or a campaign takes off comes out of service, then risk, then money.
        """
        money = min(self.funding, max(0, self.apr_ppm))
        risk = min(self.risk, max(0, self.apr_ppm - money))
        return money, risk, max(0, self.apr_ppm - money - risk)


def worked_out(costs: Costs, risk: int, cap_ppm: int, *, unit: int = 1) -> Breakdown:
    """The formula's price, lowered to the cap; in whole `unit`s (365: a whole rate a day)."""
    asked = costs.funding_ppm + risk + costs.service_ppm + costs.margin_ppm
    capped = min(asked, cap_ppm)
    return Breakdown(
        costs.funding_ppm,
        risk,
        costs.service_ppm,
        costs.margin_ppm,
        cap=capped - asked,
        rounding=capped // unit * unit - capped,
        cap_ppm=cap_ppm,
    )


def as_set(costs: Costs, risk: int, cap_ppm: int, apr_ppm: int) -> Breakdown:
    """A price that was set: beside the formula's terms stands what it asks above or below them."""
    asked = costs.funding_ppm + risk + costs.service_ppm + costs.margin_ppm
    return Breakdown(
        costs.funding_ppm,
        risk,
        costs.service_ppm,
        costs.margin_ppm,
        preset=apr_ppm - asked,
        cap_ppm=cap_ppm,
    )
