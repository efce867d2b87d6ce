"""What advances lose in marketplaces made by dice that resemble a real one.

python -m benchmarks shops --like marketplace [--seeds 3] [--told quarter week day] [--more]

Mean over the seeds of loss in per cent of what was advanced, at each budget share, and what came
with it; the naive rule, a plain hurdle (benchmarks/dice_hurdle.py) and ours (docs/backtest.md).
"""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import dice_world

SHARES = (0.1, 0.2, 0.3, 0.5)
RULES = {"naive": "naive", "hurdle": "benchmarks.dice_hurdle:hurdle", "ours": "shipped"}
ENDS = {
    "quarter": dice_world.QUARTERS,
    "week": tuple(range(0, dice_world.DAYS + 1, 7)),
    "day": tuple(range(dice_world.DAYS + 1)),
}
# What the design's study of a real marketplace printed, told by quarters.
PUBLISHED = {"naive": (6.47, 8.18, 10.93, 16.69), "hurdle": (1.93, 2.91, 5.14, 11.34)}


def table(
    worlds: Sequence[str], told: Sequence[str], seeds: Sequence[int], *, shops: int, more: bool
) -> None:
    """Print a table of Markdown, a line as soon as it is known."""
    heads = "".join(f" {share} |" for share in SHARES)
    print(f"| world | told by | rule |{heads} share at 2 % | funded at 0.3 | top 1 % |", flush=True)
    print("|---|---|---|" + "---:|" * (len(SHARES) + 3), flush=True)
    for rule, losses in PUBLISHED.items():
        cells = " | ".join(f"{loss:.1f}" for loss in losses)
        print(f"| published | quarter | {rule} | {cells} | | | |", flush=True)
    for world in worlds:
        for by in told:
            found = [_tried(world, by, seed, shops, more) for seed in seeds]
            for place, rule in enumerate(RULES):
                print(_line(world, by, rule, [each[place] for each in found]), flush=True)
            facts = np.mean([_facts(world, seed, shops) for seed in seeds], axis=0)
            print(_described(world, facts), flush=True)


def _tried(world: str, by: str, seed: int, shops: int, more: bool) -> list[dict[str, Any]]:
    """The report's part of each rule."""
    from finance.risk.capacity import panel, reporting

    made = dice_world.made(dice_world.WORLDS[world], seed, shops)
    rows = dice_world.periods(made, ENDS[by], seed, more)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            head = [*panel.NEEDED, *(panel.OPTIONAL if more else ())]
            csv.writer(file).writerows([head, *rows])
        report = reporting.report(
            path, policies=tuple(RULES.values()), term=90, remittance=0.2, shares=SHARES,
            cutoffs="", loss=2.0,
        )  # fmt: skip
    return [report["policies"][name] for name in RULES.values()]


def _line(world: str, by: str, rule: str, found: Sequence[dict[str, Any]]) -> str:
    def mean(share: Any, name: str) -> Any:
        return np.mean([each["by_budget_share"][str(share)][name] for each in found])

    losses = " | ".join(f"{mean(share, 'loss_percent'):.1f}" for share in SHARES)
    capital = np.mean([each["capital_at_loss_limit"] for each in found])
    funded, top = mean(0.3, "coverage"), mean(0.3, "top_hundredth_share")
    return f"| {world} | {by} | {rule} | {losses} | {capital:.3f} | {funded:.0%} | {top:.0%} |"


def _facts(world: str, seed: int, shops: int) -> list[Any]:
    """Of the last four quarters' active shops: how many, and who sells nothing in the next one."""
    made = dice_world.made(dice_world.WORLDS[world], seed, shops)
    sums = np.add.reduceat(made.amounts, dice_world.QUARTERS[:-1], axis=1)
    active = [sums[:, quarter] > 0 for quarter in range(3, 7)]
    silent = [np.mean(sums[who, 4 + n] <= 0) for n, who in enumerate(active)]
    whole = np.sort(sums.sum(axis=1))[::-1]
    tops = [whole[: max(1, len(whole) // part)].sum() / whole.sum() for part in (100, 10)]
    return [np.mean([who.sum() for who in active]), np.mean(silent), *tops]


def _described(world: str, facts: Any) -> str:
    active, silent, top, tenth = facts
    return (
        f"| {world} | | {active:,.0f} shops active, {silent:.0%} of them silent in the next "
        f"quarter; the largest hundredth sells {top:.0%}, the largest tenth {tenth:.0%}"
        + " | " * (len(SHARES) + 3)
        + " |"
    )
