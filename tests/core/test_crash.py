"""A crash point kills the process that names it, at the pass it names, and nobody else."""

import os
import subprocess
import sys

PROGRAM = """
from core.crash import crashpoint
for number in range(3):
    print(number, flush=True)
    crashpoint("after:place")
"""


def run(**environment: str) -> tuple[int, list[str]]:
    """The return code and what was said before the end."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout.split()


def test_nobody_dies_unasked() -> None:
    assert run() == (0, ["0", "1", "2"])
    assert run(CRASHPOINT="before:place") == (0, ["0", "1", "2"])


def test_the_named_point_kills_at_its_pass() -> None:
    assert run(CRASHPOINT="after:place") == (-9, ["0"])
    assert run(CRASHPOINT="after:place", CRASHPOINT_NTH="3") == (-9, ["0", "1", "2"])
