"""One door to the project: python3 dev.py run, test, check, chaos, setup, flask or lock."""

from __future__ import annotations  # so that an old Python gets as far as our advice

import argparse
import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from core.postgres import Cluster

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
STAMPS = VENV / "installed.txt"
FLASK = ("flask", "--app", "wsgi")
ALONE = fcntl.LOCK_EX | fcntl.LOCK_NB
RUNTIME, EVERYTHING, BATCH = (f"requirements{of}.txt" for of in ("", "-dev", "-batch"))

HELP = """\
commands
  run            start the mall: database, demo world when empty, web server, worker
  test [ARGS]    run all tests in parallel; ARGS go to pytest
  check          ruff, mypy and the import contracts
  chaos [ARGS]   break everything that may break, and say what was lost (docs/faults.md)
  setup          only make the environment in .venv
  flask ARGS     one flask command against the same database: flask ledger audit
  lock           write requirements*.txt anew from requirements*.in (needs uv)

environment
  DATABASE_URL          a PostgreSQL (15 to 18) of your own instead of the embedded one in var/postgres
  DATABASE_OWNER_URL    who makes its tables, if DATABASE_URL is the application's own sign-in
  SECRET_KEY            signs sessions; made once in var/secret_key when not given
  PORT                  first port to try [5000]
  MALL_WEB_WORKERS, MALL_WEB_THREADS   processes of the web server [2], threads of each [4]
  MALL_DEMO, MALL_DEMO_DAYS   no: leave an empty database empty; days the demo has been open
  MALL_TEST_DATABASE_URL   a PostgreSQL for the tests instead of a throw-away one
  MALL_TEST_PROCESSES   processes that run tests [2 to 4, as many as processors]
  MALL_CHROMIUM         the browser for browser tests [the first one found]
  CI                    true: a missing browser fails the tests instead of skipping some
"""


def say(words: str) -> None:
    print(f"» {words}", flush=True)


