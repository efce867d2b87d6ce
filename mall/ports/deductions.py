"""What others take from a seller's money when an order is released: the settlement's port."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from core.money import Money
from ledger.entries import Transfer


@dataclass(frozen=True, slots=True)
class Release:
    """An order's money leaves escrow.

    gross      what is released for the order (paid less refunded)
    net        gross less commission: what would reach the seller
    """

    order_number: str
    seller_id: int
    gross: Money
    net: Money
    on: date


@dataclass(frozen=True, slots=True)
class Deduction:
    """One line taken from the release; its transfers debit `seller_payable:SELLER`.

    step       place in the settlement order: 3 subsidy, 4 tied to this order, 5 sales share,
               6 installment, 7 reserve
    reason     short code shown with `note`
    contract   number of the contract it pays
    tied       of step 4: it is for this very order, so the ceiling does not bind it
    """

    step: int
    reason: str
    amount: Money
    contract: str
    transfers: tuple[Transfer, ...]
    note: str = ""
    tied: bool = True


class Claimant(Protocol):
    """Someone with a claim on releases. Called inside the release's transaction."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        """Deductions of at most `left` in all, and at most `ceiling` outside what step 4 ties."""
        ...

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Part of an order was given back, before or after its release."""
        ...


@dataclass
class _Registry:
    claimants: list[Claimant] = field(default_factory=list)


_registry = _Registry()


def plug(claimant: Claimant) -> None:
    """Let this claimant take part, once; plug in the settlement order."""
    if claimant not in _registry.claimants:
        _registry.claimants.append(claimant)


def all_for(release: Release, ceiling: Money) -> list[Deduction]:
    """Everybody's deductions, in settlement order, never more than there is."""
    left, taken = release.net, []
    for claimant in _registry.claimants:
        for deduction in claimant.claim(release, left, ceiling):
            if deduction.step != 4 or not deduction.tied:
                ceiling = ceiling - deduction.amount
            left = left - deduction.amount
            if left.minor < 0 or ceiling.minor < 0:
                raise ValueError(f"{deduction.reason} of {deduction.contract} takes too much")
            taken.append(deduction)
    return taken


def tell_refunded(order_number: str, seller_id: int, amount: Money, released: bool) -> None:
    """Tell every claimant that part of an order was given back."""
    for claimant in _registry.claimants:
        claimant.refunded(order_number, seller_id, amount, released)
