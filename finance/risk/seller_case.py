"""All a decision on a seller stands on, as it is kept and read again; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finance.capital.terms import Terms
from finance.risk.gates import Gate
from finance.risk.rungs import Proof


@dataclass(frozen=True, slots=True)
class Standing:
    """What mall and book know of the seller besides the features (minor units, days, ppm).

    supports          what orders or forecast bear for the product asked, worked out before
    used              principal owed over all products; `unsecured` is what S3 owes
    hold              why money is held for risk; "" when none is
    running_repaid    of the running S3, None when none runs
    account_age_days  since the payout account changed, None when it never did
    term_…            what the running S1 owes, and its share repaid (None when none runs)
    active_months_6   of the last six months, those with sales
    lifted            what a person at the desk granted instead; 0: nothing
    """

    supports: int
    used: int = 0
    approved: bool = True
    hold: str = ""
    days_late: int = 0
    days_late_max_365: int | None = None
    minimums_missed: int | None = None
    load_ppm: int | None = None
    asks_30: int = 0
    running_owed: int = 0
    running_repaid_ppm: int | None = None
    account_age_days: int | None = None
    term_owed: int = 0
    term_repaid_ppm: int | None = None
    active_months_6: int = 0
    lifted: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """All a decision stands on; built from kept inputs, so that it can be replayed."""

    product: str
    amount: int
    standing: Standing
    terms: Terms
    currency: str
    features: Mapping[str, int | None]
    gate: Gate
    rungs: Proof | None = None  # None where limits do not begin low

    def values(self) -> dict[str, int | None]:
        """What the scorecard reads."""
        names = ("days_late_max_365", "minimums_missed", "load_ppm", "asks_30")
        return {**self.features, **{name: getattr(self.standing, name) for name in names}}

    @property
    def is_lifted(self) -> bool:
        """Whether a person at the desk granted this much."""
        return 0 < self.amount <= self.standing.lifted

    def count(self, feature: str) -> int:
        return self.features.get(feature) or 0


def case_of(inputs: dict[str, Any]) -> Case:
    """The case written down in a decision's inputs."""
    asked = inputs["asked"]
    return Case(
        asked["product"],
        asked["amount"],
        Standing(**inputs["standing"]),
        Terms.from_data(inputs["terms"]),
        inputs["currency"],
        inputs["features"],
        Gate.from_data(inputs.get("gate", {})),
        Proof.from_data(inputs.get("rungs") or {}),
    )
