"""The terms of a purchase in parts, as data: B1, B2, B3 and B5 differ in nothing else."""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from core.money import Money, round_fraction
from finance.lending.life.terms import FLAT, MONTH, RECEIPT
from finance.products.pricing import Price

GRADE = "grade"


@dataclass(frozen=True, slots=True)
class LateRule:
    """What being late costs. Amounts in minor units of the mall's currency.

    grace_days      after the due day before a row counts as late
    fee_after_days  a fee is charged only when a row is more than this many days late
    fee             fixed, or `fee_daily_ppm` of the unpaid row a day if that is less
    fee_share_ppm   all fees of a loan together are at most this share of what was financed
    fee_month_max   a person's fees in one calendar month are at most this
    first_waived    the first late fee of a person's life is waived
    plan_days      so many days late a longer plan is offered
    """

    grace_days: int = 3
    fee_after_days: int = 10
    fee: int = 500
    fee_daily_ppm: int = 500
    fee_share_ppm: int = 250_000
    fee_month_max: int = 3_000
    first_waived: bool = True
    plan_days: int = 30
    default_days: int = 90
    charge_off_days: int = 120


@dataclass(frozen=True, slots=True)
class Installments:
    """A plan on one purchase: amounts in minor units, prices in millionths.

    terms            the numbers of parts it is sold in
    pricing          flat: `monthly_fee_ppm` of what was financed, a month; grade: equal
                     installments at the yearly rate of `price` for the shopper's grade; free
    every … latest   when the parts fall due: finance.lending.life.terms
    parts_in_30      how many parts fall due in the first 30 days
    seller_ppm       what the seller pays of what was financed, at settlement
    needs_card       whether a saved card has to be there that pays each part on its day
    age_min          years; confirmed with the identity level
    long_from        the longest term is open from this amount on
    limits           what a person of this grade may owe at once with this product
    person_limits    what such a person may owe at once in all; empty: the same
    starter_limit    for one or two finished orders, in the shortest term only
    orders_min       finished orders in 365 days for the full limit
    load_max_ppm     rows due in 30 days over the usual month's spending in the mall, which is a
                     small part of what a household spends, hence three times it
    apr_cap_ppm      no offer may cost more a year
    withdraw_days    after the purchase, in which a shopper may give the money back free of any
                     fee; 0: no such right
    """

    name: str = "installments"
    title: str = "Pay in {n} parts"
    code: str = "{n}"
    pricing: str = FLAT
    price: Price = field(default_factory=Price)
    every: str = MONTH
    step: int = 1
    first: int = 1
    starts_at: str = RECEIPT
    latest: int = 0
    parts_in_30: int = 1
    seller_ppm: int = 0
    needs_card: bool = False
    age_min: int = 18
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
    person_limits: dict[str, int] = field(default_factory=dict)
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

    def key(self, count: int) -> str:
        """The offer of so many parts: `12`, `30d`, `4x`."""
        return self.code.format(n=count)

    def words(self, count: int) -> str:
        """`Pay in 12 parts`."""
        return self.title.format(n=count)

    def rate_ppm(self, count: int, grade: str) -> int:
        """The price of so many parts: a month when flat, a year when by grade, else nothing."""
        if self.pricing == GRADE:
            return min(self.price.apr_ppm(grade, count), self.apr_cap_ppm)
        return self.monthly_fee_ppm if self.pricing == FLAT else 0

    def in_units(self, share: Fraction) -> "Installments":
        """The same with every amount times `share`: another currency's minor units."""
        amounts: dict[str, Any] = {name: part_of(getattr(self, name), share) for name in _AMOUNTS}
        tables: dict[str, Any] = {
            name: {grade: part_of(limit, share) for grade, limit in getattr(self, name).items()}
            for name in ("limits", "person_limits")
        }
        late = replace(
            self.late,
            fee=part_of(self.late.fee, share),
            fee_month_max=part_of(self.late.fee_month_max, share),
        )
        return replace(self, **amounts, **tables, late=late)

    def as_data(self) -> dict[str, Any]:
        """All terms as plain data, kept with each decision."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Installments":
        """The terms a decision was kept with."""
        late, price = LateRule(**data["late"]), Price(**data.get("price", {}))
        known = {f.name for f in fields(cls)}
        kept = {name: value for name, value in data.items() if name in known}
        return cls(**{**kept, "terms": tuple(data["terms"]), "late": late, "price": price})


_AMOUNTS = ("amount_min", "amount_max", "long_from", "starter_limit")


def part_of(amount: int, share: Fraction) -> int:
    """Rounded to two digits that people read: 12,345 is 12,000."""
    exact = round_fraction(amount * share)
    unit = 10 ** max(0, len(str(exact)) - 2)
    return round_fraction(Fraction(exact, unit)) * unit
