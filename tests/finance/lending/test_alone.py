"""The arithmetic's commands load no room and need no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from finance.lending.alone import NAMES, words_after
from finance.lending.cli import COMMANDS

ROOT = Path(__file__).parents[3]
ASKED = {
    "apr": {
        "method": "effective",
        "flows": [{"years": 0, "amount": 100}, {"years": 1, "amount": -110}],
    },
    "quote": {
        "config": {"principal": 100, "number_of_repayments": 1, "annual_rate_percent": 0},
        "disbursed_on": "2026-01-01",
    },
    "replay": {
        "config": {"principal_approved": 1, "number_of_repayments": 1, "annual_rate_percent": 0},
        "timeline": [],
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_a_command_loads_nothing_of_the_mall(name: str) -> None:
    environment = os.environ | {"PYTHONPROFILEIMPORTTIME": "1", "DATABASE_URL": "nowhere://"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "finance", name, "--lines"],
        input=json.dumps(ASKED[name]) + "\n",
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert "error" not in json.loads(done.stdout)
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "finance.lending.cli" in loaded
    assert not loaded & {"sqlalchemy", "stripe", "core.db", "mall", "flask_migrate", "psycopg"}


def test_only_its_own_commands_are_answered_so() -> None:
    assert set(NAMES) == {command.name for command in COMMANDS}
    assert words_after(["/venv/bin/flask", "finance", "apr", "--lines"]) == ["apr", "--lines"]
    module = ["/lib/flask/__main__.py", "--app", "wsgi", "--debug", "finance", "quote"]
    assert words_after(module) == ["quote"]
    others = [[], ["flask"], ["flask", "finance"], ["flask", "finance", "run-day"]]
    others += [["flask", "ledger", "apr"], ["pytest", "finance", "apr"], ["gunicorn", "apr"]]
    assert [words_after(words) for words in others] == [[]] * len(others)
