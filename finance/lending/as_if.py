"""A refund of something bought on a plan: as if it had never been bought."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.money import Money, total
from finance.lending.schedules import flat_fee


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of a running plan and what of it is paid.

    accrued    its fee has been earned (it fell due, or was paid in advance)
    fee_free   its fee will never be charged (settled early before it was due)
    """

    number: int
    due_on: date
    principal: Money
    fee: Money
    principal_paid: Money
    fee_paid: Money
    accrued: bool = False
    fee_free: bool = False

    @property
    def payment(self) -> Money:
        return self.principal + self.fee

    @property
    def paid(self) -> Money:
        return self.principal_paid + self.fee_paid

    @property
    def principal_owed(self) -> Money:
        return self.principal - self.principal_paid

    @property
    def fee_owed(self) -> Money:
        """What the book says is owed of the fee: nothing before it is earned."""
        return self.fee - self.fee_paid if self.accrued else self.fee - self.fee


@dataclass(frozen=True, slots=True)
class Undone:
    """What a refund changes.

    rows            the plan from now on
    cash_back       what the shopper has paid too much, to be returned now
    fee_earned      fee already earned on what is returned; seller or mall bears it
    fee_added       a penny that rounding adds to fees already earned (mostly nothing)
    principal_less  what comes off the principal owed
    interest_less   what comes off the earned fees owed
    relief          old payments less new ones

    refund + fee_earned = principal_less + interest_less + cash_back
    """

    rows: tuple[Standing, ...]
    cash_back: Money
    fee_earned: Money
    fee_added: Money
    principal_less: Money
    interest_less: Money
    relief: Money


def undo(rows: Sequence[Standing], refund: Money, monthly_ppm: int) -> Undone:
    """Rebuild the plan as if principal − refund had been financed from the first day.

    rows         the whole plan, paid rows included
    refund       above zero and at most the plan's principal
    monthly_ppm  the flat fee a month of the contract

    3,600.00 in 12 with 2 × 318.00 paid and 1,200.00 returned: 212.00 back, ten rows of 212.00.
    """
    currency = refund.currency
    principal = total((row.principal for row in rows), currency)
    if not 0 < refund.minor <= principal.minor:
        raise ValueError("a refund is above zero and at most what was financed")
    after = keep_pennies(rows, _rebuilt(rows, principal - refund, monthly_ppm))
    earned = _earned(rows, currency) - _earned(after, currency)
    zero = Money.zero(currency)
    added = -earned if earned.minor < 0 else zero
    return Undone(
        rows=after,
        cash_back=_sum(rows, "paid", currency) - _sum(after, "paid", currency),
        fee_earned=max(earned, zero),
        fee_added=added,
        principal_less=_sum(rows, "principal_owed", currency)
        - _sum(after, "principal_owed", currency),
        interest_less=_sum(rows, "fee_owed", currency) + added - _sum(after, "fee_owed", currency),
        relief=_sum(rows, "payment", currency) - _sum(after, "payment", currency),
    )


def _rebuilt(rows: Sequence[Standing], principal: Money, monthly_ppm: int) -> tuple[Standing, ...]:
    zero = Money.zero(principal.currency)
    plan = flat_fee(principal, len(rows), monthly_ppm, rows[0].due_on)
    return tuple(
        _kept(old, new.principal, zero if old.fee_free else new.fee)
        for old, new in zip(rows, plan, strict=True)
    )


def _kept(old: Standing, principal: Money, fee: Money) -> Standing:
    """The row with new amounts, and what of its payments they can hold: fee first once earned."""
    paid = min(old.paid, principal + fee)
    fee_paid = min(paid, fee) if old.accrued else fee - fee
    principal_paid = min(paid - fee_paid, principal)
    return replace(
        old, principal=principal, fee=fee, principal_paid=principal_paid, fee_paid=fee_paid
    )


def keep_pennies(before: Sequence[Standing], after: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """Count pennies that the last row's rounding made owed again as paid, not as cash back."""
    currency = before[0].principal.currency
    for part in ("fee", "principal"):
        grown = _sum(after, f"{part}_owed", currency) - _sum(before, f"{part}_owed", currency)
        for place in reversed(range(len(after))):
            row = after[place]
            take = min(grown, getattr(row, f"{part}_owed"))
            if take.minor > 0:
                paid = {f"{part}_paid": getattr(row, f"{part}_paid") + take}
                after = (*after[:place], replace(row, **paid), *after[place + 1 :])
                grown = grown - take
    return after


def _earned(rows: Sequence[Standing], currency: str) -> Money:
    return total((row.fee for row in rows if row.accrued), currency)


def _sum(rows: Sequence[Standing], what: str, currency: str) -> Money:
    return total((getattr(row, what) for row in rows), currency)


def disputed_parts(rows: Sequence[Standing], amount: Money, monthly_ppm: int) -> list[Money]:
    """What of each row is not due while a return or dispute over `amount` is open.

    The part that would fall away if it were refunded; nothing of rows that are paid.
    """
    zero = Money.zero(amount.currency)
    principal = total((row.principal for row in rows), amount.currency)
    after = _rebuilt(rows, principal - min(amount, principal), monthly_ppm)
    parts = []
    for old, new in zip(rows, after, strict=True):
        unpaid = old.payment - old.paid
        parts.append(max(zero, min(unpaid, unpaid - (new.payment - new.paid))))
    return parts
