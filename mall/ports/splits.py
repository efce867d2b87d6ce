"""What would be granted instead of a whole basket."""

from dataclasses import dataclass

from core.money import Money


@dataclass(frozen=True, slots=True)
class Split:
    """So much `now`, the `rest` by the offer of this key; `words` is what that offer is called."""

    now: Money
    rest: Money
    key: str
    words: str
