"""Random lives beside an independent model (tests/simulation), in a process and mall of their own."""

import re
import subprocess
import sys
from pathlib import Path

from tests.chaos.malls import City
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted

ROOT = Path(__file__).parent.parent.parent
STEPS, QUICK_STEPS = 300, 60
MINUTES = 0.8


def run(city: City, wanted: Wanted, report: Report) -> None:
    """Seed after seed for a while; every step that was compared counts."""
    steps = QUICK_STEPS if wanted.quick else STEPS
    minutes = 0.0 if wanted.quick else MINUTES
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(wanted.seed)]
    command += ["--steps", str(steps), "--minutes", str(minutes)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lived = [int(count) for count in re.findall(r"^seed \d+: (\d+) steps", ran.stdout, re.M)]
    report.count("a life beside an independent model", "steps", sum(lived))
    if ran.returncode:
        said = (ran.stdout + ran.stderr)[-8000:]
        report.lose(f"--only simulation --seed {wanted.seed}", [said])
