"""What to try: everything, a short choice of it, or one case alone."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Wanted:
    """The choice of whoever started us; empty means all.

    quick    a short run: some of each kind, chosen by the seed
    until    when to stop, by `time.monotonic()`; None: when all was tried
    """

    seed: int
    only: tuple[str, ...] = ()
    flow: str = ""
    point: int = 0
    quick: bool = False
    until: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the minutes are over."""
        return self.until is not None and time.monotonic() >= self.until

    def while_time(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """One after another, until the minutes are over."""
        for thing in things:
            if self.is_over:
                return
            yield thing

    def flows(self, known: Mapping[str, Thing]) -> list[Thing]:
        """The flows to try, in their order."""
        return [flow for name, flow in known.items() if self.flow in ("", name)]

    def some(self, things: Iterable[Thing], few: int, name: str = "") -> list[Thing]:
        """All of them, or in a short run a few that the seed and `name` choose, in their order."""
        known = list(things)
        if not self.quick:
            return known
        chosen = Random(f"{self.seed} {name}").sample(range(len(known)), min(few, len(known)))
        return [known[place] for place in sorted(chosen)]

    def rounds(self, full: int, quick: int) -> int:
        """How often something random is tried."""
        return quick if self.quick else full
