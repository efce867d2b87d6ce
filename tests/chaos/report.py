"""What was tried and what was lost, as a table."""

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """Counts by fault and flow; every loss says how to see it again."""

    seed: int
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rounds: int = 0  # whole ones, each with the next seed
    began: float = field(default_factory=time.monotonic)

    def count(self, fault: str, flow: str, times: int = 1) -> None:
        self.tried[fault, flow] += times

    def lose(self, again: str, complaints: list[str]) -> None:
        """Something was lost; `again` are the words that try this one case."""
        for complaint in complaints:
            self.losses.append(f"{complaint}\n    again: python -m tests.chaos {again}")
            print(f"  LOST {self.losses[-1]}", flush=True)

    def note(self, words: str) -> None:
        self.notes.append(words)

    def skip(self, what: str, why: str) -> None:
        self.skipped[what] = why

    def lines(self) -> list[str]:
        faults = list(dict.fromkeys(fault for fault, _ in self.tried))
        lines = [f"{'fault':<44} {'tried':>6}  by flow"]
        for fault in faults:
            flows = {flow: n for (name, flow), n in self.tried.items() if name == fault}
            by_flow = ", ".join(f"{flow} {n}" for flow, n in flows.items())
            lines.append(f"{fault:<44} {sum(flows.values()):>6}  {by_flow}")
        lines += self.notes
        lines += [f"not tried: {what}: {why}" for what, why in self.skipped.items()]
        took = time.monotonic() - self.began
        more = f" to {self.seed + self.rounds - 1}" if self.rounds > 1 else ""
        lines.append(
            f"seed {self.seed}{more}: {sum(self.tried.values())} faults tried in {took:.0f} s, "
            f"{len(self.losses)} losses"
        )
        return lines
