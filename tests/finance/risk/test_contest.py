"""Champion and challenger: who is drawn, what is kept, and that it replays."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.db import db as database
from finance.risk import buyer, contest, scorecard, services
from finance.risk.contest import CHALLENGER, CHAMPION, Contest
from finance.risk.seller import Questions
from finance.risk.shadow import ShadowAnswer
from finance.risk.watch import reading
from tests.factories.people import make_seller, make_shopper
from tests.finance.money import yuan

HALF = Contest("buyer_expert_1", "strict", 500_000, decides=True, salt="one")


@pytest.fixture
def strict(tmp_path, monkeypatch):
    """A card with 200 points less for everybody, beside those there are."""
    for path in scorecard._CARDS.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text())
    data = json.loads((tmp_path / "buyer_expert_1.json").read_text())
    data |= {"name": "strict", "base": data["base"] - 200}
    (tmp_path / "strict.json").write_text(json.dumps(data))
    monkeypatch.setattr(scorecard, "_CARDS", tmp_path)
    scorecard.load.cache_clear()
    yield
    scorecard.load.cache_clear()


def set_up(monkeypatch, found):
    monkeypatch.setattr(contest, "contests", lambda: {"buyer": found, "seller": found})


def test_the_draw_is_stable_and_a_larger_share_keeps_those_it_had():
    drawn = {n for n in range(4_000) if contest.draw("buyer", n, HALF).role == CHALLENGER}
    assert 1_900 < len(drawn) < 2_100
    again = {n for n in range(4_000) if contest.draw("buyer", n, HALF).role == CHALLENGER}
    assert again == drawn
    more = replace(HALF, share_ppm=600_000)
    assert drawn < {n for n in range(4_000) if contest.draw("buyer", n, more).role == CHALLENGER}
    other = replace(HALF, salt="two")
    both = {n for n in drawn if contest.draw("buyer", n, other).role == CHALLENGER}
    assert 850 < len(both) < 1_150  # another salt draws others: about half of them again


def test_without_a_challenger_the_champion_decides_on_all():
    alone = Contest("buyer_expert_1", "", 1_000_000)
    assert contest.draw("buyer", 7, alone) == contest.Drawn("buyer_expert_1", CHAMPION)


def test_a_challenger_decides_on_its_share(db, strict, monkeypatch):
    set_up(monkeypatch, replace(HALF, share_ppm=1_000_000))
    _, decision = buyer.decide_buyer(make_shopper().id, yuan("300.00"), 3)
    assert decision.card == "strict"
    assert decision.inputs["contest"] == {"role": "challenger", "shadow": ""}
    assert decision.card_hash == scorecard.load("strict").hash
    assert services.replay(decision.id).same
    assert database.session.scalars(select(ShadowAnswer)).all() == []


def test_in_the_shadow_it_answers_beside_and_changes_nothing(db, strict, monkeypatch):
    shopper = make_shopper()
    before, alone = buyer.decide_buyer(shopper.id, yuan("300.00"), 3)
    set_up(monkeypatch, replace(HALF, share_ppm=1_000_000, decides=False))
    after, decision = buyer.decide_buyer(shopper.id, yuan("300.00"), 3)
    assert (decision.card, after.score) == (alone.card, before.score)
    assert decision.inputs["contest"] == {"role": "champion", "shadow": "strict"}
    answer = database.session.scalars(select(ShadowAnswer)).one()
    assert (answer.decision_id, answer.card) == (decision.id, "strict")
    assert answer.score == max(350, decision.score - 200)
    assert services.replay(decision.id).same
    (line,) = reading.shadows()
    assert (line["card"], line["decisions"]) == ("strict", 1)


def test_sellers_are_drawn_too(db, monkeypatch):
    shadow = Contest("seller_expert_1", "seller_expert_1", 1_000_000)
    set_up(monkeypatch, shadow)
    seller = make_seller()
    _, decision = Questions(seller.id, services.as_of_now()).decide(
        "order_advance", yuan("100.00"), yuan("0.00")
    )
    answer = database.session.scalars(select(ShadowAnswer)).one()
    assert (answer.score, answer.pd_ppm) == (decision.score, decision.pd_ppm)
