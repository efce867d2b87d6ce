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


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What is given up of each; `unearned`: the fee is flat and had not been earned."""

    principal: Money
    fee: Money
    unearned: bool

    @property
    def loss(self) -> Money:
        """What the lender loses by it; a flat fee that was not earned is none."""
        return self.principal if self.unearned else self.principal + self.fee

    def out_of(self, set_aside: Money) -> tuple[Money, Money]:
        """Principal, then the fee, that what was set aside pays as far as it goes."""
        principal = min(set_aside, self.principal)
        return principal, min(set_aside - principal, self.loss - self.principal)


@dataclass(frozen=True, slots=True)
class Correction:
    """Changes in minor units: of what is owed, of fees not earned, of the seller's balance."""

    principal: int
    fee: int
    unearned: int
    payable: int
