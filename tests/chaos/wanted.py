"""What to try: everything, a short choice of it, or one case alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Wanted:
    """The choice of whoever started us; empty means all.

    quick    a short run: some of each kind, chosen by the seed
    minutes  how long the kinds that could go on for ever may take together
    """

    seed: int
    only: tuple[str, ...] = ()
    flow: str = ""
    point: int = 0
    quick: bool = False
    minutes: int = 8

    def flows(self, known: Mapping[str, Thing]) -> list[Thing]:
        """The flows to try, in their order."""
        return [flow for name, flow in known.items() if self.flow in ("", name)]

    def rounds(self, full: int, quick: int) -> int:
        """How often something random is tried."""
        return quick if self.quick else full
