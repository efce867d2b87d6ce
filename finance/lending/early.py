"""Settling a plan before its end: what to pay, and what that saves."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.money import Money, total
from finance.lending.as_if import Standing


@dataclass(frozen=True, slots=True)
class Payoff:
    """amount: all principal left and the fees earned so far; saving: the fees never charged."""

    amount: Money
    saving: Money


def payoff(rows: Sequence[Standing], late_fees: Money) -> Payoff:
    """What ends the plan today; a month's fee is earned on its due day and not before.

    3,600.00 in 12 at 0.5 % after two payments: 3,000.00, saving 180.00.
    """
    currency = late_fees.currency
    principal = total((row.principal_owed for row in rows), currency)
    earned = total((row.fee_owed for row in rows), currency)
    to_come = total((row.fee - row.fee_paid for row in rows if not row.accrued), currency)
    return Payoff(principal + earned + late_fees, to_come)
