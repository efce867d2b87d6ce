"""The seller's card and policy: monotone, whole numbers, reasons that are true by test."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from finance.capital.terms import CN, ORDER_ADVANCE, PAID_TODAY, SALES_SHARE
from finance.risk import grading, scorecard, seller_policy, seller_words
from finance.risk.seller import Questions
from finance.risk.seller_case import Standing
from tests.factories.capital import make_steady_seller
from tests.factories.people import make_seller, make_shopper

CARD = scorecard.load("seller_expert_1")
GOOD = {
    "shop_age_days": 400,
    "active_days_90": 80,
    "active_months_12": 12,
    "net_90": 23_400_000,
    "net_365": 94_900_000,
    "refund_rate_90_ppm": 20_000,
    "top5_share_ppm": 150_000,
    "review_mean_365": 4_500,
}


def decide(product=SALES_SHARE, amount=10_000_000, features=GOOD, **standing):
    known = Standing(**{"supports": 15_600_000, **standing})
    inputs = {
        "asked": {"product": product, "amount": amount},
        "currency": "CNY",
        "features": features,
        "standing": asdict(known),
        "terms": CN.as_data(),
    }
    return seller_policy.decide(json.loads(json.dumps(inputs)), CARD)


def codes(outcome):
    return [why.code for why in outcome.reasons]


def test_every_line_of_the_card_has_words():
    for line in CARD.lines:
        lost = scorecard.Lost(line.feature, line.code, 1, 2, 3)
        assert seller_words.of_the_card(lost, "CNY").text


def test_codes_are_ours():
    names = json.loads((Path(scorecard.__file__).parent / "cards/seller_expert_1.json").read_text())
    assert {line["code"] for line in names["lines"]} <= {f"RS{n:02d}" for n in range(1, 27)}


@given(st.data())
@settings(max_examples=200)
def test_more_of_a_good_thing_never_lowers_the_score(data):
    line = data.draw(st.sampled_from(CARD.lines))
    low, high = sorted(data.draw(st.lists(st.integers(-(10**6), 10**9), min_size=2, max_size=2)))
    less, more = (low, high) if line.sign == "+" else (high, low)
    score = [CARD.score({**GOOD, line.feature: value}).score for value in (less, more)]
    assert score == sorted(score)


def test_a_good_shop_gets_what_it_asks():
    outcome = decide()
    assert outcome.approved and outcome.free == 15_600_000


@pytest.mark.parametrize(
    ("features", "standing", "code"),
    [
        ({"shop_age_days": 89}, {}, "RS01"),
        ({"active_months_12": 2}, {}, "RS02"),
        ({}, {"account_age_days": 29}, "RS18"),
        ({}, {"load_ppm": 350_001}, "RS22"),
        ({}, {"running_repaid_ppm": 599_999, "running_owed": 5}, "RS23"),
        ({}, {"asks_30": 11}, "RS24"),
        ({}, {"supports": 9_999_999}, "RS26"),
        ({}, {"days_late": 1}, "RS20"),
        ({}, {"hold": "checks"}, "H07"),
        ({}, {"approved": False}, "RS16"),
    ],
)
def test_each_rule_says_its_reason_and_its_target_removes_it(features, standing, code):
    outcome = decide(features={**GOOD, **features}, **standing)
    assert not outcome.approved
    assert code in codes(outcome)
    assert decide().approved


def test_a_low_grade_gets_its_four_weightiest_reasons_and_orders_stay_open():
    bad = {"refund_rate_90_ppm": 400_000, "shop_age_days": 100, "active_months_12": 4}
    outcome = decide(features=bad)
    assert outcome.grade == "E" and codes(outcome)[0] == "RS08" and len(codes(outcome)) == 4
    assert decide(ORDER_ADVANCE, 20_000, bad, supports=20_000).approved
    assert decide(PAID_TODAY, 90_000, {}, supports=90_000).approved


def test_a_card_reason_is_true_the_target_raises_the_score():
    bad = {**GOOD, "refund_rate_90_ppm": 400_000, "review_mean_365": 3_000}
    score = CARD.score(bad)
    for lost in score.lost:
        better = CARD.score({**bad, lost.feature: lost.target})
        assert better.score > score.score


def test_grading_counts_sellers_and_shoppers(app, db):
    steady, young = make_steady_seller(), make_seller()
    told = []
    found = grading.grade_sellers([steady.id, young.id], clock.now(), told.append)
    assert (found.grades["C"], found.grades["E"], found.offers) == (1, 1, 1)
    assert told[0].most == 15_600_000
    shoppers = grading.grade_buyers([make_shopper().id], clock.now(), lambda: None)
    assert (shoppers.graded, shoppers.offers) == (1, 0)


def test_a_very_large_shop_is_offered_its_limit(db):
    large = make_steady_seller("260000.00", days=400)
    graded = grading.grade_seller(large.id, clock.now())
    assert graded.most == CN.limits[graded.grade]


def test_grades_are_printed(app, db):
    steady = make_steady_seller()
    said = app.test_cli_runner().invoke(args=["risk", "grade", "--seller", str(steady.id)])
    assert "grade C" in said.output and "1 would get an offer" in said.output, said.output


def test_as_of_looks_back(db):
    steady = make_steady_seller()
    before = Questions(steady.id, clock.start_of(clock.today()))
    assert before.features["shop_age_days"] <= 420
