"""What a signal found: a number, the orders it is about, and words; pure."""

from dataclasses import dataclass

from core.money import MILLION


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` in the signal's unit (count, or ppm of something)."""

    value: int
    orders: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()


def share(part: int, whole: int) -> int:
    """Millionths; 0 of nothing."""
    return part * MILLION // whole if whole else 0
