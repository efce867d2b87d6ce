"""How much a term loan may be, what it costs, and how it is planned; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.money import Money, Rounding, total
from finance.capital.fold import accrual
from finance.capital.terms import TermLoan
from finance.lending.calendar import monthly_dates
from finance.pricing import formula
from finance.pricing.formula import Breakdown

YEAR = 365


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One part; `interest` as it will be when every part is paid on its day."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    left: Money

    @property
    def payment(self) -> Money:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class Offer:
    """A loan one could take. apr_ppm = 365 × the daily rate: there is no other cost."""

    amount: Money
    months: int
    daily_ppm: int
    rows: tuple[PlannedRow, ...]

    @property
    def apr_ppm(self) -> int:
        return self.daily_ppm * YEAR

    @property
    def interest(self) -> Money:
        return total((row.interest for row in self.rows), self.amount.currency)

    @property
    def total(self) -> Money:
        return self.amount + self.interest


def median(months: Sequence[Money]) -> Money:
    """The middle of the months; of two middles their mean, rounded down."""
    ordered = sorted(month.minor for month in months)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Money((low + high) // 2, months[0].currency)


def limits(net_365: Money, months: Sequence[Money], terms: TermLoan) -> tuple[Money, Money, Money]:
    """(a quarter of a year's net settled sales, 1.5 × the median month, the most of all)."""
    zero = Money.zero(net_365.currency)
    return (
        max(zero, net_365.ppm(terms.year_ppm, Rounding.DOWN)),
        max(zero, median(months).ppm(terms.median_ppm, Rounding.DOWN)),
        Money(terms.amount_max, net_365.currency),
    )


def most(net_365: Money, months: Sequence[Money], terms: TermLoan) -> Money:
    """The largest loan that this history bears: the smallest of the limits.

    936,000.00 a year and 78,000.00 a month: min(234,000.00, 117,000.00) = 117,000.00.
    """
    return min(limits(net_365, months, terms))


def daily_ppm(grade: str, pd_ppm: int, months: int, terms: TermLoan) -> int:
    """The price a day: the grade's preset, or by the formula; 0 is no offer.

    Never more than the regime's cap a year.
    """
    if grade not in terms.grades:
        return 0
    if terms.price == "formula":
        return breakdown(grade, pd_ppm, months, terms).apr_ppm // YEAR
    return min(terms.daily_ppm.get(grade, 0), terms.apr_cap_ppm // YEAR)


def breakdown(grade: str, pd_ppm: int, months: int, terms: TermLoan) -> Breakdown:
    """Every term of the price a year: equal principal, in whole millionths a day."""
    years, average = Fraction(months, 12), formula.equal_parts(months)
    risk = terms.costs.risk(pd_ppm, years, average)
    if terms.price == "formula":
        return formula.worked_out(terms.costs, risk, terms.apr_cap_ppm, unit=YEAR)
    apr = daily_ppm(grade, pd_ppm, months, terms) * YEAR
    return formula.as_set(terms.costs, risk, terms.apr_cap_ppm, apr)


def apr_of_risk(pd_ppm: int, months: int, terms: TermLoan) -> int:
    """What the formula asks a year before cap and rounding.

    4.5 + 1.0 + 1.5 %, loss given default 60 %: a PD of 0.4 % is 7.44 % over 12 months.
    """
    return breakdown("", pd_ppm, months, terms).formula_ppm


def parts(amount: Money, months: int) -> list[Money]:
    """Equal parts rounded half up; the last one takes the difference (333.33, 333.33, 333.34)."""
    each = amount.times(Fraction(1, months))
    return [each] * (months - 1) + [amount - each * (months - 1)]


def offer(amount: Money, months: int, rate_ppm: int, began_on: date) -> Offer:
    """Equal principal each month, interest of the days on what is left, actual/365.

    12,000.00 in 3 at 500 ppm from 1 January: 4,000.00 each with interest 186.00, 112.00, 62.00.
    """
    left, since, micro, charged = amount, began_on, 0, 0
    rows = []
    dated = zip(monthly_dates(began_on, months), parts(amount, months), strict=True)
    for number, (due_on, principal) in enumerate(dated, 1):
        micro += accrual.micro(left.minor, rate_ppm, (due_on - since).days)
        interest = accrual.whole(micro) - charged
        charged, since, left = charged + interest, due_on, left - principal
        rows.append(PlannedRow(number, due_on, principal, Money(interest, left.currency), left))
    return Offer(amount, months, rate_ppm, tuple(rows))
