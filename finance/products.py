"""What the lender sells and at which terms, by the country's rules; data, never code."""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from core.money import Money


@dataclass(frozen=True, slots=True)
class LateRule:
    """What being late costs. Amounts in minor units of the mall's currency.

    grace_days      after the due day before a row counts as late
    fee_after_days  a fee is charged only when a row is more than this many days late
    fee             fixed, or `fee_daily_ppm` of the unpaid row a day if that is less
    fee_share_ppm   all fees of a loan together are at most this share of what was financed
    fee_month_max   a person's fees in one calendar month are at most this
    first_waived    the first late fee of a person's life is waived
    """

    grace_days: int = 3
    fee_after_days: int = 10
    fee: int = 500
    fee_daily_ppm: int = 500
    fee_share_ppm: int = 250_000
    fee_month_max: int = 3_000
    first_waived: bool = True
    default_days: int = 90
    charge_off_days: int = 120


@dataclass(frozen=True, slots=True)
class Installments:
    """B3, pay in parts: amounts in minor units, prices in millionths.

    monthly_fee_ppm  flat, of what was financed, a month
    long_from        the longest term is open from this amount on
    limits           what a person of this grade may owe at once
    starter_limit    for one or two finished orders, in the shortest term only
    orders_min       finished orders in 365 days for the full limit
    load_max_ppm     rows due in 30 days over the usual month's spending in the mall, which is a
                     small part of what a household spends, hence three times it
    apr_cap_ppm      no offer may cost more a year
    withdraw_days    after the purchase, in which a shopper may give the money back free of any
                     fee; 0: no such right
    """

    name: str = "installments"
    terms: tuple[int, ...] = (3, 6, 12, 24)
    amount_min: int = 10_000
    amount_max: int = 5_000_000
    long_term: int = 24
    long_from: int = 100_000
    monthly_fee_ppm: int = 5_000
    limits: dict[str, int] = field(
        default_factory=lambda: {
            "A": 2_000_000,
            "B": 1_000_000,
            "C": 500_000,
            "D": 200_000,
            "E": 0,
        }
    )
    starter_limit: int = 60_000
    starter_orders_min: int = 1
    orders_min: int = 3
    verified_level_min: int = 0
    plans_max: int = 5
    load_max_ppm: int = 3_000_000
    requests_a_day_max: int = 10
    claims_max: int = 2
    apr_cap_ppm: int = 240_000
    withdraw_days: int = 0
    late: LateRule = field(default_factory=LateRule)

    def terms_for(self, amount: Money) -> tuple[int, ...]:
        """The numbers of months open for this amount; none when it is too small or too large."""
        if not self.amount_min <= amount.minor <= self.amount_max:
            return ()
        return tuple(t for t in self.terms if t < self.long_term or amount.minor >= self.long_from)

    def withdraw_until(self, bought_on: date) -> date | None:
        """The last day to withdraw from a plan; None when there is no such right."""
        return bought_on + timedelta(self.withdraw_days) if self.withdraw_days else None

    def as_data(self) -> dict[str, Any]:
        """All terms as plain data, kept with each decision."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Installments":
        """The terms a decision was kept with."""
        late = LateRule(**data["late"])
        return cls(**{**data, "terms": tuple(data["terms"]), "late": late})


# Europe and the United Kingdom let a shopper withdraw for fourteen days; China's seven days are
# our own proposal. The caps are the lender's own where the law knows none.
CN = Installments(withdraw_days=7)

REGIMES: dict[str, Installments] = {
    "CN": CN,
    "EU": Installments(withdraw_days=14),
    "UK": Installments(withdraw_days=14),
    "US": Installments(apr_cap_ppm=359_900),
    "IN": Installments(withdraw_days=3),
}


def installments(regime: str) -> Installments:
    """The B3 product under this country's rules; an unknown regime gets the strictest, CN."""
    return REGIMES.get(regime, CN)
