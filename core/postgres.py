"""A PostgreSQL of our own: created, started and stopped without any installation."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.postgres_programs import (
    SYSTEM_FOLDER,
    Account,
    PostgresError,
    account_for,
    find_programs,
    within_reach,
)
from core.roles import ROLE

__all__ = ["Cluster", "PostgresError", "throwaway"]

SECONDS_TO_START = 60
SOCKET_PATH_MAX = 80  # the system allows 107 bytes, and the socket's own name takes 15 of them
LOG_BYTES_MAX = 10_000_000
NOBODYS_PID = str(2**31 - 1)  # above what any system hands out
OWNER = "mall"


class Cluster:
    """One local PostgreSQL server, its data in `folder`, reached over a private Unix socket.

    folder   holds `data` and `server.log`; created when missing
    durable  False for data nobody will miss: about twice as quick, lost when the machine stops
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = Path(folder).absolute()
        self.durable = durable

    @cached_property
    def account(self) -> Account:
        return account_for(self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """The folder itself, unless its path is too long or strange for a socket."""
        path = str(self.folder.resolve())
        if len(os.fsencode(path)) <= SOCKET_PATH_MAX and re.fullmatch(r"[\w./-]+", path, re.ASCII):
            return Path(path)
        mark = sha256(os.fsencode(path)).hexdigest()[:12]
        return Path("/tmp", f"mall-postgres-{self.account.uid}-{mark}")

    def url(self, database: str = "mall", user: str = OWNER) -> str:
        """The address of a database in this cluster, as SQLAlchemy wants it."""
        host = quote(str(self.socket_folder), safe="/")
        return f"postgresql+psycopg://{user}@/{database}?host={host}"

    def start(self) -> None:
        """Serve: create what is missing, clear what a crash left, and wait for an answer."""
        with self._alone():
            if self.running():
                return
            self._own(self.folder.resolve())
            major = self._major_of_data()
            programs, major = find_programs(major)
            programs = within_reach(programs, self.account)
            if not self.data.exists():
                self._create(programs, major)
            self._clear_leftovers()
            self._serve(programs)

    def stop(self) -> None:
        """End every connection and stop the server; nothing happens when it does not run."""
        with self._alone():
            if not self._alive():
                return
            programs, _ = find_programs(self._major_of_data())
            programs = within_reach(programs, self.account)
            stopping = ("stop", "-D", "data", "-m", "fast", "-w", "-t", str(SECONDS_TO_START))
            stopped = self.account.run(str(programs / "pg_ctl"), *stopping, cwd=self.folder)
            if stopped.returncode != 0 and self._alive():
                raise PostgresError(f"PostgreSQL in {self.folder} did not stop: {stopped.stdout}")
            if self.socket_folder != self.folder.resolve():
                shutil.rmtree(self.socket_folder, ignore_errors=True)

    def running(self) -> bool:
        """Whether the server answers."""
        try:
            self._connect().close()
        except (psycopg.OperationalError, PermissionError):
            return False
        return True

    def ensure_database(self, name: str) -> None:
        """Create the database `name` unless it is there."""
        with self._connect() as connection:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                pass  # there already, or made this moment by somebody else

    def environment(self, database: str) -> dict[str, str]:
        """Addresses for the application, whose sign-in has no power of the owner's, and the owner."""
        role = sql.Identifier(ROLE)
        with self._connect() as connection:
            try:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(role))
        application, owner = self.url(database, ROLE), self.url(database)
        return {"DATABASE_URL": application, "DATABASE_OWNER_URL": owner}

    def flush(self) -> None:
        """Put on disk what is only logged so far, so that a stop soon after is quick."""
        with self._connect() as connection:
            connection.execute("CHECKPOINT")

    def _connect(self) -> psycopg.Connection:
        host = str(self.socket_folder)
        return psycopg.connect(
            host=host, user=OWNER, dbname="postgres", autocommit=True, connect_timeout=10
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock beside the folder, so that of several starters one does the work."""
        try:
            self._place()
            with (self.folder.parent / f".{self.folder.name}.lock").open("w") as lock:
                flock(lock, LOCK_EX)
                yield
        except PermissionError as error:
            raise PostgresError(
                f"{error.filename or self.folder} belongs to another account. Run this as the account "
                f"that made it (root, if it was root), or give {self.folder} to this one with chown."
            ) from error

    def _place(self) -> None:
        """Make the folder; as root below a closed folder, a link to a place the server can enter."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self.folder.exists():
            return
        if not self.account.is_another or self.account.can_enter(self.folder.parent):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            return
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix="cluster-", dir=SYSTEM_FOLDER))
        try:
            self.folder.symlink_to(elsewhere)
        except FileExistsError:  # a link to nowhere, or somebody else was quicker
            if self.folder.exists():
                elsewhere.rmdir()
            else:
                self.folder.unlink()
                self.folder.symlink_to(elsewhere)

    def _own(self, folder: Path) -> None:
        """Give a folder to the server's account alone, making it if it is missing.

        Below /tmp somebody else may have been there first, even with a link to a place of ours.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.account.uid, os.geteuid()):
            raise PermissionError(1, "not ours", str(folder))
        if found.st_uid != self.account.uid:
            os.chown(folder, self.account.uid, self.account.gid, follow_symlinks=False)
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)

    def _major_of_data(self) -> int | None:
        mark = self.data / "PG_VERSION"
        return int(mark.read_text()) if mark.exists() else None

    def _create(self, programs: Path, major: int) -> None:
        """Make the data under another name first: an interrupted start leaves nothing half made."""
        draft = self.folder / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        # From 17 on PostgreSQL brings the locale itself; before, the system has to.
        locale = ["--locale=C.UTF-8"]
        if major >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        wishes = ["--encoding=UTF8", "--auth=trust", f"--username={OWNER}", "--no-sync", *locale]
        made = self.account.run(
            str(programs / "initdb"), "-D", draft.name, *wishes, cwd=self.folder
        )
        if made.returncode != 0:
            raise PostgresError(f"PostgreSQL could not create {self.data}:\n{made.stdout}")
        draft.replace(self.data)

    def _alive(self) -> bool:
        """Whether the process named in postmaster.pid is a server of this very folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return False
        if Path("/proc/self/cwd").exists():
            try:
                return Path(f"/proc/{pid}/cwd").samefile(self.data)
            except OSError:  # gone, a zombie, or somebody else's process under a used number
                return False
        asked = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
        )
        return b"postgres" in asked.stdout

    def _clear_leftovers(self) -> None:
        """After a crash the number in postmaster.pid may be a zombie's, or reused by a stranger.

        PostgreSQL would take either for a running server. The file stays, because it also names
        the shared memory by which PostgreSQL sees whether children of the killed server still live.
        """
        mark = self.data / "postmaster.pid"
        if mark.exists() and not self._alive():
            mark.write_text("\n".join([NOBODYS_PID, *mark.read_text().split("\n")[1:]]))
            (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.unlink()

    def _settings(self) -> str:
        # What is kept gets room: by the defaults a night over a million loans writes every page
        # several times, and checkpoints all the while. Memory is taken only as it is used.
        kind = (
            "-c shared_buffers=512MB -c max_wal_size=4GB"
            if self.durable
            else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        return (
            f"-c listen_addresses='' -c unix_socket_directories={self.socket_folder} "
            f"-c max_connections=100 -c timezone=UTC -c log_timezone=UTC {kind}"
        )

    def _serve(self, programs: Path) -> None:
        """Start the server, and again while the remains of a killed one hold its memory.

        One that lives but recovers from a crash is not started: it answers by itself, soon.
        """
        self._own(self.socket_folder)
        starting = ["start", "-D", "data", "-l", "server.log", "-w", "-t", str(SECONDS_TO_START)]
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if not self._alive():
                self.account.run(
                    str(programs / "pg_ctl"), *starting, "-o", self._settings(), cwd=self.folder
                )
            if self.running():
                return
            if not self._alive() and "still in use" not in self._last_words():
                break
            time.sleep(0.2)
        raise PostgresError(f"PostgreSQL did not start in {self.folder}:\n{self._last_words()}")

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        return (
            "".join(log.read_text(errors="replace").splitlines(True)[-8:]) if log.exists() else ""
        )


# The guard outlives whoever made the cluster: when the pipe closes, however that came about, it
# stops the server at once and removes the folder.
GUARD = """
cat >/dev/null
pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
for _ in $(seq 100); do [ -e "$1/postgres/data/postmaster.pid" ] || break; sleep 0.1; done
rm -rf "$1"
"""


@contextmanager
def throwaway(*, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster in a temporary folder, gone afterwards even when we are killed."""
    folder = Path(tempfile.mkdtemp(prefix="mall-", dir="/tmp"))
    folder.chmod(0o711)  # the server may run as another account, which must get through
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        cluster = Cluster(folder / "postgres", durable=durable)
        cluster.start()
        yield cluster
    finally:
        guard.communicate()
