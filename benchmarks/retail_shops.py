"""A real year's articles and customers, each as if it were a shop, and what advances on them lose.

python -m benchmarks shops --online-retail FILE [--term 90]
python -m benchmarks shops --like marketplace [--seeds 3] [--told quarter week day] [--more]

Nothing of it was used to choose the rule. Sold is what was ordered, less what came back that day;
a period that the file breaks off in is left out. With `--like`, shops made by dice that resemble a
real marketplace's (benchmarks/dice_world.py); `--more` tells reviews, first sale and category too.
"""

import argparse
import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import dice_shops, dice_world

SHARES = (0.1, 0.2, 0.3, 0.5)
KINDS = {"articles": "StockCode", "customers": "CustomerID"}
WIDTHS = (1, 7, 30)
NOT_GOODS = frozenset(
    ["POST", "DOT", "M", "m", "D", "S", "B", "C2", "CRUK", "BANK CHARGES", "AMAZONFEE", "PADS"]
)
Sold = dict[tuple[str, date], tuple[int, Any]]


def main(arguments: list[str]) -> None:
    """Print a table of Markdown: loss of the naive rule and of ours, in per cent."""
    parser = argparse.ArgumentParser("python -m benchmarks shops", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    asked = _asked(parser, arguments)
    if asked.like:
        seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
        dice_shops.table(asked.like, asked.told, seeds, shops=asked.shops, more=asked.more)
        return
    heads = "".join(f" naive {share} | ours | ratio |" for share in SHARES)
    print(f"| as shops | told by | shops |{heads} funded at 0.3 |", flush=True)
    print("|---|---|" + "---:|" * (2 + 3 * len(SHARES)), flush=True)
    for kind, column in KINDS.items():
        sold = sales(asked.online_retail, column)
        for width in WIDTHS:
            print(line(kind, width, tried(sold, width, asked.term)), flush=True)


def _asked(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--online-retail", type=Path, metavar="FILE")
    which.add_argument("--like", nargs="+", choices=list(dice_world.WORLDS))
    parser.add_argument("--term", type=int, default=90)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--told", nargs="+", choices=list(dice_shops.ENDS), default=["quarter"])
    parser.add_argument("--shops", type=int, default=2721)
    parser.add_argument("--more", action="store_true", help="reviews, first sale, category")
    return parser.parse_args(arguments)


def sales(path: Path, column: str) -> Sold:
    """Orders and net sales by shop and day; shipping, fees and what has no price are left out."""
    from finance.risk import files

    table = files.read(path)
    seen: set[tuple[str, date, str]] = set()
    found: Sold = {}
    names = ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", column)
    for invoice, code, quantity, at, price, shop in zip(*(table[n] for n in names), strict=True):
        each = np.float64(price or 0)
        amount = np.float64(quantity or 0) * each
        if not amount or each < 0 or str(code) in NOT_GOODS or _nobody(shop):
            continue
        key = (str(shop), at.date() if hasattr(at, "date") else date.fromisoformat(str(at)[:10]))
        orders, net = found.get(key, (0, 0.0))
        fresh = amount > 0 and (*key, str(invoice)) not in seen
        seen.add((*key, str(invoice)))
        found[key] = (orders + fresh, net + amount)
    return found


def _nobody(shop: Any) -> bool:
    return shop is None or shop != shop or shop == ""


def periods(sold: Sold, width: int) -> Iterator[list[Any]]:
    """Lines of a file for `flask capital backtest`, in whole periods of so many days."""
    first, last = min(day for _, day in sold), max(day for _, day in sold)
    whole: Sold = {}
    for (shop, day), (orders, net) in sold.items():
        begin = first + timedelta((day - first).days // width * width)
        if begin + timedelta(width - 1) <= last:
            before = whole.get((shop, begin), (0, 0.0))
            whole[shop, begin] = (before[0] + orders, before[1] + net)
    for (shop, begin), (orders, net) in sorted(whole.items()):
        yield [shop, begin, begin + timedelta(width - 1), orders, round(net, 2)]


def tried(sold: Sold, width: int, term: int) -> dict[str, Any]:
    """The report of the naive rule and ours."""
    from finance.risk.capacity import panel, reporting

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sales.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([[*panel.NEEDED], *periods(sold, width)])
        return reporting.report(
            path, policies=("naive", "shipped"), term=term, remittance=0.2, shares=SHARES,
            cutoffs="", loss=2.0,
        )  # fmt: skip


def line(kind: str, width: int, report: dict[str, Any]) -> str:
    """One row of the table."""
    by = [report["policies"][name]["by_budget_share"] for name in ("naive", "shipped")]
    cells: Sequence[str] = []
    for share in map(str, SHARES):
        naive, ours = (each[share]["loss_percent"] for each in by)
        cells = [*cells, f"{naive:.1f}", f"{ours:.1f}", f"{ours / naive:.2f}" if naive else ""]
    told = {1: "day", 7: "week"}.get(width, f"{width} days")
    funded = f"{by[1]['0.3']['coverage']:.0%}"
    return f"| {kind} | {told} | {report['sellers']:,} | {' | '.join(cells)} | {funded} |"
