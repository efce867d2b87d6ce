"""What shipping costs, from weight, distance and choice; pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import InvalidInput
from core.money import Money


class Shipping(StrEnum):
    """How a parcel travels."""

    STANDARD = "standard"
    EXPRESS = "express"
    PICKUP = "pickup"


class TooLarge(InvalidInput):
    message = "One purchase is at most {most}. Take something out of your cart."


@dataclass(frozen=True, slots=True)
class Tariff:
    """Minor units for the first started kilogram, and for each one after it."""

    first: int
    more: int


TARIFFS: dict[tuple[Shipping, bool], Tariff] = {  # (choice, same region)
    (Shipping.STANDARD, True): Tariff(600, 200),
    (Shipping.STANDARD, False): Tariff(1_000, 400),
    (Shipping.EXPRESS, True): Tariff(1_800, 600),
    (Shipping.EXPRESS, False): Tariff(2_500, 900),
}
PAID_OTHERWISE = "You chose to pay in another way."  # why a checkout was given up by its shopper
FREE_STANDARD_FROM = 9_900  # goods of one seller, minor units
DAYS: dict[tuple[Shipping, bool], int] = {  # the longest under way, (choice, same region)
    (Shipping.STANDARD, True): 3,
    (Shipping.STANDARD, False): 5,
    (Shipping.EXPRESS, True): 1,
    (Shipping.EXPRESS, False): 2,
}
LABELS = {
    Shipping.STANDARD: ("Standard", "3 to 5 days"),
    Shipping.EXPRESS: ("Express", "1 to 2 days"),
    Shipping.PICKUP: ("Pick up yourself", "at the shop, from tomorrow"),
}


@dataclass(frozen=True, slots=True)
class ShippingOffer:
    """One choice for one seller's parcel, priced."""

    choice: str
    label: str
    takes: str
    price: Money


def shipping_price(
    choice: Shipping, *, goods: Money, weight_grams: int, same_region: bool
) -> Money:
    """The price of one parcel: each started kilogram counts, at least one."""
    if choice is Shipping.PICKUP:
        return Money.zero(goods.currency)
    if choice is Shipping.STANDARD and goods.minor >= FREE_STANDARD_FROM:
        return Money.zero(goods.currency)
    tariff = TARIFFS[choice, same_region]
    kilograms = max(1, -(-weight_grams // 1000))
    return Money(tariff.first + tariff.more * (kilograms - 1), goods.currency)


def shipping_offers(goods: Money, weight_grams: int, same_region: bool) -> list[ShippingOffer]:
    """All choices for one seller's parcel, the plainest first."""
    return [
        ShippingOffer(
            choice.value,
            *LABELS[choice],
            shipping_price(choice, goods=goods, weight_grams=weight_grams, same_region=same_region),
        )
        for choice in Shipping
    ]


def promised_days(choice: str, near: bool) -> int | None:
    """The longest a parcel is under way, in days; None where the shopper fetches it."""
    known = choice if choice in list(Shipping) else Shipping.STANDARD
    return DAYS.get((Shipping(known), near))


def same_city(one: str, other: str) -> bool | None:
    """The same of two cities; None where one is not known."""
    return same_region(one, other) if one.strip() and other.strip() else None


def same_region(one: str, other: str) -> bool:
    """Whether two regions, as people write them, are the same."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


MOST = 10**15  # minor units; thousands of them still fit the counters of one account


def check_total(total: Money) -> None:
    """Raises TooLarge for what the book could not add up for long."""
    if total.minor > MOST:
        raise TooLarge(most=Money(MOST, total.currency))
