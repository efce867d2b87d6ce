"""Reading what the lender's commands are asked: JSON with exact numbers, errors by field."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

_MOST_DIGITS = 30
_TEXT_MOST = 60


class Unclear(ValueError):
    """An input that cannot be used; `field` says where, as in `flows[2].amount`."""

    def __init__(self, field: str, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"{field}: {problem}" if field else problem)


def objects(text: str) -> Iterator[Any]:
    """The JSON values in `text`, one after the other; numbers come exact (int or Decimal)."""
    decoder = json.JSONDecoder(
        parse_float=Decimal, parse_int=_whole, parse_constant=_refused, strict=False
    )
    place, end = 0, len(text)
    while place < end:
        if text[place].isspace():
            place += 1
            continue
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise Unclear("", f"not JSON: {error.msg} at character {error.pos + 1}") from None
        except RecursionError:
            raise Unclear("", "not JSON that can be read: nested too deeply") from None
        yield value


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _MOST_DIGITS else Decimal(text)


def _refused(name: str) -> Any:
    raise Unclear("", f"{name} is not a number")


def an_object(value: Any, field: str) -> Mapping[str, Any]:
    """`value` as a JSON object."""
    if not isinstance(value, dict):
        raise Unclear(field, "must be an object such as {…}")
    return value


def a_list(value: Any, field: str) -> list[Any]:
    """`value` as a JSON list that is not empty."""
    if not isinstance(value, list) or not value:
        raise Unclear(field, "must be a list that is not empty")
    return value


def only(known: tuple[str, ...], given: Mapping[str, Any], field: str) -> None:
    """No key but the known ones: a misspelt word is an error, never a silent default."""
    for key in given:
        if key not in known:
            place = f"{field}.{key}" if field else str(key)
            raise Unclear(place[:_TEXT_MOST], f"unknown; known are {', '.join(known)}")


def a_number(value: Any, field: str) -> Fraction:
    """An exact number from a JSON number or a decimal text such as `"3600.00"`."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Unclear(field, f"must be a number, not {json.dumps(value, default=str)[:40]}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Unclear(field, f"{str(value)[:40]!r} is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise Unclear(field, "is too large, too small or not a number")
    return Fraction(number)


def a_day(value: Any, field: str) -> date:
    """A day written `2026-01-31`."""
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unclear(field, f"must be a day such as 2026-01-31, not {str(value)[:40]!r}")


def a_choice(value: Any, choices: tuple[str, ...], field: str) -> str:
    """One of the words `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise Unclear(field, f"{str(value)[:40]!r} is none of {', '.join(choices)}")
    return value
