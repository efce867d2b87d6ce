"""How much a shop may owe without orders behind it, by what it repaid in time before; pure.

Detection cannot tell a crowd of hired strangers who buy for nine months from customers. So what a
shop may owe of S1 and S3 together begins at what its sales of a year paid the mall in commission,
which a faked sale costs and nobody gets back, and grows by what it has repaid in time since. No
more is proven than the sales bore when the repaid contract was agreed: sales faked afterwards
raise nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from core.money import MILLION


@dataclass(frozen=True, slots=True)
class Rules:
    """step_ppm      what is proven, of the largest sum repaid in time
    down_ppm      what a contract that was not repaid in time leaves of it
    cycle_days    days that contracts must have run, all repaid in time, for a step
    late_days     later than this is not in time
    """

    step_ppm: int
    down_ppm: int
    cycle_days: int
    late_days: int


@dataclass(frozen=True, slots=True)
class Ended:
    """An S1 or S3 that ended (or is late by now). Amounts in minor units.

    bore      what the sales bore when it was agreed
    repaid    principal paid back, apart from what the next contract paid off
    in_time   whole, no minimum missed, never later than the rules allow
    """

    began: date
    ended: date
    bore: int
    repaid: int
    in_time: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a shop stands. Amounts in minor units.

    proven    what it has shown it repays
    days      of contracts that ran and were repaid in time since the last step
    largest   the largest sum repaid in them, `bore` the most that sales bore for one of them
    """

    proven: int = 0
    days: int = 0
    largest: int = 0
    bore: int = 0


def climb(contracts: Iterable[Ended], rules: Rules) -> Rung:
    """The fold over contracts by the day they ended; days of two at once count once."""
    rung, counted = Rung(), date.min
    for one in sorted(contracts, key=lambda c: (c.ended, c.began)):
        if not one.in_time:
            rung = Rung(rung.proven * rules.down_ppm // MILLION)
            counted = max(counted, one.ended)
            continue
        days = max(0, (one.ended - max(counted, one.began)).days)
        counted = max(counted, one.ended)
        rung = _stepped(
            Rung(
                rung.proven,
                rung.days + days,
                max(rung.largest, one.repaid),
                max(rung.bore, one.bore),
            ),
            rules,
        )
    return rung


def _stepped(rung: Rung, rules: Rules) -> Rung:
    if rung.days < rules.cycle_days:
        return rung
    return Rung(max(rung.proven, min(rung.largest * rules.step_ppm // MILLION, rung.bore)))


@dataclass(frozen=True, slots=True)
class Proof:
    """What a decision reads: the rung, what the year's sales paid in commission, what is owed.

    owed   principal of the running contract by product, which one of the same product pays off
    """

    rung: Rung
    rules: Rules
    net_365: int
    commission_ppm: int
    owed: Mapping[str, int]

    def first(self, least: int) -> int:
        """What is open before anything is proven: the commission of a year, at least `least`."""
        return max(least, self.net_365 * self.commission_ppm // MILLION)

    def most(self, least: int) -> int:
        """What S1 and S3 may come to together."""
        return max(self.first(least), self.rung.proven)

    def free(self, product: str, least: int) -> int:
        """What of it one contract of this product may have."""
        others = sum(owed for name, owed in self.owed.items() if name != product)
        return max(0, self.most(least) - others)

    def next(self, product: str, least: int, bears: int) -> int:
        """What a step is worth once as much as is open now was repaid in time."""
        repaid = max(min(self.free(product, least), bears), self.rung.largest)
        return max(self.most(least), min(repaid * self.rules.step_ppm // MILLION, bears))

    @property
    def days_left(self) -> int:
        """Days that contracts still have to run until the next step."""
        return max(0, self.rules.cycle_days - self.rung.days)

    def as_data(self) -> dict[str, Any]:
        """Plain data, kept with a decision."""
        return asdict(replace(self, owed=dict(self.owed)))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Proof | None":
        """Out of kept inputs; None of those that were decided without a ladder."""
        if not data:
            return None
        return cls(
            Rung(**data["rung"]),
            Rules(**data["rules"]),
            data["net_365"],
            data["commission_ppm"],
            data["owed"],
        )
