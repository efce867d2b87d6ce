"""What a seller's reserve pays, at last, of a claim that settlements and balance did not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.money import Money


@dataclass(frozen=True, slots=True)
class Claim:
    """So much is due of `contract`; `why` is for the seller, `entry` names the journal that pays it."""

    seller_id: int
    contract: str
    entry: int
    why: str
    on: date


Keeper = Callable[[Claim, Money], Money]
Available = Callable[[int, str], Money]
_keepers: list[tuple[Available, Keeper]] = []


def plug(available: Available, keeper: Keeper) -> None:
    """Who keeps the reserves: how much there is, and a part of it used, once."""
    _keepers[:] = [(available, keeper)]


def available(seller_id: int, currency: str) -> Money:
    """What is kept and not frozen for a dispute; locked until the action ends."""
    return _keepers[0][0](seller_id, currency) if _keepers else Money.zero(currency)


def use(claim: Claim, most: Money) -> Money:
    """Use at most `most` of the reserve for `claim`; gives how much. The caller moves it."""
    return _keepers[0][1](claim, most) if _keepers else Money.zero(most.currency)
