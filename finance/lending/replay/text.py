"""JSON in and out with exact numbers: a fraction is never anything but a Decimal."""

import json
from collections.abc import Mapping
from decimal import Decimal

from finance.lending.replay.fields import FieldError


def parse(text: str) -> object:
    """The JSON value in `text`; FieldError `input` when there is none."""
    try:
        return json.loads(text, parse_float=Decimal, parse_int=_whole, parse_constant=_refused)
    except json.JSONDecodeError as broken:
        raise FieldError("input", f"is not JSON: {broken}") from None
    except RecursionError:
        raise FieldError("input", "is nested too deeply") from None


def _whole(digits: str) -> int | Decimal:
    """Python refuses to read whole numbers of thousands of digits; a Decimal is out of range."""
    return int(digits) if len(digits) < 40 else Decimal(digits)


def _refused(name: str) -> object:
    raise FieldError("input", f"{name} is not a number")


def dump(value: object) -> str:
    """JSON text; a Decimal becomes a plain number with the digits it has."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        inside = (f"{json.dumps(str(key))}: {dump(each)}" for key, each in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dump(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)
