"""B4, the line a shopper draws on at checkout, as data by the country's rules."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from typing import Any

from finance.lending.life.terms import DAILY, FREE, PURCHASE
from finance.pricing import formula
from finance.pricing.formula import YEAR, Breakdown
from finance.products.installments import Installments, LateRule, part_of

NAME = "mall_credit"
PRESET, FORMULA = "preset", "formula"


def _rules() -> Installments:
    """Who may have it and how much: what the decision on shoppers reads."""
    return Installments(
        name=NAME,
        title="Mall credit",
        code="line",
        pricing=FREE,
        monthly_fee_ppm=0,
        starts_at=PURCHASE,
        terms=(1,),
        amount_min=1_000,
        amount_max=5_000_000,
        limits={"A": 2_000_000, "B": 1_000_000, "C": 500_000, "D": 0, "E": 0},
        starter_limit=0,
        starter_orders_min=3,
        orders_min=3,
        late=LateRule(fee=0, fee_daily_ppm=0, fee_share_ppm=0, fee_month_max=0),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Amounts in minor units, prices in millionths.

    limit_min    no line is opened below it
    pricing      "preset": `daily_ppm` for everybody; "formula": by grade, `daily_ppm` at most
    daily_ppm    a night, of what is left after the statement's due day
    grade        whose price `daily_ppm` is, once the formula was asked; "": nobody's in particular
    pay_days     from the closing day of a statement to its due day
    least_ppm …  the least to be paid of each purchase a month: its part of what is left, and at
                 least `least`
    rules        eligibility, limits by grade, amounts of one draw, what being late means
    convert_min  a purchase with at least so much left may become a plan in parts
    """

    limit_min: int = 50_000
    pricing: str = PRESET
    daily_ppm: int = 500
    grade: str = ""
    pay_days: int = 10
    least_ppm: int = 100_000
    least: int = 1_000
    convert_min: int = 10_000
    rules: Installments = field(default_factory=_rules)

    def priced(self, grade: str) -> "Line":
        """The line as it is opened for a grade; a line that has its price keeps it."""
        if self.pricing != FORMULA or self.grade:
            return self
        daily = min(self.daily_ppm, self.by_formula(grade).apr_ppm // YEAR)
        return replace(self, daily_ppm=daily, grade=grade)

    def by_formula(self, grade: str) -> Breakdown:
        """What the formula asks of a grade, all of it owed for a year: A 7.24 %, C 8.20 %."""
        price = self.rules.price
        pd = price.pd_ppm.get(grade, max(price.pd_ppm.values()))
        risk = price.costs.risk(pd, Fraction(1), Fraction(1))
        return formula.worked_out(price.costs, risk, self.rules.apr_cap_ppm, unit=YEAR)

    def breakdown(self, grade: str) -> Breakdown:
        """Every term of a year's price; what the most a day changes counts as set."""
        whose = self.grade or grade
        priced, asked = self.priced(whose), self.by_formula(whose)
        if self.pricing == FORMULA and priced.apr_ppm == asked.apr_ppm:
            return asked
        price = self.rules.price
        return formula.as_set(price.costs, asked.risk, self.rules.apr_cap_ppm, priced.apr_ppm)

    @property
    def apr_ppm(self) -> int:
        """A year of nights."""
        return self.daily_ppm * YEAR

    def under(self, rules: Mapping[str, Any], own: Mapping[str, Any]) -> "Line":
        """The same under a country's rules: never dearer than they allow."""
        asked = replace(self.rules, **rules)
        daily = min(self.daily_ppm, asked.apr_cap_ppm // YEAR)
        return replace(self, rules=asked, daily_ppm=daily, **own)

    def in_units(self, share: Fraction) -> "Line":
        """The same with every amount in another currency's minor units."""
        return replace(
            self,
            limit_min=part_of(self.limit_min, share),
            least=part_of(self.least, share),
            convert_min=part_of(self.convert_min, share),
            rules=self.rules.in_units(share),
        )

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data, kept with each line."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Line":
        """The terms a line was kept with."""
        return cls(**{**data, "rules": Installments.from_data(data["rules"])})

    def terms_data(self, closes: int) -> dict[str, Any]:
        """What a draw's terms (`finance.lending.life.terms`) take from the line."""
        return {
            "pricing": DAILY,
            "rate_ppm": self.daily_ppm,
            "starts_at": PURCHASE,
            "closes": closes,
            "pay_days": self.pay_days,
            "least_ppm": self.least_ppm,
            "least": self.least,
        }
