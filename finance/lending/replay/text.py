"""JSON in and out with exact numbers: a fraction is never anything but a Decimal."""

import json
from collections.abc import Mapping
from decimal import Decimal


def parse(text: str) -> object:
    return json.loads(text, parse_float=Decimal)


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
