"""The local PostgreSQL starts anywhere, survives a kill, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from core.postgres import Cluster, PostgresError, throwaway
from core.postgres_programs import find_programs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder that every account may pass: pytest's own are long and closed."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(place: Path) -> Iterator[Cluster]:
    cluster = Cluster(place / "postgres", durable=False)
    yield cluster
    cluster.stop()


def ask(cluster: Cluster, question: str, database: str = "postgres") -> str:
    address = cluster.url(database).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_starts_twice_and_stops_twice(cluster: Cluster) -> None:
    assert not cluster.running()
    cluster.start()
    first = postmaster(cluster)
    cluster.start()
    assert postmaster(cluster) == first

    cluster.stop()
    cluster.stop()
    assert not cluster.running()


def test_it_speaks_utf8_in_utc_and_to_nobody_outside(cluster: Cluster) -> None:
    cluster.start()
    assert ask(cluster, "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "SELECT upper('é')") == "É"
    assert ask(cluster, "SHOW timezone") == "UTC"
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert ask(cluster, "SHOW max_connections") == "100"
    assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700


def test_a_database_is_made_once(cluster: Cluster) -> None:
    cluster.start()
    cluster.ensure_database("mall")
    cluster.ensure_database("mall")
    assert ask(cluster, "SELECT current_database()", "mall") == "mall"


def test_what_was_written_survives_kill_9(place: Path) -> None:
    cluster = Cluster(place / "postgres")
    cluster.start()
    with psycopg.connect(cluster.url("postgres").replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
    ask(cluster, "INSERT INTO kept VALUES (7) RETURNING number")
    os.kill(postmaster(cluster), signal.SIGKILL)

    cluster.start()
    assert ask(cluster, "SELECT number FROM kept") == "7"
    cluster.stop()


def test_one_that_lives_but_lets_nobody_in_yet_is_waited_for(cluster: Cluster) -> None:
    cluster.start()
    first = postmaster(cluster)
    address = cluster.url("postgres").replace("+psycopg", "")
    with ExitStack() as everybody:
        try:
            while True:
                everybody.enter_context(psycopg.connect(address))
        except psycopg.OperationalError:
            assert not cluster.running()  # full, as it is closed while it recovers from a crash
        with ThreadPoolExecutor(1) as waiter:
            starting = waiter.submit(cluster.start)
            time.sleep(0.5)
            everybody.close()
            starting.result()
    assert cluster.running()
    assert postmaster(cluster) == first


def test_a_stale_number_of_another_process_does_not_stop_it(cluster: Cluster) -> None:
    cluster.start()
    stale = (cluster.data / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    stale[0] = str(os.getpid())
    (cluster.data / "postmaster.pid").write_text("\n".join(stale))

    cluster.start()
    assert postmaster(cluster) != os.getpid()


@pytest.mark.parametrize("name", ["with some spaces", "long-" * 24])
def test_a_strange_path_gets_a_short_socket(place: Path, name: str) -> None:
    (place / name).mkdir()
    cluster = Cluster(place / name / "postgres", durable=False)
    cluster.start()
    assert ask(cluster, "SELECT 1") == "1"
    assert len(str(cluster.socket_folder)) < 80 and " " not in cluster.url()

    cluster.stop()
    assert not cluster.socket_folder.exists()


def test_a_link_planted_where_the_socket_goes_is_refused(place: Path) -> None:
    (place / "a folder").mkdir()
    cluster = Cluster(place / "a folder" / "postgres", durable=False)
    cluster.socket_folder.symlink_to(place)
    try:
        with pytest.raises(PostgresError, match="belongs to another account"):
            cluster.start()
    finally:
        cluster.socket_folder.unlink()


def test_three_starters_at_once_make_one_server(place: Path) -> None:
    clusters = [Cluster(place / "postgres", durable=False) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(Cluster.start, clusters))
    assert len({postmaster(cluster) for cluster in clusters}) == 1
    assert all(cluster.running() for cluster in clusters)
    clusters[0].stop()


def test_a_killed_owner_leaves_neither_server_nor_folder() -> None:
    story = (
        "from core.postgres import throwaway\n"
        "with throwaway() as cluster:\n"
        "    print(cluster.folder.parent, flush=True)\n"
        "    input()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", story],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        pid = int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])
        owner.kill()

    for _ in range(100):
        if not folder.exists():
            break
        time.sleep(0.1)
    assert not folder.exists()
    assert not Path(f"/proc/{pid}/cwd").exists()


def test_a_throwaway_is_gone_afterwards() -> None:
    with throwaway() as cluster:
        assert ask(cluster, "SHOW fsync") == "off"
    assert not cluster.folder.parent.exists()


def test_a_missing_version_is_said_plainly() -> None:
    with pytest.raises(PostgresError, match="No PostgreSQL 7, which made the existing data"):
        find_programs(7)
