"""Early warnings: rooms that see trouble coming plug a look here; the day asks each of them once."""

from collections.abc import Callable
from datetime import date

from core.use_case import use_case

Look = Callable[[date], int]
_looks: dict[str, Look] = {}


def plug(name: str, look: Look) -> None:
    """`look(day)` opens cases for what it finds and says how many; safe to ask twice a day."""
    _looks[name] = look


def run(day: date) -> int:
    """Ask everybody, each in a transaction of its own; how many warnings there were."""
    return sum(_ask(look, day) for look in _looks.values())


@use_case
def _ask(look: Look, day: date) -> int:
    return look(day)
