"""Money: whole minor units of one currency; no float ever comes near it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

_DECIMALS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "BIF": 0,
    "DJF": 0,
    "GNF": 0,
    "KMF": 0,
    "MGA": 0,
    "PYG": 0,
    "RWF": 0,
    "VUV": 0,
    "XAF": 0,
    "XOF": 0,
    "XPF": 0,
    "KWD": 3,
    "BHD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}
MILLION = 1_000_000
# At most 15 digits before the point, so that minor units fit a bigint column; no exponent, which
# in eight letters can ask for a number of a million digits.
_DECIMAL_TEXT = re.compile(r"[+-]?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes whole; a term of the contract."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


def round_fraction(value: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """The whole number nearest to `value`; HALF_UP rounds halves away from zero."""
    sign, size = (-1, -value) if value < 0 else (1, value)
    whole, rest = divmod(size.numerator, size.denominator)
    twice = 2 * rest - size.denominator
    up = {
        Rounding.HALF_UP: twice >= 0,
        Rounding.HALF_EVEN: twice > 0 or (twice == 0 and whole % 2 == 1),
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
    }[rounding]
    return sign * (whole + up)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units (fen, cents) of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is whole minor units, not {self.minor!r}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not a currency code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Money from an exact decimal text such as `3600.00`; too many decimals raise ValueError."""
        places = decimals(currency)
        cleaned = text.strip().replace(",", "")
        if not _DECIMAL_TEXT.fullmatch(cleaned):
            raise ValueError(f"{text[:40]!r} is not an amount")
        value = Fraction(cleaned) * 10**places
        if value.denominator != 1:
            raise ValueError(f"{text} has more than {places} decimals")
        return cls(value.numerator, currency)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets {other!r}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} meets {other.currency}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise TypeError("money is multiplied by whole numbers; use `times` for a rate")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def times(self, rate: Fraction, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """This times an exact rate, rounded once."""
        return Money(round_fraction(self.minor * rate, rounding), self.currency)

    def ppm(self, parts: int, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """`parts` millionths of this, rounded once."""
        return self.times(Fraction(parts, MILLION), rounding)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Parts in proportion to `weights` (largest remainder) that sum to this exactly."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be ≥ 0 with a positive sum")
        exact = [Fraction(self.minor * weight, total) for weight in weights]
        parts = [part.__floor__() for part in exact]
        by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
        for i in by_remainder[: self.minor - sum(parts)]:
            parts[i] += 1
        return [Money(part, self.currency) for part in parts]

    def decimal_text(self) -> str:
        """Exact decimal text such as `-1234.50`, for files and forms."""
        places = decimals(self.currency)
        sign, digits = "-" if self.minor < 0 else "", str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def grouped(self) -> str:
        """`1,400.00`, for sentences."""
        whole, point, cents = self.decimal_text().partition(".")
        digits = whole.lstrip("-")
        return f"{whole[: len(whole) - len(digits)]}{int(digits):,}{point}{cents}"

    def __str__(self) -> str:
        return f"{self.decimal_text()} {self.currency}"


def decimals(currency: str) -> int:
    """Decimal places of a currency's minor unit (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def total(parts: "Sequence[Money] | Any", currency: str) -> Money:
    """The sum of `parts`; zero of `currency` when there are none."""
    result = Money.zero(currency)
    for part in parts:
        result = result + part
    return result
