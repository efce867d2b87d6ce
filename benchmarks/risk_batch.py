"""Everyone over Parquet facts, on DuckDB and Spark, as a ratio to a plain scan of the same columns."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import risk_columns, risk_facts
from benchmarks.risk_night import Night, Took, cpu_of, parts_of, peak_of, took

DAY, SUBJECT = 20_700, "seller"


def measure(
    folder: Path, lines: int, engines: list[str], *, parts: int, memory: str
) -> list[Night]:
    """Make the facts of so many lines and run each engine over them.

    parts    shops are taken in so many; 0: as many as memory wants
    memory   what DuckDB may take ("6GB"); the rest goes to the disk
    """
    place = folder / f"lines-{lines}"
    sellers = risk_facts.make(place / "snapshot", lines, DAY)
    bytes_ = sum(file.stat().st_size for file in (place / "snapshot").rglob("*.parquet"))
    print(f"\n{lines:,} lines of {sellers:,} sellers: {bytes_ / 2**20:,.0f} MiB of Parquet")
    of, nights = parts_of(lines, parts), []
    for engine in engines:
        run = _duckdb(place, of, memory) if engine == "duckdb" else _spark(place, of)
        whole, scan, peak, first = run
        nights.append(Night(engine, lines, sellers, of, whole, scan, peak, first))
        print(
            f"  {engine} took {whole[0]:,.1f} CPU-s, {whole[1]:,.1f} s; scan {scan[0]:,.2f} CPU-s"
        )
    if len({_mark(place / engine) for engine in engines}) > 1:
        raise RuntimeError("the engines do not agree")
    return nights


def _mark(file: Path) -> str:
    """What an engine said, as a mark that equal rows share."""
    import hashlib

    from finance.risk.engines import results

    rows, digest = results.read(file), hashlib.sha256()
    for column in rows.combine_chunks().columns:
        digest.update(repr(column.to_pylist()).encode())
    return digest.hexdigest()


Run = tuple[Took, Took, int, float]  # the whole, a plain scan, most memory, CPU before the first


def _parts(engine: Any, of: int, to: Path) -> None:
    """Compute part after part, a file each."""
    from finance.risk.engines import Part

    to.mkdir(exist_ok=True)
    for number in range(of):
        engine.write(SUBJECT, DAY, Part(number, of), to / f"{number}.parquet")


def _plain(ask: Callable[[str], object]) -> None:
    """A statement for each relation."""
    for name, read in risk_columns.read_by(SUBJECT).items():
        ask(risk_columns.scan(name, read))


def _duckdb(place: Path, of: int, memory: str) -> Run:
    from finance.risk.engines import Part
    from finance.risk.engines.duckdb import OnDuckDB

    engine, cpu = OnDuckDB(place, memory_limit=memory), time.process_time

    def scan() -> None:
        with engine.connect(SUBJECT, Part()) as duck:
            _plain(lambda sql: duck.execute(sql).fetchall())

    scan()  # once before, so that both find the files in the system's memory
    plain = took(scan, cpu)
    whole = took(lambda: _parts(engine, of, place / "duckdb"), cpu)
    return whole, plain, peak_of(os.getpid()), 0.0


def _spark(place: Path, of: int) -> Run:
    from finance.risk.engines import Part
    from finance.risk.engines.spark import OnSpark

    engine = OnSpark(place, "local[2]", **{"spark.driver.memory": "4g"})
    began = time.process_time()
    session = engine.session()
    java = session.sparkContext._gateway.proc.pid
    first = time.process_time() - began + cpu_of(java)

    def cpu() -> float:
        return time.process_time() + cpu_of(java)

    def scan(where: str = "") -> None:
        engine.show(SUBJECT, Part())
        _plain(lambda sql: session.sql(sql + where).collect())

    try:
        # the Java process warms up, by a twelfth of the rows
        first += took(lambda: scan(f" WHERE known_day < {DAY - 330}"), cpu)[0]
        plain = took(scan, cpu)
        whole = took(lambda: _parts(engine, of, place / "spark"), cpu)
        peak = peak_of(java)
    finally:
        engine.close()
    return whole, plain, peak, first
