"""Price, share, minimums and early payoff of an advance on sales; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from core.money import MILLION, Money, Rounding, round_fraction
from finance.capital.sales_share.forecast import Outlook
from finance.capital.terms import SalesShare
from finance.pricing import formula
from finance.pricing.formula import Breakdown

YEAR = 365
_DIGITS, _STEPS = 28, 70


@dataclass(frozen=True, slots=True)
class Offer:
    """An advance one could take.

    days     until it is repaid at the forecast (p50)
    soon     … if sales go well (p10), None beyond the forecast
    late     … if they go badly (p90), None beyond the forecast
    a_day    withheld on a usual day
    apr_ppm  estimated yearly rate at the forecast: 365 × the daily rate
    """

    amount: Money
    share_ppm: int
    fee: Money
    fee_ppm: int
    days: int
    soon: int | None
    late: int | None
    a_day: Money
    apr_ppm: int

    @property
    def total(self) -> Money:
        return self.amount + self.fee

    def apr_at(self, days: int | None) -> int | None:
        """The yearly rate if it is repaid in so many days; None where that is not foreseen."""
        return apr_ppm(self.amount.minor, self.total.minor, days) if days else None


def offer(
    amount: Money,
    share_ppm: int,
    outlook: Outlook,
    grade: str,
    terms: SalesShare,
    pd_ppm: int = 0,
) -> Offer | None:
    """Price this amount at this share; None when the forecast does not repay it in time.

    pd_ppm   the shop's chance of default in twelve months, where the formula prices

    100,000.00 at 15 % with 2,600.00 settled a day, grade C: fee 8,000.00, 390.00 a day,
    277 days, APR 20.5 %.
    """
    targets = Targets(grade, pd_ppm, terms)
    fee_ppm = _fee_ppm(amount, share_ppm, outlook, targets, terms)
    if fee_ppm is None:
        return None
    fee = amount.ppm(fee_ppm)
    owed = (amount + fee).minor
    days = outlook.days_to(owed, share_ppm)
    if days is None or days > terms.cap_days:
        return None
    return Offer(
        amount=amount,
        share_ppm=share_ppm,
        fee=fee,
        fee_ppm=fee_ppm,
        days=days,
        soon=outlook.days_to(owed, share_ppm, outlook.fast_ppm),
        late=outlook.days_to(owed, share_ppm, outlook.slow_ppm),
        a_day=Money(round_fraction(outlook.daily * Fraction(share_ppm, MILLION)), amount.currency),
        apr_ppm=apr_ppm(amount.minor, owed, days),
    )


@dataclass(frozen=True, slots=True)
class Targets:
    """The yearly rate a fee may come to, by how long the advance is out."""

    grade: str
    pd_ppm: int
    terms: SalesShare

    def at(self, days: int) -> int:
        """Nothing for a grade without a target; never above the regime's cap."""
        wanted = self.terms.apr_targets.get(self.grade, 0)
        if wanted and self.terms.price == "formula":
            return self.breakdown(days).apr_ppm
        return min(wanted, self.terms.apr_cap_ppm)

    def breakdown(self, days: int, apr: int | None = None) -> Breakdown:
        """Every term; half of it is out on average. `apr`: the rate a fee in whole steps has."""
        costs, cap = self.terms.costs, self.terms.apr_cap_ppm
        risk = costs.risk(self.pd_ppm, Fraction(days, YEAR), Fraction(1, 2))
        if self.terms.price != "formula":
            return formula.as_set(costs, risk, cap, self.at(days) if apr is None else apr)
        found = formula.worked_out(costs, risk, cap)
        return found if apr is None else replace(found, rounding=apr - found.apr_ppm)


