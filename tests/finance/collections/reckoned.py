"""A plan reckoned anew in plain Python from its agreed rows, what was paid and what late fees came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

PD = {
    1: {"A": "0.004", "B": "0.009", "C": "0.02", "D": "0.042", "E": "0.1"},
    2: {"A": "0.08", "B": "0.12", "C": "0.18", "D": "0.26", "E": "0.4"},
    3: dict.fromkeys("ABCDE", "1"),
}
LGD = "0.6"
LOST = 120  # days late


@dataclass
class Part:
    """One agreed payment, minor units; what is paid of late fee, fee and principal."""

    due_on: date
    principal: int
    fee: int
    late_fee: int = 0
    paid: dict[str, int] = field(default_factory=lambda: {"late_fee": 0, "fee": 0, "principal": 0})

    @property
    def unpaid(self) -> int:
        return self.principal + self.fee + self.late_fee - sum(self.paid.values())


@dataclass(frozen=True)
class Reckoned:
    """How a plan stands on a day."""

    principal: int
    interest: int
    late_fees: int
    days_late: int
    bucket: int
    stage: int
    allowance: int

    @property
    def exposure(self) -> int:
        return self.principal + self.interest + self.late_fees


def reckon(
    rows: Sequence[tuple[date, int, int]],
    happened: Iterable[tuple[date, int, str, int, int]],
    grade: str,
    on: date,
) -> Reckoned:
    """`rows`: due day, principal, fee; `happened`: day, entry, `paid` or `late_fee`, row, amount."""
    parts = [Part(*row) for row in rows]
    for _, _, kind, row, amount in sorted(happened):
        if kind == "late_fee":
            parts[row - 1].late_fee += amount
        else:
            _pay(parts, amount)
    late = [(on - part.due_on).days for part in parts if part.due_on < on and part.unpaid]
    days = max(late, default=0)
    stage = 3 if days >= 90 else 2 if days >= 30 else 1
    principal = sum(part.principal - part.paid["principal"] for part in parts)
    interest = sum(part.fee - part.paid["fee"] for part in parts if part.due_on <= on)
    late_fees = sum(part.late_fee - part.paid["late_fee"] for part in parts)
    lost = Fraction(PD[stage][grade]) * Fraction(LGD) * (principal + interest + late_fees)
    allowance = int(lost + Fraction(1, 2))
    bucket = sum(days > edge for edge in (0, 30, 60, 90))
    return Reckoned(principal, interest, late_fees, days, bucket, stage, allowance)


def _pay(parts: Iterable[Part], amount: int) -> None:
    """The oldest first, of each its late fee, its fee, its principal."""
    for part in sorted(parts, key=lambda p: p.due_on):
        for name in ("late_fee", "fee", "principal"):
            taken = min(amount, getattr(part, name) - part.paid[name])
            part.paid[name] += taken
            amount -= taken
    assert amount == 0, "more was paid than is owed"


def interest_by_day(
    principal: int, daily_ppm: int, repaid: dict[date, int], began_on: date, on: date
) -> int:
    """Interest of a contract that accrues by the day, each day on what is owed that day."""
    millionths = 0
    for ordinal in range(began_on.toordinal(), on.toordinal()):
        principal -= repaid.get(date.fromordinal(ordinal), 0)
        millionths += principal * daily_ppm
    return (millionths + 500_000) // 1_000_000
