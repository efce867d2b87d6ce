"""The gate against fake orders and rings, as decisions keep and read it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLEAR, HAIRCUT, REVIEW, STOP = "clear", "haircut", "review", "stop"


@dataclass(frozen=True, slots=True)
class Gate:
    """What was suspected of a subject.

    action    clear; haircut: suspected orders do not count; review: a person looks first; stop
    signals   X codes that fired, each with its sentence, the weightiest first
    orders    numbers of the orders that count nowhere until they are proved
    """

    action: str = CLEAR
    signals: tuple[tuple[str, str], ...] = ()
    orders: tuple[str, ...] = ()

    @property
    def is_shut(self) -> bool:
        """Whether no new money goes out before a person has looked."""
        return self.action in (REVIEW, STOP)

    def sentence_of(self, *codes: str) -> str:
        """What the first of these signals says; "" when none fired."""
        return next((said for code, said in self.signals if code in codes), "")

    @property
    def sentence(self) -> str:
        """What the weightiest signal says."""
        return self.signals[0][1] if self.signals else ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Gate":
        signals = tuple((code, said) for code, said in data.get("signals", ()))
        return cls(data.get("action", CLEAR), signals, tuple(data.get("orders", ())))
