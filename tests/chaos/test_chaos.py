"""The short run of `make chaos`, with the same code: a choice of every kind of fault, nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SECONDS_MAX = 1500  # a machine with much else to do; alone it takes one minute or two


@pytest.mark.slow
def test_a_short_run_loses_nothing() -> None:
    """In a process of its own, which forks: pytest's has threads."""
    command = [sys.executable, "-m", "tests.chaos", "--quick", "--seed", "7"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert "0 losses" in ran.stdout


def test_a_case_that_does_not_exist_is_no_success() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--only", "kill", "--flow", "nothing"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, "nothing was tried" in ran.stdout) == (1, True)
