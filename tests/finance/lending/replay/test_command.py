"""`flask finance replay`: JSON in, JSON out, complaints by field, no database."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from finance.collections.cli import finance
from finance.lending.replay.text import dump, parse
from tests.worked_examples.test_cases import cases, differences, question

ROOT = Path(__file__).parents[4]
TERMS = {"principal_approved": 100, "number_of_repayments": 2, "annual_rate_percent": 12}
TERMS |= {"days_in_year": "360", "days_in_month": "30"}
CASE = {
    "config": TERMS,
    "timeline": [
        {
            "type": "DISBURSEMENT",
            "date": "2024-01-01",
            "business_date": "2024-01-01",
            "amount": 100,
        },
        {"checkpoint": "schedule", "business_date": "2024-01-01"},
        {"checkpoint": "status", "business_date": "2024-01-01"},
    ],
}


def test_one_object_is_answered_with_its_checkpoints_filled() -> None:
    done = CliRunner().invoke(finance, ["replay"], input=json.dumps(CASE, indent=1))
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    rows = answer["timeline"][1]["rows"]
    # 100 at 1 % a month in two: 50.75 each
    assert [(row["principal"], row["interest"], row["due"]) for row in rows] == [
        (49.75, 1.0, 50.75),
        (50.25, 0.5, 50.75),
    ]
    assert answer["timeline"][2]["expected"] == "ACTIVE"
    assert answer["config"] == CASE["config"]


def test_a_bad_line_is_answered_with_its_field_and_the_rest_go_on() -> None:
    bad = {"config": TERMS | {"number_of_repayments": 0}, "timeline": []}
    text = "\n".join([json.dumps(bad), "{", "", json.dumps(CASE)])
    done = CliRunner().invoke(finance, ["replay", "--lines"], input=text)
    assert done.exit_code == 2
    first, second, third = [json.loads(line) for line in done.stdout.splitlines()]
    assert first["field"] == "config.number_of_repayments"
    assert second["field"] == "input"
    assert third["timeline"][2]["expected"] == "ACTIVE"
    assert "config.number_of_repayments: must be a whole number" in done.stderr


def test_without_lines_a_complaint_goes_to_stderr_alone() -> None:
    done = CliRunner().invoke(finance, ["replay"], input='{"config": {}, "timeline": []}')
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("config.principal_approved: is missing")


def test_the_light_entry_loads_neither_flask_nor_the_database() -> None:
    code = (
        "import sys, finance.lending.replay.command\n"
        "print({'flask', 'sqlalchemy', 'click'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "set()"
    done = subprocess.run(
        [sys.executable, "-m", "finance.lending.replay", "--lines"],
        cwd=ROOT,
        input=json.dumps(CASE),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["timeline"][2]["expected"] == "ACTIVE"


def test_worked_cases_agree_through_the_command_too() -> None:
    named = ("schedules.jsonl", "events.jsonl")
    some = [case for name in named for case in cases(name)[::20]]
    text = "\n".join(dump(question(case)) for case in some)
    done = CliRunner().invoke(finance, ["replay", "--lines"], input=text)
    assert done.exit_code == 0, done.output
    for case, line in zip(some, done.stdout.splitlines(), strict=True):
        got = parse(line)
        assert not differences(case["timeline"], got["timeline"], case["id"])  # type: ignore[index]