# The environment: .venv, hash-locked, made with the standard library alone.
def setup(lock: str) -> None:
    """Install `lock` into .venv unless it is there already."""
    VAR.mkdir(exist_ok=True)
    with locked(VAR / "setup.lock"):
        stamps = STAMPS.read_text().splitlines() if STAMPS.exists() else []
        if works(PYTHON) and stamp(lock) in stamps:
            return
        if not works(PYTHON) or (not stamps and not VENV.is_symlink()):
            say("Making the environment in .venv")
            subprocess.run(
                [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=True
            )
        say(f"Installing what {lock} lists (seconds with uv, a minute or two with pip)")
        for command in installers():
            options: list[str | Path] = ["--quiet", "--require-hashes", "-r", ROOT / lock]
            if subprocess.run([*command, *options], check=False).returncode == 0:
                break
        else:
            stop(f"{lock} could not be installed; the lines above say why.")
        # The longer list contains the shorter one.
        have = [stamp(RUNTIME), stamp(EVERYTHING)] if lock == EVERYTHING else [stamp(lock)]
        STAMPS.write_text("\n".join(have) + "\n")


def stamp(lock: str) -> str:
    return f"{lock} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"


def works(python: Path) -> bool:
    """Whether a Python is there: one that was upgraded away leaves a link to nowhere."""
    return python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0


def installers() -> Iterator[list[str | Path]]:
    """Commands that install into .venv, best first: uv, else its own pip, else our caller's."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--python", PYTHON]
        yield [uv, "pip", "install", "--system-certs", "--python", PYTHON]  # a company's proxy
    if has_module(PYTHON, "ensurepip") and not has_module(PYTHON, "pip"):
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    if has_module(PYTHON, "pip"):
        yield [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    elif has_module(sys.executable, "pip"):
        yield [sys.executable, "-m", "pip", "--python", PYTHON, "install"]
    else:
        say("This Python lacks pip: apt-get install python3-venv, or install uv; then try again.")


def has_module(python: str | Path, name: str) -> bool:
    asked = subprocess.run([python, "-c", f"import {name}"], check=False, capture_output=True)
    return asked.returncode == 0


def enter(lock: str) -> None:
    """Go on inside .venv: everything below may import what was installed."""
    setup(lock)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev.py"), *sys.argv[1:]])


@contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[TextIO]:
    """Hold the lock of a file; with LOCK_NB, BlockingIOError when somebody else has it."""
    with path.open("a") as file:
        fcntl.flock(file, how)
        yield file


# The mall: database, migrations, demo world, web server and worker.


@contextmanager
def database(*words: str) -> Iterator[Cluster | None]:
    """Set DATABASE_… and SECRET_KEY; yield the embedded cluster, which the last to leave stops.

    None with one of your own, and where the flask command `words` needs none."""
    from finance.lending.alone import words_after

    os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secret_key()
    if os.environ.get("DATABASE_URL") or words_after(["flask", *words]):
        yield None
        return
    from core.postgres import Cluster

    cluster = Cluster(VAR / "postgres")
    with locked(VAR / "database.lock", fcntl.LOCK_SH) as users:
        try:
            cluster.start()
            cluster.ensure_database("mall")
            os.environ |= cluster.environment("mall")
            yield cluster
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(users, ALONE)
                cluster.stop()


def secret_key() -> str:
    """The key in var/secret_key, made on the first call and readable by its owner only."""
    path, draft = VAR / "secret_key", VAR / f"secret_key.{os.getpid()}"
    if not path.exists():
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # whoever comes second takes the first one's
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def flask(*words: str) -> list[str]:
    return [sys.executable, "-m", *FLASK, *words]


def answer(*words: str) -> str:
    """What a flask command prints, asked within this process; a failure ends us with its words."""
    from wsgi import create_app

    asked = create_app().test_cli_runner().invoke(args=words, catch_exceptions=False)
    return asked.output.strip("\n") if asked.exit_code == 0 else stop(asked.output)


def stop(words: str) -> NoReturn:
    sys.exit(f"» {words}")


def build(environment: dict[str, str]) -> bool:
    """Build the demo world unless it stands complete; whether it was built now."""
    if os.environ.get("MALL_DEMO") == "no" or answer("demo", "status").split()[-1:] == ["ready"]:
        return False
    say("Building the demo mall")
    days = os.environ.get("MALL_DEMO_DAYS")
    command = flask("demo", "build", "--no-check", *(["--days", days] if days else []))
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        stop("The demo mall was not completed; the next run builds it anew.")
    return True


def web(port: int) -> list[str]:
    knob = os.environ.get
    command = ["gunicorn", "wsgi:serve()", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--graceful-timeout", "1"]
    workers, threads = knob("MALL_WEB_WORKERS", "2"), knob("MALL_WEB_THREADS", "4")
    return [*command, "--workers", workers, "--threads", threads]


def run() -> None:
    """Serve until Ctrl-C or SIGTERM, reviving what dies meanwhile."""
    from core import processes

    with locked(VAR / "run.lock", ALONE), processes.interruptible(), database() as cluster:
        say("Bringing the tables up to date")
        answer("db", "upgrade")
        port = processes.free_port(int(os.environ.get("PORT", "5000")))
        address, plain = f"http://127.0.0.1:{port}", dict(os.environ)
        os.environ |= {"PUBLIC_URL": address, "DEVICE_TRACES": "no"} | os.environ  # one browser
        commands = {"web server": web(port), "worker": [*FLASK, "worker"]}
        with processes.waking(commands, VAR / "log") as (running, open_doors):
            built = build(plain)
            open_doors()
            sign_ins = "" if os.environ.get("MALL_DEMO") == "no" else answer("demo", "sign-ins")
            processes.wait_until_served(address, running)
            told = f"  The mall is open: {address}\n\n{sign_ins}\n\n  Ctrl-C closes it."
            print(f"\n{told}\n", flush=True)
            if cluster:
                cluster.flush()
            if built:
                say(f"Checked the book of its year: {answer('ledger', 'audit').splitlines()[-1]}")
            processes.keep(running, cluster)


# Tests and checks.


def test(words: list[str]) -> int:
    processes = os.environ.get("MALL_TEST_PROCESSES") or min(4, max(2, os.cpu_count() or 2))
    return subprocess.call([sys.executable, "-m", "pytest", "-n", str(processes), *words])


def check() -> int:
    """Run every check even when one fails; 1 when any did. A test whose import broke counts."""
    checks = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy"],
        "import contracts": [str(VENV / "bin" / "lint-imports")],
        "tests import": ["-m", "pytest", "-qqq", "--collect-only"],
    }
    failed = []
    for name, command in checks.items():
        say(name)
        failed += [name] if subprocess.call([sys.executable, *command]) != 0 else []
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def lock() -> int:
    """Pin every direct and indirect dependency for every platform, naming no registry."""
    command = ["uv", "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-header"]
    command += ["--python-version=3.11", "--only-binary=:all:", "--no-annotate"]
    for name, others in ((EVERYTHING, []), (RUNTIME, ["-c", EVERYTHING]), (BATCH, [])):
        subprocess.run([*command, name.replace(".txt", ".in"), *others, "-o", name], check=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser("dev.py", description=__doc__, epilog=HELP)
    parser.formatter_class = argparse.RawTextHelpFormatter
    doors = ["run", "test", "check", "chaos", "setup", "flask", "lock"]
    parser.add_argument("command", choices=doors)
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    os.chdir(ROOT)
    if asked.command == "lock":
        return lock()
    enter(RUNTIME if asked.command in ("run", "flask") else EVERYTHING)
    if asked.command == "run":
        run()
    if asked.command == "flask":
        with database(*asked.words):
            return subprocess.run(flask(*asked.words), check=False).returncode
    if asked.command == "test":
        return test(asked.words)
    if asked.command == "chaos":
        return subprocess.call([sys.executable, "-m", "tests.chaos", *asked.words])
    return check() if asked.command == "check" else 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("The mall needs Python 3.11 or later: try python3.11 dev.py, python3.12 dev.py, …")
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\n» Closed.")
    except BlockingIOError:
        stop("The mall runs already from this folder; its terminal shows the address.")
    except PermissionError as error:
        stop(f"{error.filename} belongs to another account: run as that account, or chown it.")
    except RuntimeError as error:  # PostgreSQL or a process of ours says what is wrong
        stop(str(error))
    except subprocess.CalledProcessError as error:
        stop(f"{Path(str(error.cmd[0])).name} failed with {error.returncode}.")
