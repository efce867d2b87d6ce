"""A challenger from the mall's own outcomes by two commands: trained, set, drawn, replayed, compared."""

import json
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from core import clock
from core.db import db as database
from finance.collections.services import run_day
from finance.loans.models import Loan
from finance.risk import buyer, contest, replaying, scorecard
from finance.risk.contest import Contest
from finance.risk.models import Decision
from finance.risk.shadow import ShadowAnswer
from finance.risk.training import challenger, prior
from finance.risk.training.fitting import Pace
from finance.risk.training.table import Table
from tests.factories import loans as world
from tests.factories.people import make_shopper
from tests.finance.money import yuan

FEATURE = "confirmed_orders_365"
EXPERT = "buyer_expert_1"


@pytest.fixture
def cards(tmp_path, monkeypatch):
    """The folder of the cards, as this deployment's own."""
    for path in scorecard._CARDS.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text())
    monkeypatch.setattr(scorecard, "_CARDS", tmp_path)
    scorecard.load.cache_clear()
    scorecard.training_of.cache_clear()
    yield tmp_path
    scorecard.load.cache_clear()
    scorecard.training_of.cache_clear()


@pytest.fixture
def ended(db, monkeypatch):
    """24 plans half a year old: of shoppers with few orders eight of twelve went bad, else two."""
    start, kept = clock.today() - timedelta(200), world.make_decision
    with clock.travel(start):
        made = []
        for number in range(24):
            features = {FEATURE: 1 if number < 12 else 12}
            monkeypatch.setattr(world, "make_decision", lambda *said, f=features: kept(*said, **f))
            made.append(world.make_loan(100 + number, yuan("600.00"), months=3, received_on=start))
        for loan in [made[i] for i in (*range(4), *range(12, 22))]:
            world.pay_loan(loan, yuan("609.00"), start, settle=True)
    with clock.travel(start + timedelta(130)):
        run_day(start + timedelta(130))
    monkeypatch.setattr(world, "make_decision", kept)
    rows = database.session.scalars(select(Loan).order_by(Loan.borrower_id))
    assert [row.borrower_id for row in rows if row.defaulted_on] == [*range(104, 112), 122, 123]


def run(app, *words):
    done = app.test_cli_runner().invoke(args=["risk", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_two_commands_make_a_challenger_that_answers_beside_the_champion(
    app, ended, cards, tmp_path, monkeypatch
):
    table, card = str(tmp_path / "ended.csv"), cards / "buyer_turned_1.json"
    assert "24 contracts, 10 of them bad" in run(
        app, "outcomes", "--subject", "buyer", "--csv", table
    )
    words = ["--target", "bad", "--positive", "1", "--drop", "decision,month", "--expert", EXPERT]
    assert "auc" in run(app, "train", "--csv", table, *words, "--card", str(card))

    made, expert = scorecard.load("buyer_turned_1"), scorecard.load(EXPERT)
    assert "turned by 24 outcomes, 10 bad" in json.loads(card.read_text())["about"]
    ours = {line.feature: line for line in made.lines}
    theirs = {line.feature: line for line in expert.lines}
    assert [x.code for x in ours.values()] == [theirs[name].code for name in ours]
    # what told good from bad weighs more than the expert said, and ten outcomes turn little
    assert theirs[FEATURE].most < ours[FEATURE].most < 2 * theirs[FEATURE].most
    # ten of 24 were bad: everybody stands lower than the expert put them
    assert made.base < expert.base

    half = Contest(EXPERT, "buyer_turned_1", 500_000, salt="2026-11")
    monkeypatch.setattr(contest, "contests", lambda: {"buyer": half})
    for _ in range(8):
        buyer.decide_buyer(make_shopper().id, yuan("300.00"), 3)
    newest = database.session.scalars(select(Decision).where(Decision.subject_id > 200)).all()
    answers = {row.decision_id: row for row in database.session.scalars(select(ShadowAnswer))}
    drawn = {d.id for d in newest if contest.place(half, "buyer", d.subject_id) < 500_000}
    assert set(answers) == drawn and {d.card for d in newest} == {EXPERT}

    on_them = Contest(EXPERT, "buyer_turned_1", 1_000_000, decides=True, salt="2026-11")
    monkeypatch.setattr(contest, "contests", lambda: {"buyer": on_them})
    _, decision = buyer.decide_buyer(make_shopper().id, yuan("300.00"), 3)
    assert (decision.card, decision.card_hash) == ("buyer_turned_1", made.hash)
    assert replaying.replay(replaying.every()).different == []
    told = app.test_cli_runner().invoke(args=["risk", "watch", "--all"]).output
    assert "buyer_turned_1 (buyers) against its training" in told
    if drawn:
        assert f"buyer_turned_1 in the shadow of {len(drawn)} decisions" in told


def test_no_contract_is_old_enough(app, db, tmp_path):
    words = ["risk", "outcomes", "--subject", "seller", "--csv", str(tmp_path / "x.csv")]
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 1 and "No contract of a seller is 180 days old yet." in done.output


def people(bad_share, rows=1_200, backwards=False):
    """Outcomes by dice: more orders are better (or worse), reviews say nothing."""
    dice = np.random.default_rng(5)
    orders = dice.integers(0, 13, rows)
    lean = (orders - 6) * (0.3 if backwards else -0.3)
    chance = 1 / (1 + np.exp(-(np.log(bad_share / (1 - bad_share)) + lean)))
    bad = (dice.random(rows) < chance).astype(int)
    columns = {
        FEATURE: [str(n) for n in orders],
        "account_age_days": [str(n) for n in dice.integers(10, 700, rows)],
        "shoe_size": [str(n) for n in dice.integers(35, 47, rows)],
    }
    return Table(columns, bad, list(columns))


QUICK = Pace(bags=2, rounds=60)


def test_with_many_outcomes_a_card_of_its_own_keeps_the_experts_reasons():
    data = people(0.3)
    assert data.bad.sum() >= prior.ENOUGH_BAD
    expert = scorecard.data_of(EXPERT)
    done = challenger.on_expert(data, expert, name="own", folds=2, pace=QUICK)
    lines = {line["feature"]: line for line in done.card["lines"]}
    assert "shoe_size" not in lines and (lines[FEATURE]["code"], lines[FEATURE]["sign"]) == (
        "RB02",
        "+",
    )
    assert "Fitted to" in done.card["about"] and done.report["auc"] > 0.7
    assert scorecard.card_of(done.card).hash == done.report["card_hash"]


def test_what_goes_against_the_experts_sign_is_left_out():
    done = challenger.on_expert(
        people(0.3, backwards=True), scorecard.data_of(EXPERT), name="own", folds=2, pace=QUICK
    )
    assert FEATURE not in {line["feature"] for line in done.card["lines"]}


def test_the_same_outcomes_turn_it_the_same_way():
    data, expert = people(0.02, 300), scorecard.data_of(EXPERT)
    first, again = (challenger.on_expert(data, expert, name="few", folds=3) for _ in range(2))
    assert first.card == again.card and data.bad.sum() < prior.ENOUGH_BAD
