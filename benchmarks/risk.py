"""What a grade costs: one decision, one score, everyone on each engine, and yuan per credit.

python -m benchmarks risk [--only online score batch] [--price 0.30]
    online   [--largest 1000000] [--small 1000000]
    batch    [--engines postgres duckdb spark] [--lines 1000000 10000000] [--full] [--parts 0]
             [--memory 6GB] [--folder DIR]

Online, a throw-away PostgreSQL is filled by sets with shops of 100, 10,000 and 1,000,000 order lines
among 2,000 small ones. For the batch there are 500 lines a shop in the mean: a PostgreSQL of each
size for one engine, the same facts as Parquet for the two others, whose rows must be equal. --full
adds 50 million lines. CPU seconds are told (ours, the database session's, the Java process's)
beside those of the clock, since only CPU and ratios mean anything on a busy machine.
"""

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

STORY = 2.3  # yuan a credit, as the story tells it
ALL = ("online", "score", "batch")


@dataclass(slots=True)
class Costs:
    """CPU seconds found by the name of what was done, for the sum at the end."""

    price: float  # yuan for an hour of one core
    found: dict[str, float] = field(default_factory=dict)

    def yuan(self, seconds: float) -> float:
        return seconds * self.price / 3600


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks risk", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--only", nargs="+", choices=ALL, default=list(ALL))
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--full", action="store_true", help="50 million lines as well")
    parser.add_argument("--parts", type=int, default=0, help="0: one for each 10 million lines")
    parser.add_argument("--memory", default="6GB", help="what DuckDB may take")
    parser.add_argument("--engines", nargs="+", default=["postgres", "duckdb", "spark"])
    parser.add_argument("--largest", type=int, default=1_000_000, help="lines of the largest shop")
    parser.add_argument("--small", type=int, default=1_000_000, help="lines of 2,000 small shops")
    parser.add_argument("--price", type=float, default=0.30, help="yuan for a core-hour")
    parser.add_argument("--folder", type=Path, help="for the facts; kept when named")
    asked = parser.parse_args(arguments)
    costs = Costs(asked.price)
    if "score" in asked.only:
        from benchmarks import risk_score

        risk_score.measure(costs)
    if "online" in asked.only:
        from benchmarks import risk_online

        risk_online.measure(costs, asked.largest, asked.small)
    if "batch" in asked.only:
        _batch(costs, asked)
    _sum_up(costs)


def _batch(costs: Costs, asked: argparse.Namespace) -> None:
    """Each engine at each size; one table of all."""
    from benchmarks import risk_batch, risk_night, risk_postgres

    nights, others = [], [each for each in asked.engines if each != "postgres"]
    for lines in asked.lines + ([50_000_000] if asked.full else []):
        if "postgres" in asked.engines:
            nights.append(risk_postgres.measure(lines, parts=asked.parts))
        with tempfile.TemporaryDirectory(prefix="mall-risk-") as own:
            if not others:
                continue
            nights += risk_batch.measure(
                asked.folder or Path(own), lines, others, parts=asked.parts, memory=asked.memory
            )
    print(risk_night.table(nights))
    for night in nights:
        name = f"a seller's night on {night.engine}, {night.lines:,} lines"
        costs.found[name] = night.whole[0] / night.sellers


def _sum_up(costs: Costs) -> None:
    print(f"\nAt {costs.price:.2f} yuan a core-hour, beside {STORY} yuan a credit:")
    for name, seconds in costs.found.items():
        yuan = costs.yuan(seconds)
        print(f"{name:<58}{seconds * 1e6:>13,.1f} us CPU {yuan:>12.2e} yuan, 1/{STORY / yuan:,.0f}")
