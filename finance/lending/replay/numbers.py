"""How numbers are rounded: money to its minor unit, rates to a number of digits."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
ROUNDINGS = ("HALF_EVEN", "HALF_UP", "HALF_DOWN", "UP", "DOWN", "CEILING", "FLOOR")
# rounding itself must never run out of digits
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Unit:
    """One currency's way of rounding.

    decimals  places of the minor unit (2 for cents)
    rounding  one of ROUNDINGS
    digits    significant digits of everything in between
    """

    decimals: int = 2
    rounding: str = "HALF_EVEN"
    digits: int = 19

    def context(self) -> Context:
        """All arithmetic of one loan runs inside `decimal.localcontext(unit.context())`."""
        return Context(prec=self.digits, rounding=f"ROUND_{self.rounding}")

    def _to(self, value: Decimal, places: int) -> Decimal:
        return value.quantize(ONE.scaleb(-places), rounding=f"ROUND_{self.rounding}", context=_WIDE)

    def money(self, value: Decimal) -> Decimal:
        return self._to(value, self.decimals)

    def factor(self, value: Decimal) -> Decimal:
        """A rate factor keeps as many decimals as there are digits."""
        return self._to(value, self.digits)

    def multiple(self, value: Decimal, of: Decimal | None) -> Decimal:
        """The nearest multiple of `of` (1 for whole currency), or money when there is none."""
        return self.money(self._to(value / of, 0) * of) if of else self.money(value)

    def share(self, value: Decimal, count: int) -> Decimal:
        return self.money(value / count)


def above_zero(value: Decimal) -> Decimal:
    return value if value > 0 else ZERO


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """A sum that no digit falls out of."""
    total = ZERO
    for value in values:
        total = _WIDE.add(total, value)
    return total
