"""Files of outcomes made by dice, and how near the trainer comes to the best that can be known of them.

python -m benchmarks outcomes [--only NAME …] [--rows N] [--keep DIR]

The truth of dice is known: its own ranking is the most that anybody could reach. Each file is
written as people send one and read back by the trainer of `flask risk train`, nothing set for it.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.outcome_files import FILES

Array = npt.NDArray[Any]


def main(arguments: list[str]) -> None:
    """Print a table of Markdown, a line a file."""
    parser = argparse.ArgumentParser("python -m benchmarks outcomes", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--only", nargs="*", choices=tuple(FILES), default=tuple(FILES))
    parser.add_argument("--rows", type=int, default=0, help="fewer rows than the file has")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the files here")
    parser.add_argument("--only-write", action="store_true", help="train nothing")
    asked = parser.parse_args(arguments)
    print("| file | rows | columns | bad | AUC | the truth's | KS | Brier | lines | CPU seconds |")
    print("|---|" + "---:|" * 9, flush=True)
    with tempfile.TemporaryDirectory() as place:
        for name in asked.only:
            path = (asked.keep or Path(place)) / f"{name}.csv"
            truth = write(path, name, asked.rows, asked.seed)
            if not asked.only_write:
                print(line(path, name, truth), flush=True)


def write(path: Path, name: str, rows: int, seed: int) -> tuple[Array, Array]:
    """The file, and (who is bad, the truth's log odds)."""
    make, many, share, target, (good, bad), _ = FILES[name]
    dice = np.random.default_rng([seed, sorted(FILES).index(name)])
    columns, odds = make(dice, rows or many)
    odds = odds + _moved(odds, share)
    ended = dice.random(len(odds)) < 1 / (1 + np.exp(-odds))
    columns[target] = [bad if each else good for each in ended]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(columns)
        csv.writer(file).writerows(zip(*columns.values(), strict=True))
    return ended.astype(np.int64), odds


def _moved(odds: Array, share: Any) -> Any:
    """What is added to all so that this share is bad."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        over = (1 / (1 + np.exp(-(odds + middle)))).mean() > share
        low, high = (low, middle) if over else (middle, high)
    return low


def line(path: Path, name: str, truth: tuple[Array, Array]) -> str:
    """Read, train and compare one file; CPU seconds are of this process."""
    from finance.risk.training import measures, table, training

    _, _, _, target, (_, bad), drop = FILES[name]
    begin = time.process_time()
    data = table.read(path, target, bad, drop)
    found = training.train(data, name=name).report
    took = time.process_time() - begin
    best = measures.auc(*truth)
    return (
        f"| {name} | {found['rows']:,} | {len(data.kept)} | {found['bad'] / found['rows']:.1%} | "
        f"{found['auc']:.4f} | {best:.4f} | {found['ks']:.3f} | {found['brier']:.4f} | "
        f"{found['lines']} | {took:.0f} |"
    )