def _fee_ppm(
    amount: Money, share_ppm: int, outlook: Outlook, targets: "Targets", terms: SalesShare
) -> int | None:
    """The largest whole step whose yearly rate is at most the target; None when none is."""

    def fits(fee_ppm: int) -> bool:
        owed = amount.minor + amount.ppm(fee_ppm).minor
        days = outlook.days_to(owed, share_ppm)
        return days is not None and apr_ppm(amount.minor, owed, days) <= targets.at(days)

    low, high = terms.fee_min // terms.fee_step, terms.fee_max // terms.fee_step
    if not fits(low * terms.fee_step):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle * terms.fee_step) else (low, middle - 1)
    return low * terms.fee_step


@lru_cache(maxsize=8192)
def apr_ppm(lent: int, owed: int, days: int) -> int:
    """365 × the daily rate at which `days` equal payments of `owed` in all repay `lent`.

    Actuarial; the last payment is what is left. 100,000 against 108,000 in 277 days: 20.5 %.
    """
    a_day = round_fraction(Fraction(owed, days), Rounding.UP)
    full, last = divmod(owed, a_day)
    with localcontext() as context:
        context.prec = _DIGITS
        low, high = Decimal(0), Decimal(1)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            power = middle**full
            worth = a_day * middle * (1 - power) / (1 - middle) + last * power * middle
            low, high = (low, middle) if worth > lent else (middle, high)
        return int(((2 / (low + high) - 1) * YEAR * MILLION).to_integral_value())


def most(
    net_365: Money, months: Sequence[Money], outlook: Outlook, share_ppm: int, terms: SalesShare
) -> Money:
    """The largest amount: 20 % of a year, twice the p25 month, and what a careful forecast repays."""
    currency = net_365.currency
    year = net_365.ppm(terms.year_ppm, Rounding.DOWN)
    month = p25(months) * terms.months
    by_forecast = careful(outlook, share_ppm, currency, terms)
    return max(Money.zero(currency), min(year, month, by_forecast))


def careful(outlook: Outlook, share_ppm: int, currency: str, terms: SalesShare) -> Money:
    """What the share of a careful forecast repays until the cap, less the fee at its dearest."""
    repaid = outlook.sum_of(terms.cap_days, outlook.careful_ppm) * Fraction(share_ppm, MILLION)
    return Money(int(repaid / (1 + Fraction(terms.fee_max, MILLION))), currency)


def p25(months: Sequence[Money]) -> Money:
    """The 25th percentile: a quarter of the months (rounded up) are at or below it."""
    ordered = sorted(months, key=lambda month: month.minor)
    return ordered[(len(ordered) + 3) // 4 - 1]


def share_of(sales: Money, carried: Money, share_ppm: int) -> tuple[Money, Money]:
    """(withheld, refunds carried on) of settled `sales` after refunds not counted yet.

    3,000.00 settled and 400.00 refunded at 15 %: 390.00.
    """
    offset = min(sales, carried)
    return (sales - offset).ppm(share_ppm), carried - offset


def rebate(fee: Money, days_used: int, forecast_days: int, terms: SalesShare) -> Money:
    """The fee given back: fee × (1 − days_used / forecast_days); a quarter of it is always kept.

    8,000.00 on day 140 of 277: 3,956.68.
    """
    unused = Fraction(max(0, forecast_days - days_used), forecast_days)
    kept = fee.ppm(terms.kept_ppm, Rounding.UP)
    return min(fee.times(unused), fee - kept)


def minimums(owed: Money, outlook: Outlook, terms: SalesShare) -> tuple[Money, ...]:
    """What must be repaid by the end of each 60 days, cumulative, the last being all.

    Follows the seller's own season.
    """
    starts = range(0, terms.cap_days, terms.period_days)
    sums = [outlook.sum_of(min(s + terms.period_days, terms.cap_days)) for s in starts]
    rises = [after - before for before, after in zip([Fraction(0), *sums], sums, strict=False)]
    weights = [int(rise * 1_000) + 1 for rise in rises]
    parts, so_far, steps = owed.split(weights), Money.zero(owed.currency), []
    for part in parts:
        so_far = so_far + part
        steps.append(so_far)
    return tuple(steps)
