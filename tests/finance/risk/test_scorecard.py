"""The points table: whole numbers, one direction, the same bytes everywhere."""

import json

import pytest

from finance.risk import odds, scorecard

CARD = scorecard.load("buyer_expert_1")
CLEAN = {
    "confirmed_orders_365": 3,
    "account_age_days": 60,
    "active_months_12": 2,
    "verified_level": 0,
    "refund_rate_ppm": 0,
    "no_receipt_claims_365": 0,
    "shared_address_people": 0,
    "addresses_365": 1,
    "plans_running": 0,
    "plans_finished": 0,
    "load_ppm": 500_000,
    "reviews_365": 0,
    "favorites_365": 0,
}


@pytest.mark.parametrize(
    ("score", "percent"),
    [(950, 0.04), (800, 0.31), (760, 0.54), (700, 1.23), (640, 2.79), (600, 4.76), (500, 16.7)],
)
def test_fifty_points_double_the_odds(score, percent):
    assert round(odds.pd_ppm(score) / 10_000, 2 if percent < 10 else 1) == percent


def test_grades_begin_where_they_are_said_to():
    assert [odds.grade_of(s) for s in (760, 759, 700, 699, 640, 639, 580, 579)] == list("ABBCCDDE")


def test_three_clean_orders_make_grade_b():
    score = CARD.score(CLEAN)
    assert (score.score, score.grade) == (726, "B")
    assert score.score == CARD.base + sum(points for _, points in score.points)


def test_missing_is_its_own_bin_and_never_zero():
    unknown = CARD.score({**CLEAN, "refund_rate_ppm": None}).score
    assert CARD.score(CLEAN).score - unknown == 10
    assert CARD.score({}).score == 585


def test_at_most_four_reasons_the_most_points_first():
    lost = CARD.score({**CLEAN, "days_late_max_365": 12, "refund_rate_ppm": 300_000}).lost
    assert [found.feature for found in lost][:2] == ["days_late_max_365", "refund_rate_ppm"]
    assert len(lost) == 4
    assert lost[1].value == 300_000


@pytest.mark.parametrize("line", CARD.lines, ids=lambda line: line.feature)
def test_a_reason_is_true_its_target_gives_points(line):
    edges = [b.below for b in line.bins if b.below is not None]
    for value in [None, 0, *edges, edges[-1] + 10**6]:
        target = line.target(value)
        if target is not None:
            assert line.points(target) > line.points(value)
        else:
            assert line.points(value) == line.most or value is None


def test_a_card_that_contradicts_itself_is_refused():
    line = {"feature": "x", "code": "RB02", "sign": "+", "missing": 0, "bins": [[1, 5], [None, 1]]}
    with pytest.raises(scorecard.BadCard, match="follow its sign"):
        scorecard.card_of({"name": "bad", "version": 1, "base": 0, "lines": [line]})


def test_the_hash_names_the_content_not_its_spacing():
    data = json.loads((scorecard._CARDS / "buyer_expert_1.json").read_text())
    assert scorecard.card_of(data).hash == CARD.hash
    assert scorecard.card_of({**data, "base": data["base"] + 1}).hash != CARD.hash


def test_only_whole_numbers_are_scored():
    with pytest.raises(TypeError):
        CARD.score({"account_age_days": 1.5})
