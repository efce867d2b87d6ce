"""Figures over the whole book: portfolio at risk, expected loss, vintages; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.money import MILLION, round_fraction

# loss given default, in millionths: what is backed by orders in our own escrow loses little
LGD_PPM = {
    "installments": 600_000,
    "sales_share": 600_000,
    "order_advance": 150_000,
    "early_settlement": 150_000,
}
_LGD_ELSE = 600_000


@dataclass(frozen=True, slots=True)
class Contract:
    """One loan or advance; amounts in minor units.

    oldest      since when something of it is due and unpaid, None when nothing is
    lost_on     the day it went into default (or was written off), None when it did not
    """

    kind: str
    number: str
    product: str
    grade: str
    pd_ppm: int
    subject_id: int
    began_on: date
    closed_on: date | None
    principal: int
    owed: int
    state: str
    oldest: date | None
    lost_on: date | None

    @property
    def is_running(self) -> bool:
        return self.state == "active"

    def days_late(self, on: date) -> int:
        return max(0, (on - self.oldest).days) if self.oldest and self.is_running else 0


@dataclass(frozen=True, slots=True)
class Vintage:
    """Contracts that began in one quarter: the share of principal lost by each month since."""

    name: str
    principal: int
    lost_ppm: tuple[int, ...]


def ratio_ppm(part: int, whole: int) -> int:
    """part / whole in millionths; 0 of nothing is 0."""
    return round_fraction(Fraction(part * MILLION, whole)) if whole else 0


def outstanding(book: Iterable[Contract]) -> int:
    return sum(c.owed for c in book if c.is_running)


def par_ppm(book: Sequence[Contract], days: int, on: date) -> int:
    """Principal of running contracts with anything more than `days` late / all principal."""
    late = sum(c.owed for c in book if c.days_late(on) > days)
    return ratio_ppm(late, outstanding(book))


def expected_loss(book: Iterable[Contract]) -> int:
    """Σ PD (12 months) × LGD × principal owed, in minor units."""
    exact = sum(
        Fraction(c.owed * c.pd_ppm * LGD_PPM.get(c.product, _LGD_ELSE), MILLION * MILLION)
        for c in book
        if c.is_running
    )
    return round_fraction(Fraction(exact))


def by_product_and_grade(book: Iterable[Contract]) -> dict[str, dict[str, int]]:
    """Principal owed by product, then grade A to E."""
    table: dict[str, dict[str, int]] = {}
    for c in book:
        if c.is_running:
            row = table.setdefault(c.product, dict.fromkeys("ABCDE", 0))
            row[c.grade] += c.owed
    return dict(sorted(table.items()))


def quarter(day: date) -> str:
    return f"{day.year} Q{(day.month + 2) // 3}"


def months_between(first: date, last: date) -> int:
    """Whole months from `first` to `last`."""
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole - (last.day < first.day)


def vintages(book: Sequence[Contract], on: date, longest: int = 12) -> list[Vintage]:
    """Cumulative default by months since payout, by quarter of origin.

    A month is shown once the youngest contract of its quarter has reached it.
    """
    quarters: dict[str, list[Contract]] = {}
    for c in book:
        quarters.setdefault(quarter(c.began_on), []).append(c)
    return [_vintage(name, quarters[name], on, longest) for name in sorted(quarters)]


def _vintage(name: str, made: list[Contract], on: date, longest: int) -> Vintage:
    lent = sum(c.principal for c in made)
    seen = min(longest, max(0, min(months_between(c.began_on, on) for c in made)))
    lost = [(months_between(c.began_on, c.lost_on), c.principal) for c in made if c.lost_on]
    curve = tuple(
        ratio_ppm(sum(p for month, p in lost if month <= upto), lent) for upto in range(seen + 1)
    )
    return Vintage(name, lent, curve)
