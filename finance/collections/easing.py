"""What each kind of relief makes of the rows of a plan; pure. No fee is added, none taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from finance.lending.calendar import add_months
from finance.loans.models import Installment

MOVE, HALVE, FREEZE, LONGER = "move", "halve", "freeze", "longer"
NAMES = {
    MOVE: "Move the next payment",
    HALVE: "Pay half for three months",
    FREEZE: "Pause for 60 days",
    LONGER: "A longer plan",
}
Planned = tuple[int, date, int, int]
"""Row number, due day, principal and fee in minor units; numbers beyond the plan's are new rows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lender's own settings; days, and months."""

    move_max: int = 30
    halve_months: int = 3
    freeze_days: int = 60
    longer_max: int = 24
    free_months: int = 12


LIMITS = Limits()


def planned(rows: Sequence[Installment], choice: str, days: int, on: date) -> list[Planned]:
    """The unpaid rows as they become; [] when the choice changes nothing.

    days    by how many the payments move (`move` only)

    Late rows come due anew: halving 318.00 and 318.00 on the 10th of two months makes 159.00 and
    159.00, with 159.00 and 159.00 in the two months after the plan's last.
    """
    open_ = [row for row in rows if row.owed > 0]
    if not open_:
        return []
    if choice in (MOVE, FREEZE):
        by = timedelta(LIMITS.freeze_days if choice == FREEZE else days)
        late = max(timedelta(0), on - open_[0].due_on)
        return [(r.number, r.due_on + late + by, r.principal, r.fee) for r in open_]
    return _halved(rows, open_, on) if choice == HALVE else _longer(rows, open_, on)


def _halved(rows: Sequence[Installment], open_: Sequence[Installment], on: date) -> list[Planned]:
    first = open_[: LIMITS.halve_months]
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


def _longer(rows: Sequence[Installment], open_: Sequence[Installment], on: date) -> list[Planned]:
    """Every unpaid row becomes two, as far as the longest plan has room for them."""
    room = LIMITS.longer_max - len(open_)
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


def calm_until(choice: str, days: int, on: date) -> date:
    """The day until which no late fee is charged, counted from the click."""
    if choice in (MOVE, FREEZE):
        return on + timedelta(LIMITS.freeze_days if choice == FREEZE else days)
    return add_months(on, LIMITS.halve_months)
