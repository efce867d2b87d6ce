"""Decisions of three months, looked at: what moved is found, kept and told."""

import json
from dataclasses import replace
from datetime import date

import pytest

from core import clock
from core.messages.reading import messages_of
from finance.risk import contest, replaying, scorecard
from finance.risk.watch import rules, services
from tests.factories.loans import make_decision
from tests.factories.people import make_admin, sign_in
from tests.finance.money import yuan
from tests.finance.risk.watch.limits import limits

FEW = {"base_decisions": 20, "least": 20}


def decide(month, count, **features):
    """So many decisions in a month of 2026."""
    with clock.travel(date(2026, month, 10)):
        for number in range(count):
            make_decision(1_000 + number, yuan("1200.00"), **features)


@pytest.fixture
def moved(db):
    decide(8, 20)
    decide(9, 25)
    decide(10, 30, confirmed_orders_365=0, account_age_days=2, favorites_365=None)


def look():
    with clock.travel(date(2026, 10, 20)):
        return services.look(limits(**FEW))


def test_nobody_has_decided(db):
    assert look() == []


def test_what_moved_is_found_and_what_did_not_is_calm(moved):
    (found,) = look()
    assert (found.card, found.against) == ("buyer_expert_1", "its first 20 decisions")
    by = {(f.month, f.what): f for f in found.findings}
    assert {f.level for f in found.findings if f.month == "2026-09"} == {rules.CALM}
    for what in ("score", "confirmed_orders_365", "account_age_days", "favorites_365 missing"):
        assert by["2026-10", what].level == rules.STOP, what
    assert by["2026-10", "reviews_365"].level == rules.CALM
    assert by["2026-10", "approval"].level == rules.STOP  # a newcomer is declined twelve parts
    assert ("2026-10", "volume") not in by  # the month is not over


def test_the_command_says_it_by_its_exit_code(app, moved, monkeypatch):
    few, short = limits(**FEW), limits(**FEW, months=1)
    monkeypatch.setattr(rules, "limits", lambda: few)
    with clock.travel(date(2026, 10, 20)):
        said = app.test_cli_runner().invoke(args=["risk", "watch"])
    assert said.exit_code == 2, said.output
    assert "2026-10  stop   score" in said.output and "figures are calm" in said.output
    with clock.travel(date(2026, 9, 20)):
        monkeypatch.setattr(rules, "limits", lambda: short)
        calm = app.test_cli_runner().invoke(args=["risk", "watch", "--json"])
    assert json.loads(calm.output)["shadows"] == []


def test_admins_are_told_once_and_see_it(moved, client):
    admin = make_admin()
    found = look()
    services.keep(found)
    run = services.keep(found)
    assert run.level == rules.STOP
    told = [m for m in messages_of(admin.id) if m.kind == "risk_watch"]
    assert len(told) == 1 and "buyer_expert_1: score in 2026-10" in told[0].body
    sign_in(client, admin)
    page = client.get("/admin/lending/watch").text
    assert "against its first 20 decisions" in page and "favorites 365 missing" in page


def test_admins_see_what_came_of_replays(db, client):
    decide(9, 3)
    report = replaying.replay(replaying.every())
    report.different.append((db.session.scalar(replaying.every()), "free: 1 is 2"))
    replaying.keep(report, "every decision")
    sign_in(client, make_admin())
    page = client.get("/admin/lending/watch/replays").text.lower()
    assert "every decision" in page and "free: 1 is 2" in page and "differs" in page


def test_a_card_with_a_training_is_compared_with_it(db, monkeypatch, tmp_path):
    card = scorecard.load("buyer_expert_1")
    base = rules.Counts.of(card)
    for _ in range(50):
        base.add(card, {}, 500, True)
    monkeypatch.setattr(scorecard, "training_of", lambda name: base.as_data())
    decide(9, 20)
    (found,) = look()
    assert found.against == "its training"
    by = {f.what: f for f in found.findings}
    assert by["score"].level == rules.STOP and by["score"].month == "2026-09"


def test_contests_are_configured_for_both():
    assert set(contest.contests()) == {"buyer", "seller"}
    assert replace(contest.contests()["buyer"], challenger="") == contest.contests()["buyer"]
