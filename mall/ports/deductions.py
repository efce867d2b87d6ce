"""What others take from a seller's money when an order is released: the settlement's port."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from core.money import Money
from ledger.entries import Transfer

DISPUTE, SUBSIDY, ORDER, SHARE, INSTALLMENT, RESERVE = 1, 3, 4, 5, 6, 7  # whose place it is
UNBOUND = (DISPUTE,)  # the ceiling protects a seller from financing, not from what buyers are owed


@dataclass(frozen=True, slots=True)
class Release:
    """An order's money leaves escrow.

    gross      what is released for the order (paid less refunded)
    net        gross less commission, tax on it and what was due: what would reach the seller
    """

    order_number: str
    seller_id: int
    gross: Money
    net: Money
    on: date


@dataclass(frozen=True, slots=True)
class Deduction:
    """One line taken from the release; its transfers debit `seller_payable:SELLER`.

    step         place in the settlement order: 1 dispute, 3 subsidy, 4 tied to this order,
                 5 sales share, 6 installment, 7 reserve
    reason       short code shown with `note`
    contract     number of the contract it pays, or of the dispute
    tied         of step 4: it is for this very order, so the ceiling does not bind it
    releases_on  the day on which it comes back by itself; None when it does not
    released_by  what would release it, or end such deductions, in a sentence for the seller
    """

    step: int
    reason: str
    amount: Money
    contract: str
    transfers: tuple[Transfer, ...]
    note: str = ""
    tied: bool = True
    releases_on: date | None = None
    released_by: str = field(kw_only=True)

    @property
    def is_bound(self) -> bool:
        """Whether it counts against the holdback ceiling."""
        return self.step not in UNBOUND and not (self.step == ORDER and self.tied)


class Claimant(Protocol):
    """Someone with a claim on releases. Called inside the release's transaction."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        """Deductions of at most `left` in all, and at most `ceiling` outside what step 4 ties."""
        ...

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Part of an order was given back, before or after its release."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """Everybody's deductions in settlement order; the `ceiling` that bound steps 3 to 7."""

    deductions: tuple[Deduction, ...]
    ceiling: Money


@dataclass
class _Registry:
    claimants: list[tuple[int, Claimant]] = field(default_factory=list)


_registry = _Registry()


def plug(claimant: Claimant, step: int = ORDER) -> None:
    """Let this claimant take part, once, at its place in the settlement order."""
    if all(known != claimant for _, known in _registry.claimants):
        _registry.claimants.append((step, claimant))
        _registry.claimants.sort(key=lambda each: each[0])


def all_for(release: Release, holdback_ppm: int) -> Taken:
    """Everybody's deductions, in settlement order, never more than there is.

    The ceiling is `holdback_ppm` of what is left after step 1, rounded down. A claimant that
    takes more than it may is a mistake of ours: ValueError, and nothing is released.
    """
    left, taken = _ask(release, release.net, None, [c for s, c in _registry.claimants if s < 3])
    ceiling = ceiling_of(left, holdback_ppm)
    later = [c for s, c in _registry.claimants if s >= 3]
    _, more = _ask(release, left, ceiling, later)
    return Taken((*taken, *more), ceiling)


def ceiling_of(net: Money, holdback_ppm: int) -> Money:
    """The most that settlement steps 3 to 7 may take together, outside what step 4 ties."""
    return Money(net.minor * holdback_ppm // 1_000_000, net.currency)


def _ask(
    release: Release, left: Money, ceiling: Money | None, claimants: list[Claimant]
) -> tuple[Money, list[Deduction]]:
    """What is left, and what these take; no ceiling binds where it is None."""
    taken: list[Deduction] = []
    for claimant in claimants:
        for deduction in claimant.claim(release, left, left if ceiling is None else ceiling):
            if deduction.is_bound and ceiling is not None:
                ceiling = ceiling - deduction.amount
            left = left - deduction.amount
            if left.minor < 0 or (ceiling is not None and ceiling.minor < 0):
                raise ValueError(f"{deduction.reason} of {deduction.contract} takes too much")
            taken.append(deduction)
    return left, taken


def tell_refunded(order_number: str, seller_id: int, amount: Money, released: bool) -> None:
    """Tell every claimant that part of an order was given back."""
    for _, claimant in _registry.claimants:
        claimant.refunded(order_number, seller_id, amount, released)
