"""Who pays how much of a new checkout: the balance, then a card, then the way chosen for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.money import Money
from mall.ports import payment_methods

WALLET, CARD = "wallet", "card"


class NothingLeft(InvalidInput):
    message = "A card can pay less than {left} of this, and a plan the rest. Choose again."


class NotBeside(InvalidInput):
    message = "A card can pay a part of it when a plan pays the rest. Choose a plan for that."


@dataclass(frozen=True, slots=True)
class ByCard:
    """What a card (`key`, as of its offer) pays at once, before a plan pays the rest."""

    key: str
    amount: Money


def planned(
    total: Money, wallet: Money, by_card: ByCard | None, offer_key: str
) -> list[tuple[str, Money]]:
    """(way to pay, how much), the first to pay first; raises NothingLeft and NotBeside."""
    left = total - wallet
    ways = [(WALLET, wallet)]
    if by_card is not None:
        if not 0 < by_card.amount.minor < left.minor:
            raise NothingLeft(left=left)
        if by_card.key.partition(":")[0] != CARD or not can_wait(offer_key):
            raise NotBeside()
        ways.append((by_card.key, by_card.amount))
        left = left - by_card.amount
    ways.append((offer_key, left))
    return [(key, amount) for key, amount in ways if amount]


def can_wait(offer_key: str) -> bool:
    """Whether this way to pay can be agreed on now, and begin when a card has paid its part."""
    return bool(getattr(payment_methods.method_of(offer_key), "can_wait", False))


def cut(totals: Sequence[Money], firsts: Sequence[Money]) -> list[list[Money]]:
    """Each order's share of each sum, in the same proportions; the last list is what they leave.

    Orders of 100.00 and 50.00, 30.00 first: [20.00, 10.00], [80.00, 40.00].
    """
    left, found = list(totals), []
    for amount in firsts:
        weights = [money.minor for money in left]
        shares = amount.split(weights) if any(weights) else [money - money for money in left]
        left = [whole - part for whole, part in zip(left, shares, strict=True)]
        found.append(shares)
    return [*found, left]
