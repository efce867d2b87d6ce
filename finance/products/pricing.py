"""What money lent to a person of some grade costs: cost of money, service, and risk."""

from dataclasses import dataclass, field
from fractions import Fraction

from core.money import MILLION, round_fraction

_TWELVE = 12
_SCALE = 10**18  # digits kept of a power of a year


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

    def parts(self, grade: str, months: int) -> tuple[int, int, int]:
        """(cost of money, risk, service) a year, as the borrower sees them.

        Risk: PD over the term times loss, over what is owed on average, (n+1)/2n of the amount
        for equal parts, for the time it is owed. An unknown grade pays as the worst one.
        """
        pd = self.pd_ppm.get(grade, max(self.pd_ppm.values()))
        survives = _root_power(MILLION - pd, months)
        average = Fraction(months + 1, 2 * months) * Fraction(months, _TWELVE)
        risk = (1 - survives) * self.loss_ppm / average
        return self.funding_ppm, round_fraction(risk), self.service_ppm + self.margin_ppm

    def apr_ppm(self, grade: str, months: int) -> int:
        """The yearly rate of so many months for a grade: A pays 7.36 % over 3, 7.44 % over 12."""
        return sum(self.parts(grade, months))


def _root_power(ppm: int, months: int) -> Fraction:
    """(ppm / a million) to the power of months / 12, to eighteen digits."""
    value = Fraction(ppm, MILLION) ** months
    target = value.numerator * _SCALE**_TWELVE // value.denominator
    low, high = 0, 2 * _SCALE
    while high - low > 1:
        middle = (low + high) // 2
        if middle**_TWELVE <= target:
            low = middle
        else:
            high = middle
    return Fraction(low, _SCALE)
