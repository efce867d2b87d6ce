"""Everyone over Parquet facts, on DuckDB and Spark, as a ratio to a plain scan of the same columns."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import risk_columns, risk_facts

DAY, SUBJECT = 20_700, "seller"
LINES_A_PART = 10_000_000  # of these DuckDB takes some 4 GiB


def measure(
    costs: Any, folder: Path, sizes: list[int], engines: list[str], *, parts: int, memory: str
) -> None:
    """Make the facts of each size and run each engine over them.

    parts    shops are taken in so many; 0: as many as memory wants
    memory   what DuckDB may take ("6GB"); the rest goes to the disk
    """
    from finance.risk import features

    count = len(features.features_of(SUBJECT))
    for lines in sizes:
        place = folder / f"lines-{lines}"
        sellers = risk_facts.make(place / "snapshot", lines, DAY)
        bytes_ = sum(file.stat().st_size for file in place.rglob("*.parquet"))
        print(
            f"\n{lines:,} lines of {sellers:,} sellers, {bytes_ / 2**20:,.0f} MiB of Parquet,",
            end="",
        )
        of = parts or -(-lines // LINES_A_PART)
        print(f" {count} features, in {of} parts" if of > 1 else f" {count} features")
        said = {}
        for engine in engines:
            run = _duckdb(place, of, memory) if engine == "duckdb" else _spark(place, of)
            said[engine], scan, whole = run
            print(f"  {engine:<8} features {whole[0]:>8.1f} CPU-s ({whole[1]:,.1f} s), ", end="")
            print(f"plain scan {scan[0]:.2f} CPU-s: {whole[0] / scan[0]:.1f} times it")
            costs.found[f"a seller's night on {engine}, {lines:,} lines"] = whole[0] / sellers
        if len({_mark(file) for file in said.values()}) > 1:
            raise RuntimeError("the engines do not agree")


def _mark(file: Path) -> str:
    """What an engine said, as a mark that equal rows share."""
    import hashlib

    from finance.risk.engines import results

    rows, digest = results.read(file), hashlib.sha256()
    for column in rows.combine_chunks().columns:
        digest.update(repr(column.to_pylist()).encode())
    return digest.hexdigest()


Took = tuple[float, float]  # seconds of CPU, seconds of the clock


def _took(work: Callable[[], object], cpu: Callable[[], float]) -> Took:
    used, began = cpu(), time.perf_counter()
    work()
    return cpu() - used, time.perf_counter() - began


def _parts(engine: Any, of: int, to: Path) -> None:
    """Compute part after part, a file each."""
    from finance.risk.engines import Part

    to.mkdir(exist_ok=True)
    for number in range(of):
        engine.write(SUBJECT, DAY, Part(number, of), to / f"{number}.parquet")


def _duckdb(place: Path, of: int, memory: str) -> tuple[Path, Took, Took]:
    from finance.risk.engines import Part
    from finance.risk.engines.duckdb import OnDuckDB

    engine, to = OnDuckDB(place, memory_limit=memory), place / "duckdb"

    def scan() -> None:
        with engine.connect(SUBJECT, Part()) as duck:
            for name, read in risk_columns.read_by(SUBJECT).items():
                duck.execute(risk_columns.scan(name, read)).fetchall()

    scan()  # once before, so that both find the files in the system's memory
    plain = _took(scan, time.process_time)
    whole = _took(lambda: _parts(engine, of, to), time.process_time)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  duckdb   peak memory so far {peak / 2**20:.2f} GiB")
    return to, plain, whole


def _spark(place: Path, of: int) -> tuple[Path, Took, Took]:
    from finance.risk.engines import Part
    from finance.risk.engines.spark import OnSpark

    engine, to = (
        OnSpark(place, "local[2]", **{"spark.driver.memory": "4g"}),
        place / "spark",
    )
    began = time.perf_counter()
    session = engine.session()
    java = session.sparkContext._gateway.proc.pid

    def cpu() -> float:
        fields = Path(f"/proc/{java}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / 100

    print(f"  spark    session {time.perf_counter() - began:.0f} s, {cpu():.0f} CPU-s")

    def scan() -> None:
        engine.show(SUBJECT, Part())
        for name, read in risk_columns.read_by(SUBJECT).items():
            session.sql(risk_columns.scan(name, read)).collect()

    try:
        scan()  # the Java process warms up
        plain = _took(scan, cpu)
        whole = _took(lambda: _parts(engine, of, to), cpu)
    finally:
        engine.close()
    return to, plain, whole
