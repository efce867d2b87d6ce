"""Splitting payments and rebates, whatever the product; pure."""

from dataclasses import dataclass

from core.money import Money


@dataclass(frozen=True, slots=True)
class Rebate:
    """A fee given back: off the fee owed, off the principal owed, and what is paid out."""

    fee: Money
    principal: Money
    back: Money


def split_pro_rata(amount: Money, principal: Money, fee: Money) -> tuple[Money, Money]:
    """(principal, fee) parts of a payment of at most both, in proportion to what is owed.

    390.00 on 100,000.00 + 8,000.00 owed: 361.11 + 28.89.
    """
    if not amount:
        return amount, amount
    of_principal, of_fee = amount.split([principal.minor, fee.minor])
    return of_principal, of_fee


def split_rebate(rebate: Money, principal: Money, fee: Money) -> Rebate:
    """Off the fee owed first, then off the principal owed, the rest paid out."""
    of_fee = min(rebate, fee)
    of_principal = min(rebate - of_fee, principal)
    return Rebate(of_fee, of_principal, rebate - of_fee - of_principal)
