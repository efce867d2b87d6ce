"""How much tax a price contains, to the minor unit, with parts that add up; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.errors import InvalidInput
from core.money import MILLION, Money, total

STANDARD = "standard"
CLASSES = {STANDARD: "Standard rate", "reduced": "Reduced rate", "zero": "No tax"}


def checked_class(name: str) -> str:
    """A class there is; raises InvalidInput."""
    if name not in CLASSES:
        raise InvalidInput("Choose how it is taxed: standard, reduced or zero.")
    return name


@dataclass(frozen=True, slots=True)
class Rate:
    """`ppm` millionths on top of the net price, called `name` where it is due."""

    name: str
    ppm: int

    @property
    def words(self) -> str:
        """`VAT 20 %`, `VAT 5.5 %`."""
        whole, part = divmod(self.ppm, 10_000)
        return f"{self.name} {f'{whole}.{part:04}'.rstrip('0').rstrip('.')} %"


NO_TAX = Rate("", 0)


@dataclass(frozen=True, slots=True)
class Contained:
    """So much of an amount is tax at this rate."""

    rate: Rate
    amount: Money

    @property
    def words(self) -> str:
        """`VAT 20 %: 3.33`."""
        return f"{self.rate.words}: {self.amount.grouped()}"


def contained(gross: Money, ppm: int) -> Money:
    """The tax in a price that includes it: 20.00 at 20 % contain 3.33."""
    return gross.times(Fraction(ppm, MILLION + ppm))


def of_lines(amounts: Sequence[Money], rates: Sequence[Rate], shipping: Money) -> list[Money]:
    """The tax of each line of an order; lines of one rate share their tax by largest remainder.

    Shipping is taxed as the goods it carries: each line has its share of it, by amount.
    """
    shares = shipping.split([amount.minor for amount in amounts])
    gross = [amount + share for amount, share in zip(amounts, shares, strict=True)]
    taxes = [Money.zero(shipping.currency)] * len(gross)
    for rate in dict.fromkeys(rates):
        mine = [place for place, each in enumerate(rates) if each == rate]
        whole = total([gross[place] for place in mine], shipping.currency)
        parts = contained(whole, rate.ppm).split([gross[place].minor for place in mine])
        for place, part in zip(mine, parts, strict=True):
            taxes[place] = part
    return taxes


def by_rate(parts: Sequence[tuple[Rate, Money]]) -> list[Contained]:
    """What each rate comes to, the highest first; nothing for goods without tax."""
    sums: dict[Rate, Money] = {}
    for rate, amount in parts:
        if rate.ppm:
            sums[rate] = sums[rate] + amount if rate in sums else amount
    order = sorted(sums, key=lambda rate: (-rate.ppm, rate.name))
    return [Contained(rate, sums[rate]) for rate in order if sums[rate]]


def given_back(
    left: Sequence[Contained], goods: Sequence[tuple[Rate, Money]], amount: Money, rest: Money
) -> list[Contained]:
    """The tax in `amount` of an order of which `rest` was left before.

    left    the tax that was left in the order; all of it goes when `amount` is all that is left
    goods   what of `amount` is for units that come back, at their rates; the other part is of
            everything that is left, in proportion
    """
    if amount == rest:
        return list(left)
    known = total([value for _, value in goods], amount.currency)
    if known > amount:
        goods, known = (), Money.zero(amount.currency)
    found = []
    for one in left:
        own = total([v for rate, v in goods if rate == one.rate], amount.currency)
        tax = min(contained(own, one.rate.ppm), one.amount)
        other = (one.amount - tax).times(Fraction((amount - known).minor, (rest - known).minor))
        found.append(Contained(one.rate, tax + other))
    return [one for one in found if one.amount]


def less(whole: Sequence[Contained], taken: Sequence[Contained]) -> list[Contained]:
    """What is left of `whole`, rate by rate."""
    gone = {one.rate: one.amount for one in by_rate([(t.rate, t.amount) for t in taken])}
    zero = {one.rate: Money.zero(one.amount.currency) for one in whole}
    left = [Contained(one.rate, one.amount - gone.get(one.rate, zero[one.rate])) for one in whole]
    return [one for one in left if one.amount]


def as_data(taxes: Sequence[Contained]) -> list[dict[str, Any]]:
    """As a refund keeps them."""
    return [{"name": t.rate.name, "ppm": t.rate.ppm, "amount": t.amount.minor} for t in taxes]


def of_data(kept: Sequence[Mapping[str, Any]], currency: str) -> list[Contained]:
    return [Contained(Rate(t["name"], t["ppm"]), Money(t["amount"], currency)) for t in kept]
