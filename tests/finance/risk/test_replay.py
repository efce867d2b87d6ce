"""Decisions made again: every byte the same on each Python, and whatever was altered is found."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.money import Money
from finance.risk import again, policies, policy, replaying, scorecard
from finance.risk.models import Decision, ReplayRun
from finance.risk.replay_cli import replay_command
from tests.factories.loans import make_decision
from tests.factories.owner import as_owner
from tests.finance.money import yuan
from tests.finance.risk import golden

ROOT = Path(__file__).parents[3]


def interpreter(version):
    """A Python of this version that runs here, wherever it is kept; None without one."""
    found = [shutil.which(f"python{version}")]
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += sorted(map(str, kept.glob(f"{version}.*/bin/python")))
    tried = (p for p in found if p and _runs(p, version))
    return next(tried, None)


def _runs(python, version):
    said = subprocess.run([python, "-V"], capture_output=True, text=True, check=False).stdout
    return said.startswith(f"Python {version}.")


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_known_answers_come_out_the_same_on_each_python(version):
    this = f"{sys.version_info[0]}.{sys.version_info[1]}"
    python = sys.executable if version == this else interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    command = [python, "-m", "finance.risk.again", str(golden.FILE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"{len(golden.lines())} decided again, 0 differ.\n"


def test_every_policy_of_today_has_known_answers():
    there = {json.loads(line)["policy"] for line in golden.lines()}
    assert there > set(policies.TODAY)
    assert there >= {"buyer_installments_1", "seller_capital_1"}  # and those of former days


def test_an_altered_line_of_the_file_is_found():
    line = json.loads(golden.lines()[0])
    line["inputs"]["book"]["paused_until"] = "2027-01-01"
    count, found = again.different([json.dumps(line), golden.lines()[1]])
    assert count == 2
    assert len(found) == 1
    assert found[0].startswith("buyer_case 0: ")
    assert "reasons was" in found[0]


def alter(db, decision, sql):
    """Somebody with all rights changes the row behind the mall's back."""
    with as_owner():
        db.session.execute(text("alter table decision disable trigger decision_stays"))
        db.session.execute(text(f"update decision set {sql} where id = :id"), {"id": decision.id})
        db.session.execute(text("alter table decision enable trigger decision_stays"))
    db.session.expire_all()


def run(app, *words):
    return app.test_cli_runner().invoke(replay_command, list(words))


@pytest.fixture
def decisions(db):
    return [make_decision(serial, yuan("3600.00")) for serial in (1, 2, 3)]


def test_all_decisions_come_out_the_same(app, db, decisions):
    answer = run(app, "--all")
    assert answer.exit_code == 0
    card = scorecard.load("buyer_expert_1")
    assert f"{decisions[0].policy}, buyer_expert_1 {card.hash[:12]}: 3" in answer.output
    assert "3 replayed, 0 differ." in answer.output
    assert "2 replayed, 0 differ." in run(app, "--sample", "2").output
    assert "1 replayed, 0 differ." in run(app, str(decisions[1].id)).output


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("inputs = jsonb_set(inputs, '{usual_month}', '10000')", "approved was true, is false"),
        ("outcome = overlay(outcome placing 'false' from 13 for 4)", "approved was false"),
        ("approved = false", "the row says otherwise than its answer: approved"),
        ("credit_limit = 5", "otherwise than its answer: credit_limit"),
        ("asked = 5", "otherwise than its answer: asked"),
        ("card_hash = repeat('0', 64)", "it was 000000000000"),
        ("card = 'buyer_expert_9'", "not known any more"),
        ("policy = 'buyer_installments_0'", "not known any more"),
    ],
)
def test_an_altered_row_is_found(app, db, decisions, sql, said):
    alter(db, decisions[1], sql)
    answer = run(app, "--all")
    assert answer.exit_code == 1
    assert "3 replayed, 1 differ." in answer.output
    [line] = [each for each in answer.output.splitlines() if each.startswith(str(decisions[1].id))]
    assert said in line
    assert run(app, str(decisions[0].id)).exit_code == 0


def test_an_altered_card_is_found(app, db, decisions, monkeypatch):
    read = json.loads((ROOT / "finance/risk/cards/buyer_expert_1.json").read_text())
    read["lines"][0]["bins"][0][1] -= 1
    monkeypatch.setattr(scorecard, "load", lambda name: scorecard.card_of(read))
    assert "3 replayed, 3 differ." in run(app, "--all").output


def test_an_altered_policy_is_found(app, db, decisions, monkeypatch):
    monkeypatch.setattr(policy, "_limit", lambda case, score: 900_000)
    answer = run(app, "--all")
    assert answer.exit_code == 1
    assert "limit was 1000000, is 900000" in answer.output


def test_the_night_keeps_what_it_finds(app, db, decisions, caplog):
    alter(db, decisions[2], "approved = false")
    run_kept = replaying.nightly()
    assert (run_kept.replayed, run_kept.differing) == (3, 1)
    assert run_kept.found[0][0] == str(decisions[2].id)
    assert "does not come out the same" in caplog.text
    assert db.session.get(ReplayRun, run_kept.id) is run_kept


def test_it_says_what_it_was_not_told(app, db):
    assert "Say a decision's ID" in run(app).output
    assert "There is no decision 5" in run(app, "5").output


def test_an_export_is_decided_again_without_the_mall(app, db, decisions, tmp_path):
    file = tmp_path / "decisions.jsonl"
    assert run(app, "--all", "--export", str(file)).exit_code == 0
    command = [sys.executable, "-S", "-m", "finance.risk.again", str(file)]  # -S: no packages
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "3 decided again, 0 differ.\n", done.stderr
    assert db.session.get(Decision, decisions[0].id).money == Money(360_000, "CNY")
