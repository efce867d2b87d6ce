"""What each kind of relief makes of the rows of a plan; pure. No fee is added, none taken away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from finance.lending.calendar import add_months
from finance.loans.models import Installment

MOVE, HALVE, FREEZE, LONGER = "move", "halve", "freeze", "longer"
CHOICES = (MOVE, HALVE, FREEZE, LONGER)
Planned = tuple[int, date, int, int]
"""Row number, due day, principal and fee in minor units; numbers beyond the plan's are new rows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lender's own settings by country, of `relief.json`.

    move_max      most days by which payments move, up to 60
    halve_months  how many payments are halved
    freeze_days   how long a pause is
    longer_max    most payments of a plan that is made longer
    free_months   one request in so many months is granted at once
    """

    move_max: int
    halve_months: int
    freeze_days: int
    longer_max: int
    free_months: int


@lru_cache
def limits_of(regime: str) -> Limits:
    """The limits in a country: its own, or for what it does not name those of "*"."""
    data = json.loads(Path(__file__).with_name("relief.json").read_text(encoding="utf-8"))
    return Limits(**data["*"] | data.get(regime, {}))


def names(limits: Limits) -> dict[str, str]:
    """What each choice is called."""
    return {
        MOVE: "Move the next payment",
        HALVE: f"Pay half for {limits.halve_months} months",
        FREEZE: f"Pause for {limits.freeze_days} days",
        LONGER: "A longer plan",
    }


def planned(
    rows: Sequence[Installment], choice: str, days: int, on: date, limits: Limits
) -> list[Planned]:
    """The unpaid rows as they become; [] when the choice changes nothing.

    days    by how many the payments move (`move` only)

    Late rows come due anew: halving 318.00 and 318.00 on the 10th of two months makes 159.00 and
    159.00, with 159.00 and 159.00 in the two months after the plan's last.
    """
    open_ = [row for row in rows if row.owed > 0]
    if not open_:
        return []
    if choice in (MOVE, FREEZE):
        by = timedelta(limits.freeze_days if choice == FREEZE else days)
        late = max(timedelta(0), on - open_[0].due_on)
        return [(r.number, r.due_on + late + by, r.principal, r.fee) for r in open_]
    return (_halved if choice == HALVE else _longer)(rows, open_, on, limits)


def _halved(
    rows: Sequence[Installment], open_: Sequence[Installment], on: date, limits: Limits
) -> list[Planned]:
    first = open_[: limits.halve_months]
    found, rest = [], []
    days = _from(open_, on)
    for place, row in enumerate(open_):
        principal, fee = row.principal, row.fee
        if place < len(first):
            later = (row.principal - row.principal_paid) // 2
            fee_later = 0 if row.accrued_on else row.fee // 2
            principal, fee = principal - later, fee - fee_later
            rest.append((later, fee_later))
        found.append((row.number, days[place], principal, fee))
    for place, (principal, fee) in enumerate(rest, 1):
        found.append((len(rows) + place, add_months(days[-1], place), principal, fee))
    return found


def _longer(
    rows: Sequence[Installment], open_: Sequence[Installment], on: date, limits: Limits
) -> list[Planned]:
    """Every unpaid row becomes two, as far as the longest plan has room for them."""
    room = limits.longer_max - len(open_)
    if room < len(open_):
        return []
    found: list[Planned] = []
    amounts: list[tuple[int, int, int]] = []
    for place, row in enumerate(open_, 1):
        later = (row.principal - row.principal_paid) // 2
        fee_later = 0 if row.accrued_on else row.fee // 2
        found.append((row.number, on, row.principal - later, row.fee - fee_later))
        amounts.append((len(rows) + place, later, fee_later))
    start = _from(open_, on)[0]
    dated = [
        (number, add_months(start, place), principal, fee)
        for place, (number, _, principal, fee) in enumerate(found)
    ]
    more = [
        (number, add_months(start, len(found) + place), principal, fee)
        for place, (number, principal, fee) in enumerate(amounts)
    ]
    return dated + more


def _from(open_: Sequence[Installment], on: date) -> list[date]:
    """A due day a month, the first not before today."""
    start = max(on, open_[0].due_on)
    return [add_months(start, place) for place in range(len(open_))]


def calm_until(choice: str, days: int, on: date, limits: Limits) -> date:
    """The day until which no late fee is charged, counted from the click."""
    if choice in (MOVE, FREEZE):
        return on + timedelta(limits.freeze_days if choice == FREEZE else days)
    return add_months(on, limits.halve_months)
