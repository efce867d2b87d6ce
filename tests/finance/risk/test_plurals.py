"""“1 day”, not “1 days”: what rules of today say, while older decisions keep their words."""

import re

import pytest

from finance.risk import plurals, policies, policy, scorecard, seller_policy, seller_words
from tests.finance.risk import golden
from tests.finance.risk.test_said import WHYS, of_cards

MANY = re.compile(r"(?<![\d.,−])1 (more |finished |other )?[a-z]+s\b(?<! is)(?<!ss)")
ALWAYS = r"(?! hours| of the last| buyers\.| months\.| parts)"  # 24 hours, of the last 6 months, in 3 parts


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("Your account is 1 days old with 1 finished orders.",
         "Your account is 1 day old with 1 finished order."),
        ("Sales in 1 more months.", "Sales in 1 more month."),
        ("In 1 more days. “Paid today” is open to you before that.",
         "In 1 more day. “Paid today” is open to you before that."),
        ("1 orders could not be counted: O-1. They share an address.",
         "1 order could not be counted: O-1. It shares an address."),
        ("1 plans are running.", "1 plan is running."),
        ("1 of your orders were claimed as not received.",
         "1 of your orders was claimed as not received."),
        ("21 days, 1,001 days, 0.1 days, −1 days.", "21 days, 1,001 days, 0.1 days, −1 days."),
        ("Sales happened in 1 of the last 12 months.", "Sales happened in 1 of the last 12 months."),
    ],
)  # fmt: skip
def test_one_of_a_thing(many, one):
    assert plurals.one(many) == one
    assert plurals.many(one) == many


def with_one(text):
    return re.sub(r"(?<![\d.,])[2-9]\d*(?= [a-z])" + ALWAYS, "1", text)


@pytest.mark.parametrize("why", [*WHYS, *of_cards()], ids=lambda why: f"{why.code} {why.text[:30]}")
def test_no_sentence_counts_one_in_the_plural(why):
    for text in (with_one(why.text), with_one(why.change)):
        assert not MANY.search(plurals.one(text)), plurals.one(text)
        assert plurals.many(plurals.one(text)) == text


def test_only_the_rules_of_today_speak_so():
    _, name, inputs = golden.seller_case(0)
    inputs["standing"]["days_late"] = 1
    card = scorecard.load(name)
    of_many = policies.named(seller_policy.OF_MANY)(inputs, card)
    today = policies.named(seller_policy.POLICY)(inputs, card)
    assert seller_words.late_contract(1) in of_many.reasons
    assert "A payment on a contract is 1 day late." in [why.text for why in today.reasons]
    assert (policy.POLICY, seller_policy.POLICY) == policies.TODAY
