"""A night's work on one engine: what it took, beside the plainest reading of the same columns."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

LINES_A_PART = 10_000_000  # of these DuckDB takes some 4 GiB
Took = tuple[float, float]  # seconds of CPU, seconds of the clock


@dataclass(frozen=True, slots=True)
class Night:
    """Everyone's features on one engine.

    scan    every value of the columns that the features read, once
    first   CPU seconds before the first row: a session, a process that warms up
    memory  bytes the engine's process had at most
    """

    engine: str
    lines: int
    sellers: int
    parts: int
    whole: Took
    scan: Took
    memory: int
    first: float = 0.0

    def row(self) -> str:
        """As a line of the table."""
        return (
            f"{self.engine:<9}{self.lines:>11,}{self.sellers:>9,}{self.parts:>6}"
            f"{self.whole[0]:>10,.1f}{self.whole[1]:>10,.1f}{self.scan[0]:>10,.2f}"
            f"{self.whole[0] / self.scan[0]:>8.1f}{self.memory / 2**30:>8.2f}{self.first:>8.1f}"
        )


def table(nights: Iterable[Night]) -> str:
    """All of them, a line each."""
    head = (
        f"{'engine':<9}{'lines':>11}{'sellers':>9}{'parts':>6}{'CPU-s':>10}{'seconds':>10}"
        f"{'scan CPU':>10}{'times':>8}{'GiB':>8}{'before':>8}"
    )
    words = "times: CPU of the features by that of a plain scan of the same columns"
    return "\n".join(["", head, *(night.row() for night in nights), words])


def parts_of(lines: int, asked: int) -> int:
    """In how many parts shops are taken; 0: as many as memory wants."""
    return asked or -(-lines // LINES_A_PART)


def took(work: Callable[[], object], cpu: Callable[[], float]) -> Took:
    """Run it."""
    used, began = cpu(), time.perf_counter()
    work()
    return cpu() - used, time.perf_counter() - began


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process of this machine has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int) -> int:
    """Bytes of memory that a process had at most."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
