"""Ending a plan before its end, by settling or withdrawing: what to pay, and what that saves."""

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


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """amount: what was lent less all that was paid; fee_back: fees earned so far, given back;
    saving: all fees of the plan."""

    amount: Money
    fee_back: Money
    saving: Money


def withdrawal(rows: Sequence[Standing]) -> Withdrawal:
    """What ends the plan as if the money had been lent for nothing.

    3,600.00 in 12 at 0.5 %: 3,600.00, saving 216.00; after one payment of 318.00: 3,282.00.
    The amount is not above zero when the fees paid in advance are more than the principal left.
    """
    currency = rows[0].principal.currency
    lent = total((row.principal for row in rows), currency)
    paid = total((row.paid for row in rows), currency)
    earned = total((row.fee for row in rows if row.accrued), currency)
    return Withdrawal(lent - paid, earned, total((row.fee for row in rows), currency))
