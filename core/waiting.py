"""Wakes up beside other work and begins only when the doors open.

python -m core.waiting LOCK MODULE ARGS...   loads the mall, waits until nobody holds the file LOCK
alone, then runs MODULE with ARGS as `python -m` would.
"""

import fcntl
import importlib
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path


def command(lock: Path, words: Sequence[str]) -> list[str]:
    """The command that wakes up now and runs `python -m WORDS` once `lock` is free."""
    return [sys.executable, "-m", "core.waiting", str(lock), *words]


def main(arguments: list[str]) -> None:
    """Load what takes seconds, wait, run; whoever dies lets go of the lock by that."""
    lock, module, *words = arguments
    importlib.import_module("wsgi")
    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
