"""Reading plain JSON strictly: every complaint names its field."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")
FIRST_YEAR, LAST_YEAR = 1800, 2500


class FieldError(ValueError):
    """A field that cannot be used; `field` is its path, such as `config.decimals`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


class Fields:
    """The keys of one JSON object; asks for each once and knows which nobody asked for.

    path  where the object stands, such as `timeline[3]`; empty: it is the whole input
    """

    def __init__(self, values: object, path: str) -> None:
        if not isinstance(values, Mapping):
            raise FieldError(path or "input", "must be an object")
        self.values: Mapping[str, object] = values
        self.path = path
        self.asked: set[str] = set()

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return self.values.get(key) is not None

    def get(self, key: str, read: Callable[[object, str], T], default: T | None = None) -> T:
        """The value of `key`; without a default it must be there."""
        self.asked.add(key)
        value = self.values.get(key)
        if value is not None:
            return read(value, self.name(key))
        if default is None:
            raise FieldError(self.name(key), "is missing")
        return default

    def maybe(self, key: str, read: Callable[[object, str], T]) -> T | None:
        return self.get(key, read) if self.has(key) else None

    def unasked(self) -> list[str]:
        """Keys nobody read; one that looks like a slip of the pen is an error."""
        rest = [key for key in self.values if key not in self.asked]
        for key in rest:
            near = get_close_matches(key, self.asked, 1, 0.85)
            if near and near[0] not in self.values:
                raise FieldError(self.name(key), f"is unknown; did you mean {near[0]!r}?")
        return [self.name(key) for key in rest]


def text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value:
        raise FieldError(field, "must be a text")
    return value


def truth(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise FieldError(field, "must be true or false")
    return value


def number(value: object, field: str) -> Decimal:
    """An exact number from a JSON number or a text; nothing that is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise FieldError(field, "must be a number")
    if isinstance(value, str) and len(value) > 40:
        raise FieldError(field, "is too long for a number")
    try:
        exact = Decimal(value)
    except InvalidOperation:
        raise FieldError(field, f"is not a number: {str(value)[:40]!r}") from None
    if not exact.is_finite() or abs(exact) >= 10**16 or (exact and exact.adjusted() < -16):
        raise FieldError(field, "is out of range")
    return exact


def not_negative(value: object, field: str) -> Decimal:
    exact = number(value, field)
    if exact < 0:
        raise FieldError(field, "must not be below zero")
    return exact


def positive(value: object, field: str) -> Decimal:
    exact = number(value, field)
    if exact <= 0:
        raise FieldError(field, "must be above zero")
    return exact


def whole(least: int, most: int) -> Callable[[object, str], int]:
    """Reads a whole number from `least` to `most`, also from `"25"` or 25.0."""

    def read(value: object, field: str) -> int:
        exact = number(value, field)
        if exact != int(exact) or not least <= exact <= most:
            raise FieldError(field, f"must be a whole number from {least} to {most}")
        return int(exact)

    return read


def day(value: object, field: str) -> date:
    if not isinstance(value, str):
        raise FieldError(field, "must be a date such as 2024-01-31")
    try:
        read = date.fromisoformat(value)
    except ValueError:
        raise FieldError(field, f"is not a date: {value[:40]!r}") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise FieldError(field, f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return read


def one_of(*words: str) -> Callable[[object, str], str]:
    def read(value: object, field: str) -> str:
        word = str(value)
        if isinstance(value, bool) or word not in words:
            raise FieldError(field, f"must be one of {', '.join(words)}")
        return word

    return read


def many(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, ...]]:
    def read_all(value: object, field: str) -> tuple[T, ...]:
        if (
            isinstance(value, str)
            or not isinstance(value, Collection)
            or isinstance(value, Mapping)
        ):
            raise FieldError(field, "must be a list")
        return tuple(read(item, f"{field}[{place}]") for place, item in enumerate(value))

    return read_all
