"""Who may buy in parts, with the shopper's own numbers in every reason."""

from dataclasses import asdict

import pytest

from finance.products import CN
from finance.risk import policy, scorecard
from finance.risk.buyer_case import Book
from tests.finance.risk.test_scorecard import CLEAN

CARD = scorecard.load("buyer_expert_1")
FEATURES = {k: v for k, v in CLEAN.items() if not k.startswith(("plans", "load", "days_late"))}


def ask(amount, months=12, usual_month=30_000, book=None, **features):
    """Decide on `amount` minor units; `book` are fields of policy.Book."""
    inputs = {
        "asked": {"amount": amount, "months": months},
        "book": asdict(Book(**(book or {}))),
        "currency": "CNY",
        "features": {**FEATURES, **features},
        "terms": CN.as_data(),
        "usual_month": usual_month,
        "person": {"of_age": True},
    }
    return policy.decide(inputs, CARD)


def codes(outcome):
    return [why.code for why in outcome.reasons]


def test_a_regular_shopper_gets_the_phone_in_twelve():
    outcome = ask(360_000)
    assert outcome.approved
    assert (outcome.grade, outcome.limit, outcome.reasons) == ("B", 1_000_000, ())


def test_a_newcomer_reads_how_old_the_account_is():
    outcome = ask(
        200_000, 3, usual_month=0, account_age_days=12, confirmed_orders_365=0,
        active_months_12=0, refund_rate_ppm=None,
    )  # fmt: skip
    assert not outcome.approved
    assert codes(outcome) == ["RB02"]
    assert outcome.reasons[0].text == "Your account is 12 days old with 0 finished orders."
    assert outcome.reasons[0].change == "3 more finished orders."


def test_one_finished_order_gets_a_counter_offer_and_the_counter_offer_holds():
    """J3: 1,400.00 now, 600.00 in 3 parts."""
    story = {"account_age_days": 12, "confirmed_orders_365": 1, "active_months_12": 1}
    outcome = ask(200_000, 3, **story)
    assert codes(outcome) == ["RB02", "RB06"]
    assert outcome.reasons[1].text == "This basket is above your free limit of 600.00."
    assert outcome.reasons[1].change == "Pay 1,400.00 now, 600.00 in 3 parts."
    assert asdict(outcome.counter) == {"now": 140_000, "in_parts": 60_000, "months": 3}
    assert ask(60_000, 3, **story).approved
    assert ask(200_000, 3).approved  # when the missing orders are finished


def test_what_runs_already_leaves_less():
    outcome = ask(360_000, book={"used": 900_000, "plans_running": 2})
    assert codes(outcome) == ["RB06"]
    assert outcome.reasons[0].change == "Pay 2,600.00 now, 1,000.00 in 12 parts."


def test_a_longer_term_is_offered_when_the_month_is_too_heavy():
    outcome = ask(360_000, 3, usual_month=12_000)  # 3 × 120.00 a month are bearable
    assert codes(outcome) == ["RB05"]
    assert outcome.reasons[0].text == (
        "Plans due in 30 days (1,218.00) are high against your usual spending (120.00)."
    )
    assert outcome.reasons[0].change == "3,600.00 in 12 parts would do."


@pytest.mark.parametrize(
    ("book", "features", "code"),
    [
        ({"overdue": 31_800, "overdue_since": "2026-05-10"}, {}, "RB03"),
        ({"plans_running": 5}, {}, "RB07"),
        ({}, {"no_receipt_claims_365": 3}, "RB08"),
        ({"own_ceiling": 100_000}, {}, "RB12"),
        ({"paused_until": "2026-09-01"}, {}, "RB13"),
        ({"requests_today": 10}, {}, "RB16"),
    ],
)
def test_each_rule_says_its_own_reason(book, features, code):
    outcome = ask(360_000, book=book, **features)
    assert not outcome.approved
    assert code in codes(outcome)
    assert all(why.text and why.code for why in outcome.reasons)


def test_amounts_outside_the_product_are_said_so():
    assert codes(ask(9_900, 3)) == ["RB14"]
    assert codes(ask(90_000, 24)) == ["RB14"]


def test_a_bad_year_is_declined_with_its_causes():
    outcome = ask(
        360_000,
        book={"days_late_max_365": 45},
        refund_rate_ppm=600_000,
        no_receipt_claims_365=2,
        shared_address_people=12,
    )
    assert outcome.grade == "E"
    assert codes(outcome) == ["RB04", "RB08", "RB10", "RB09"]
    assert outcome.reasons[0].text == "A past payment was 45 days late."


def test_the_same_inputs_give_the_same_bytes():
    assert ask(360_000).as_bytes() == ask(360_000).as_bytes()
    assert b'"approved":true' in ask(360_000).as_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"confirmed_orders_365": 1}, {"confirmed_orders_365": 3}),
        ({"book": {"overdue": 31_800, "overdue_since": "2026-05-10"}}, {"book": {}}),
        ({"book": {"plans_running": 5}}, {"book": {"plans_running": 4}}),
        ({"book": {"used": 900_000}}, {"book": {"used": 640_000}}),
        ({"no_receipt_claims_365": 3}, {"no_receipt_claims_365": 2}),
        ({"usual_month": 8_000}, {"usual_month": 11_000}),
        ({"book": {"requests_today": 10}}, {"book": {"requests_today": 0}}),
    ],
)
def test_a_reason_is_true_doing_what_it_says_opens_the_door(before, after):
    assert not ask(360_000, **before).approved
    assert ask(360_000, **after).approved


def test_every_counter_offer_would_be_granted():
    for amount in range(20_000, 2_000_000, 97_000):
        for used in (0, 450_000, 990_000):
            counter = ask(amount, 3, usual_month=15_000, book={"used": used}).counter
            if counter:
                again = ask(
                    counter.in_parts, counter.months, usual_month=15_000, book={"used": used}
                )
                assert again.approved, (amount, used, counter)
