"""What money lent to a person of some grade costs: cost of money, service, and risk."""

from dataclasses import dataclass, field
from fractions import Fraction

from finance.pricing import formula
from finance.pricing.formula import Breakdown, Costs

_TWELVE = 12


def _pd() -> dict[str, int]:
    return {"A": 4_000, "B": 9_000, "C": 20_000, "D": 42_000}


@dataclass(frozen=True, slots=True)
class Price:
    """The terms of the price formula, millionths a year.

    funding, service, margin  cost of money, of running the loan, of capital
    loss                      the share of what is owed that is lost in a default
    pd                        chance of default in twelve months by grade
    """

    funding_ppm: int = 45_000
    service_ppm: int = 10_000
    margin_ppm: int = 15_000
    loss_ppm: int = 600_000
    pd_ppm: dict[str, int] = field(default_factory=_pd)

    @property
    def costs(self) -> Costs:
        return Costs(self.funding_ppm, self.service_ppm, self.margin_ppm, self.loss_ppm)

    def risk(self, grade: str, months: int) -> int:
        """Of equal parts, a year; an unknown grade pays as the worst one."""
        pd = self.pd_ppm.get(grade, max(self.pd_ppm.values()))
        return self.costs.risk(pd, Fraction(months, _TWELVE), formula.equal_parts(months))

    def parts(self, grade: str, months: int) -> tuple[int, int, int]:
        """(cost of money, risk, service) a year, as the borrower sees them."""
        risk = self.risk(grade, months)
        return self.funding_ppm, risk, self.service_ppm + self.margin_ppm

    def apr_ppm(self, grade: str, months: int) -> int:
        """The yearly rate of so many months for a grade: A pays 7.36 % over 3, 7.44 % over 12."""
        return sum(self.parts(grade, months))

    def breakdown(self, grade: str, months: int, cap_ppm: int) -> Breakdown:
        """Every term of the formula's price, lowered to the cap."""
        return formula.worked_out(self.costs, self.risk(grade, months), cap_ppm)
