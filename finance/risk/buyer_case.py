"""All a decision on a shopper stands on, as it is kept and read again; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.money import MILLION, round_fraction
from finance.products import Installments
from finance.risk.gates import Gate


@dataclass(frozen=True, slots=True)
class Asked:
    """`amount` minor units in `months` parts."""

    amount: int
    months: int


@dataclass(frozen=True, slots=True)
class Book:
    """What the lender's own book knows of a person (minor units, days, counts).

    used         principal owed and reserved
    used_here    of it, with the product asked for; None: not told apart
    due_30       payments of running plans due in the next 30 days
    overdue      due and unpaid since `overdue_since` (ISO date, "" when nothing is)
    """

    used: int = 0
    used_here: int | None = None
    due_30: int = 0
    overdue: int = 0
    overdue_since: str = ""
    plans_running: int = 0
    plans_finished: int = 0
    days_late_max_365: int | None = None
    requests_today: int = 0
    own_ceiling: int | None = None
    paused_until: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person besides features and book.

    of_age                   by the birth date they said; None: they did not say it
    verified_level           now, not at the start of the day; None: among the features
    granted_ppm, earned_ppm  the rung of their ladder, and the one they could agree to
    lifted                   what a person at the desk granted instead, minor units; 0: nothing
    """

    of_age: bool | None = None
    verified_level: int | None = None
    granted_ppm: int = MILLION
    earned_ppm: int = MILLION
    lifted: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """All a decision stands on; built from kept inputs, so that it can be replayed."""

    asked: Asked
    book: Book
    terms: Installments
    currency: str
    features: Mapping[str, int | None]
    usual_month: int
    person: Person
    gate: Gate

    def payment(self, asked: Asked) -> int:
        """What falls due of the plan asked for in thirty days, rounded half-up."""
        return round_fraction(asked.amount * self.month(asked.months))

    def month(self, months: int) -> Fraction:
        """The share of the amount that falls due in the first thirty days."""
        fee = Fraction(self.terms.monthly_fee_ppm, MILLION)
        return Fraction(self.terms.parts_in_30, months) + fee

    def load_ppm(self, asked: Asked) -> int | None:
        """What would fall due in 30 days, in millionths of the usual month's spending."""
        if not self.usual_month:
            return None
        due = self.book.due_30 + self.payment(asked)
        return round_fraction(Fraction(due * MILLION, self.usual_month))

    def values(self) -> dict[str, int | None]:
        """What the scorecard reads."""
        own = {
            "plans_running": self.book.plans_running,
            "plans_finished": self.book.plans_finished,
            "days_late_max_365": self.book.days_late_max_365,
            "load_ppm": self.load_ppm(self.asked),
        }
        return {**self.features, **own, "verified_level": self.verified_level}

    @property
    def verified_level(self) -> int | None:
        """What is verified: it opens credit at once, so it is not of the morning."""
        now = self.person.verified_level
        return self.features.get("verified_level") if now is None else now

    @property
    def is_lifted(self) -> bool:
        """Whether a person at the desk granted this much."""
        return 0 < self.asked.amount <= self.person.lifted

    @property
    def orders(self) -> int:
        return self.features.get("confirmed_orders_365") or 0

    @property
    def is_new(self) -> bool:
        return self.orders < self.terms.orders_min


def case_of(inputs: dict[str, Any]) -> Case:
    """The case written down in a decision's inputs."""
    return Case(
        Asked(**inputs["asked"]),
        Book(**inputs["book"]),
        Installments.from_data(inputs["terms"]),
        inputs["currency"],
        inputs["features"],
        inputs["usual_month"],
        Person(**inputs.get("person", {})),
        Gate.from_data(inputs.get("gate", {})),
    )
