"""Spark says the same as DuckDB, here and on a cluster that loses a worker; where it is found."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finance.risk.engines import Part, copying, results
from finance.risk.engines.duckdb import OnDuckDB
from finance.risk.engines.spark import OnSpark
from mall.facts import published
from tests.finance.risk.features import world

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
        reason="Spark is an extra: requirements-spark.txt and Java 17",
    ),
]
HERE = "127.0.0.1"


def facts(folder: Path, orders: int) -> None:
    """A world made by dice as a snapshot."""
    for name, rows in world.make(orders=orders).items():
        place = folder / "snapshot" / name
        place.mkdir(parents=True)
        schema = copying.schema_of(tuple(published.table(name).columns))
        pq.write_table(pa.Table.from_pylist(rows, schema), place / "0.parquet")


def rows_of(place: Path) -> list[dict[str, int | None]]:
    """What was written, in the order of subjects."""
    rows = results.read(place)
    assert {str(kind) for kind in rows.schema.types} == {"int64"}
    return rows.to_pylist()


def by_duckdb(
    folder: Path, as_of: int, part: Part, subject: str = "seller"
) -> list[dict[str, int | None]]:
    OnDuckDB(folder).write(subject, as_of, part, folder / "duckdb.parquet")
    return rows_of(folder / "duckdb.parquet")


def test_local_spark_agrees(tmp_path: Path) -> None:
    facts(tmp_path, 2_000)
    spark = OnSpark(tmp_path, "local[2]", **{"spark.sql.shuffle.partitions": "2"})
    try:
        for subject, as_of, part in (
            ("seller", world.TODAY, Part()),
            ("seller", world.TODAY - 45, Part(1, 3)),
            ("buyer", world.TODAY, Part()),
        ):
            spark.write(subject, as_of, part, tmp_path / "spark")
            said = rows_of(tmp_path / "spark")
            assert len(said) > 10
            assert said == by_duckdb(tmp_path, as_of, part, subject)
        for subject in ("buyer", "category"):
            spark.write(subject, world.TODAY, Part(), tmp_path / "spark")
            theirs = by_duckdb(tmp_path, world.TODAY, Part(), subject)
            assert len(theirs) > 100
            assert sorted(map(str, rows_of(tmp_path / "spark"))) == sorted(map(str, theirs))
    finally:
        spark.close()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HERE, 0))
        return int(asked.getsockname()[1])


@contextmanager
def started(folder: Path, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of Spark in a process group of its own, gone at the end."""
    found = importlib.util.find_spec("pyspark")
    assert found is not None and found.origin is not None
    home = Path(found.origin).parent
    environment = os.environ | {"SPARK_LOCAL_IP": HERE, "SPARK_HOME": str(home)}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *words],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a daemon with all it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def said(log: Path, words: str, times: int = 1) -> None:
    """Wait until the log has the words so often; generous, since machines are busy."""
    end = time.monotonic() + 600
    while log.read_text(errors="replace").count(words) < times:
        assert time.monotonic() < end, log.read_text(errors="replace")[-2_000:]
        time.sleep(0.5)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A master and two workers on this machine alone."""
    port, work = free_port(), "org.apache.spark.deploy.worker.Worker"
    address = f"spark://{HERE}:{port}"
    master = ["org.apache.spark.deploy.master.Master", "--host", HERE, "--port", str(port)]
    one = ["--host", HERE, "--webui-port", "0", "--cores", "1", "--memory", "1g", address]
    with started(folder, "master", *master, "--webui-port", "0"):
        said(folder / "master.log", "I have been elected leader")
        with (
            started(folder, "a", work, "--work-dir", str(folder / "work-a"), *one) as first,
            started(folder, "b", work, "--work-dir", str(folder / "work-b"), *one) as second,
        ):
            said(folder / "master.log", "Registering worker", 2)
            yield address, [first, second]


def test_a_cluster_that_loses_a_worker_agrees(tmp_path: Path) -> None:
    facts(tmp_path, 2_000)
    logs = tmp_path / "logs"
    logs.mkdir()
    with cluster(logs) as (address, workers):
        spark = OnSpark(
            tmp_path,
            address,
            **{"spark.sql.shuffle.partitions": "4", "spark.executor.memory": "512m"},
        )
        try:
            tracker = spark.session().sparkContext.statusTracker()
            said(logs / "a.log", "Launch command")
            said(logs / "b.log", "Launch command")
            work = threading.Thread(
                target=spark.write, args=("seller", world.TODAY, Part(), tmp_path / "spark")
            )
            began = time.monotonic()
            work.start()
            while not tracker.getActiveStageIds():
                assert time.monotonic() - began < 600 and work.is_alive()
                time.sleep(0.1)
            kill(workers[0])
            assert work.is_alive(), "it was over before the worker died"
            work.join(900)
            assert not work.is_alive()
        finally:
            spark.close()
    assert rows_of(tmp_path / "spark") == by_duckdb(tmp_path, world.TODAY, Part())
