"""dev.py installs only when a lock changed, keeps one key, and leaves no process behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import dev
from core import processes

ROOT = Path(dev.__file__).parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two locks that stands in for the project."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VAR", tmp_path / "var")
    return tmp_path


def test_a_stamp_changes_with_its_lock_and_names_it(project: Path) -> None:
    before = dev.stamp("requirements.txt")
    assert before == dev.stamp("requirements.txt")
    assert before.startswith("requirements.txt ")

    (project / "requirements.txt").write_text("flask==3.1.3\n")
    assert dev.stamp("requirements.txt") != before


def test_the_key_is_made_once_for_its_owner_alone(project: Path) -> None:
    key = dev.secret_key()
    assert len(key) >= 48
    assert dev.secret_key() == key
    assert (project / "var/secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (project / "var").iterdir()] == ["secret_key"]


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with dev.locked(path), pytest.raises(BlockingIOError), dev.locked(path, dev.ALONE):
        pass
    with dev.locked(path, dev.ALONE):
        pass


def test_the_last_to_leave_stops_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    with tempfile.TemporaryDirectory(prefix="dev-", dir="/tmp") as var:
        Path(var).chmod(0o711)
        monkeypatch.setattr(dev, "VAR", Path(var))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("DATABASE_OWNER_URL", "")
        with dev.database() as first:
            assert first is not None
            assert os.environ["DATABASE_URL"] == first.url("mall", "mall_app")
            assert os.environ["DATABASE_OWNER_URL"] == first.url("mall")
            monkeypatch.delenv("DATABASE_URL")
            with dev.database() as second:
                assert second is not None
            assert first.running()
        assert not first.running()


def test_a_database_of_ones_own_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/mall")
    with dev.database() as cluster:
        assert cluster is None
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/mall"


def test_the_lenders_arithmetic_starts_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SECRET_KEY", "a key")
    with dev.database("finance", "quote", "--lines") as cluster:
        assert cluster is None


def test_a_missing_module_is_noticed() -> None:
    assert dev.has_module(sys.executable, "json")
    assert not dev.has_module(sys.executable, "no_such_module")
    assert not dev.works(Path("/no/such/python"))


def test_the_next_port_is_taken_when_one_is_busy() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert port < processes.free_port(port) < port + 100


def test_the_locks_name_hashes_and_no_registry() -> None:
    for name in (dev.RUNTIME, dev.EVERYTHING):
        text = (ROOT / name).read_text()
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 50
        assert "http" not in text and "index" not in text
        assert text.count("--hash=sha256:") >= len(pins)


def test_the_longer_lock_pins_what_the_shorter_one_pins() -> None:
    short, long = (
        {line for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in (dev.RUNTIME, dev.EVERYTHING)
    )
    assert short <= long


def test_help_explains_every_knob() -> None:
    said = subprocess.run(
        [sys.executable, "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    source = (ROOT / "dev.py").read_text() + (ROOT / "core/processes.py").read_text()
    knobs = {word for word in source.replace('"', " ").split() if word.startswith("MALL_")}
    assert {"MALL_WEB_WORKERS", "MALL_DEMO_DAYS"} <= knobs
    assert all(knob.rstrip(",)") in said for knob in knobs)


def test_services_end_with_their_block(tmp_path: Path) -> None:
    with processes.services({"sleeper": ["sleep", "60"]}, tmp_path) as running:
        pid = running[0].process.pid
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_service_that_ends_at_once_says_its_last_words(tmp_path: Path) -> None:
    broken = {"web server": ["sh", "-c", "echo no such module; exit 3"]}
    with processes.services(broken, tmp_path) as running:
        running[0].process.wait()
        with pytest.raises(processes.ProcessError, match="no such module"):
            processes.wait_until_served("http://127.0.0.1:9", running)


def test_a_killed_service_is_revived_and_one_that_cannot_live_is_not(tmp_path: Path) -> None:
    def kill(service: processes.Service) -> None:
        service.process.kill()
        service.process.wait()
        service.revive()

    with processes.services({"worker": ["sleep", "60"]}, tmp_path) as (worker,):
        for _ in range(2):
            kill(worker)
            assert worker.process.poll() is None
        with pytest.raises(processes.ProcessError, match="The worker ended"):
            kill(worker)


def test_a_killed_owner_takes_its_services_along(tmp_path: Path) -> None:
    story = (
        "import time; from pathlib import Path; from core import processes\n"
        f"with processes.services({{'sleeper': ['sleep', '60']}}, Path({str(tmp_path)!r})) as all:\n"
        "    print(all[0].process.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", story], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)

    for _ in range(100):
        try:
            if b"sleep" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                return
        except FileNotFoundError:
            return
        time.sleep(0.1)
    pytest.fail("the sleeper still runs")


def test_what_wakes_up_beside_other_work_begins_when_the_doors_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wsgi.py").write_text("open('loaded', 'w')\n")
    (tmp_path / "keeper.py").write_text(
        "import sys\n"
        "with open('begun', 'w') as file:\n"
        "    print(__name__, *sys.argv, 'wsgi' in sys.modules, file=file)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    shop = {"shop": ["keeper", "--early"]}
    with processes.waking(shop, tmp_path / "log") as ((keeper,), open_doors):
        while not Path("loaded").exists():
            keeper.check()
            time.sleep(0.05)
        with pytest.raises(subprocess.TimeoutExpired):
            keeper.process.wait(0.5)
        assert not Path("begun").exists()
        open_doors()
        assert keeper.process.wait(60) == 0
    said = Path("begun").read_text()
    assert said.startswith("__main__ ") and said.endswith(" --early True\n")


def test_whoever_dies_with_shut_doors_takes_along_who_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "wsgi.py").write_text("")
    with pytest.raises(KeyError), processes.waking({"shop": ["http.server"]}, tmp_path) as (all, _):
        raise KeyError
    assert all[0].process.poll() is not None
