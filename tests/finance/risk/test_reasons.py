"""Every reason is true when tried: the named cause goes to the shown target, and the answer moves."""

import json
import re
from dataclasses import asdict

import pytest

from finance.capital import terms as capital
from finance.products import CN, shelf
from finance.risk import buyer_words, policy, promises, scorecard, seller_policy, seller_words
from finance.risk.buyer_case import Book
from finance.risk.buyer_case import case_of as buyer_case
from finance.risk.seller_case import Standing
from finance.risk.seller_case import case_of as seller_case
from tests.finance.risk import golden
from tests.finance.risk.test_policy import FEATURES
from tests.finance.risk.test_seller import GOOD

BUYER, SELLER = scorecard.load("buyer_expert_1"), scorecard.load("seller_expert_1")
FREE = CN.limits["B"]
WEAK = {"confirmed_orders_365": 3, "account_age_days": 20, "active_months_12": 1}
A_SHARE, A_LOAN, ON_ORDERS, TODAY = (
    capital.SALES_SHARE, capital.TERM_LOAN, capital.ORDER_ADVANCE, capital.PAID_TODAY,
)  # fmt: skip


def shopper(**changed):
    """Inputs of a regular shopper (grade B) who asks for 3,600.00 in 12; dots reach deeper."""
    inputs = {
        "asked": {"amount": 360_000, "months": 12},
        "book": asdict(Book()),
        "currency": "CNY",
        "features": dict(FEATURES),
        "terms": CN.as_data() | {"terms": list(CN.terms)},
        "usual_month": 30_000,
        "person": {"of_age": True},
        "gate": {},
    }
    return altered(inputs, changed)


def shop(product=A_SHARE, **changed):
    """Inputs of a good shop that asks for 100,000.00."""
    inputs = {
        "asked": {"product": product, "amount": 10_000_000},
        "currency": "CNY",
        "features": dict(GOOD),
        "standing": asdict(Standing(supports=15_600_000, active_months_6=6)),
        "terms": capital.CN.as_data(),
        "gate": {},
    }
    return altered(inputs, changed)


def altered(inputs, changed):
    """The inputs with `part__name` set; the whole part where no name is given."""
    inputs = json.loads(json.dumps(inputs))
    for path, value in changed.items():
        part, _, name = path.partition("__")
        inputs[part] = value if not name else {**inputs[part], name: value}
    return inputs


# code, what is so, what is changed; a number stands for itself, "target" for the reason's own
BUYERS = [
    ("RB01", {"person__of_age": None}, {"person__of_age": True}),
    ("RB01", {"person__of_age": False}, {"person__of_age": True}),
    ("RB01", {"terms__verified_level_min": 2}, {"features__verified_level": "target"}),
    ("RB02", {"features__confirmed_orders_365": 2}, {"features__confirmed_orders_365": "target"}),
    ("RB03", {"book__overdue": 4_000, "book__overdue_since": "2026-11-01"},
     {"book__overdue": "target"}),
    ("RB04", {"person__granted_ppm": 250_000, "person__earned_ppm": 250_000,
              "book__days_late_max_365": 3}, {"person__granted_ppm": "target"}),
    ("RB05", {"book__due_30": 80_000}, {"book__due_30": 80_000 - 31_800 + 10_000}),
    ("RB06", {"asked__amount": 1_200_000}, {"asked__amount": "target"}),
    ("RB06", {"asked__amount": 1_200_000, "person__earned_ppm": 1_500_000, "usual_month": 90_000},
     {"person__granted_ppm": 1_500_000}),
    ("RB06", {"book__used": FREE}, {"book__used": FREE - 360_000}),
    ("RB07", {"book__plans_running": 5}, {"book__plans_running": "target"}),
    ("RB08", {"features__no_receipt_claims_365": 3}, {"features__no_receipt_claims_365": "target"}),
    ("RB10", {"gate": {"action": "stop", "signals": [["X22", "Many accounts share a card."]]}},
     {"gate": {}}),
    ("RB12", {"book__own_ceiling": 100_000}, {"book__own_ceiling": 360_000}),
    ("RB12", {"book__own_ceiling": 100_000, "person__lifted": 360_000},
     {"book__own_ceiling": 360_000}),
    ("RB13", {"book__paused_until": "2027-01-01"}, {"book__paused_until": ""}),
    ("RB14", {"asked__amount": 9_000}, {"asked__amount": 10_000}),
    ("RB14", {"asked__months": 24, "asked__amount": 90_000}, {"asked__amount": 100_000}),
    ("RB16", {"book__requests_today": 10}, {"book__requests_today": "target"}),
]  # fmt: skip
SELLERS = [
    ("RS01", A_SHARE, {"features__shop_age_days": 60}, {"features__shop_age_days": "target"}),
    ("RS01", A_LOAN, {"features__shop_age_days": 100}, {"features__shop_age_days": "target"}),
    ("RS02", A_SHARE, {"features__active_months_12": 2}, {"features__active_months_12": "target"}),
    ("RS02", A_LOAN, {"standing__active_months_6": 3}, {"standing__active_months_6": "target"}),
    ("RS03", A_SHARE, {"features__net_90": 10_000, "standing__supports": 90_000,
                       "asked__amount": 90_000}, {"features__net_90": "target"}),
    ("RS16", TODAY, {"standing__approved": False}, {"standing__approved": True}),
    ("RS18", A_SHARE, {"standing__account_age_days": 4}, {"standing__account_age_days": "target"}),
    ("RS18", A_LOAN, {"standing__account_age_days": 4}, {"standing__account_age_days": "target"}),
    ("RS20", ON_ORDERS, {"standing__days_late": 2}, {"standing__days_late": "target"}),
    ("RS22", A_SHARE, {"standing__load_ppm": 600_000}, {"standing__load_ppm": "target"}),
    ("RS23", A_SHARE, {"standing__running_repaid_ppm": 100_000, "standing__running_owed": 90_000},
     {"standing__running_repaid_ppm": "target"}),
    ("RS23", A_LOAN, {"standing__term_repaid_ppm": 100_000, "standing__term_owed": 90_000},
     {"standing__term_repaid_ppm": "target"}),
    ("RS24", A_SHARE, {"standing__asks_30": 99}, {"standing__asks_30": "target"}),
    *(("RS26", product, {"standing__supports": 5_000_000}, {"asked__amount": "target"})
      for product in (A_SHARE, A_LOAN, ON_ORDERS, TODAY)),
    ("RS26", A_SHARE, {"asked__amount": 1_000}, {"asked__amount": "target"}),
    ("RS26", A_SHARE, {"asked__amount": 99_000_000, "standing__lifted": 99_000_000},
     {"asked__amount": "target"}),
    ("RS27", ON_ORDERS, {"gate": {"orders": ["O-1"]}, "standing__supports": 5_000_000},
     {"gate": {}, "standing__supports": 15_600_000}),
    ("RS28", A_SHARE, {"gate": {"action": "stop", "signals": [["X7", "Money came back."]]}},
     {"gate": {}}),
    ("RS29", ON_ORDERS, {"standing__supports": 5_000_000, "gate": {
        "action": "haircut", "signals": [["X9", "Parcels weigh less."]], "orders": ["O-1"]}},
     {"gate": {}, "standing__supports": 15_600_000}),
    ("H07", TODAY, {"gate": {"action": "review", "signals": [["X24", "It woke up."]]}},
     {"gate": {}}),
    ("H07", TODAY, {"gate": {"action": "stop"}}, {"gate": {}}),
    ("H07", TODAY, {"standing__hold": "a check runs"}, {"standing__hold": ""}),
]  # fmt: skip


def moved(before, after):
    """Whether the decision or the amount is better."""
    return (after.approved, after.free, after.limit) > (before.approved, before.free, before.limit)


def prove(decide, card, inputs, code, change):
    before = decide(inputs, card)
    assert not before.approved
    why = next(w for w in before.reasons if w.code == code)
    change = {path: why.target if value == "target" else value for path, value in change.items()}
    assert None not in change.values()
    after = decide(altered(inputs, change), card)
    assert code not in [w.code for w in after.reasons]
    assert moved(before, after), f"{why} but {after}"
    assert after.approved or len(before.reasons) > 1, f"{why} but {after.reasons}"


@pytest.mark.parametrize(("code", "so", "change"), BUYERS)
def test_shoppers_reasons_hold_when_tried(code, so, change):
    prove(policy.decide, BUYER, shopper(**so), code, change)


@pytest.mark.parametrize(("code", "product", "so", "change"), SELLERS)
def test_sellers_reasons_hold_when_tried(code, product, so, change):
    prove(seller_policy.decide, SELLER, shop(product, **so), code, change)


@pytest.mark.parametrize(
    ("card", "case"), [(BUYER, golden.buyer_case), (SELLER, golden.seller_case)], ids=["RB", "RS"]
)
def test_each_feature_named_moves_the_score_as_promised(card, case):
    """Over many cases and every line of the card: so many points, and enough where it says so."""
    tried, enough = set(), set()
    reach = "ABCD"
    for serial in range(400):
        values = {
            line.feature: golden.some(line, f"{case.__name__} {serial}") for line in card.lines
        }
        if serial % 2:
            values = {line.feature: line.bins[0].below - 1 for line in card.lines} | {
                name: values[name] for name in list(values)[serial % 7 :: 2]
            }
        before = card.score(values)
        for promise in promises.of(card, values, reach):
            after = card.score({**values, promise.lost.feature: promise.lost.target})
            assert card.unclipped({**values, promise.lost.feature: promise.lost.target}) == (
                card.unclipped(values) + promise.gained
            )
            assert promise.gained > 0
            assert (after.grade in reach) == promise.is_enough
            assert before.grade == "E"
            tried.add(promise.lost.feature)
            if promise.is_enough:
                enough.add(promise.lost.feature)
    reachable = {
        line.feature for line in card.lines if any(line.targets(b.below) for b in line.bins)
    }
    assert tried >= reachable
    assert len(enough) > len(card.lines) // 2


def test_a_feature_that_is_enough_opens_the_door():
    """Refunds, in the shopper's numbers: 50 % of what was bought; 40 % would do."""
    inputs = shopper(features__refund_rate_ppm=500_000, book__days_late_max_365=20, **{
        f"features__{name}": value for name, value in WEAK.items()
    }, asked__amount=60_000)  # fmt: skip
    before = policy.decide(inputs, BUYER)
    why = next(w for w in before.reasons if w.code == "RB09")
    assert why.text == "You returned 50 % of what you bought."
    assert "That alone is enough." in why.change
    after = policy.decide(altered(inputs, {"features__refund_rate_ppm": why.target}), BUYER)
    assert (before.limit, after.limit) == (0, CN.limits["D"])
    assert after.approved


def every_case():
    """Outcomes of many cases, of every product."""
    for serial in range(600):
        yield policy.decide(golden.buyer_case(serial)[2], BUYER)
        yield seller_policy.decide(golden.seller_case(serial)[2], SELLER)


VAGUE = re.compile(
    r"internal|polic|criteria|factors?\b|algorithm|system|insufficient|unfortunately|sorry|"
    r"too low|not eligible|ineligible|certain|various|several|appetite|other reasons|"
    r"creditworth|score\b|cannot handle|at this time|some of your",
    re.IGNORECASE,
)


def test_reasons_are_few_and_plain():
    seen = set()
    for outcome in every_case():
        codes = [why.code for why in outcome.reasons]
        assert len(codes) == len(set(codes)) <= 4
        assert outcome.approved == (not codes)
        for why in outcome.reasons:
            assert not VAGUE.search(f"{why.text} {why.change}"), why
            assert why.text.endswith(".") and why.change.endswith("."), why
            assert why.change.strip(), why
            seen.add(why.code)
    assert seen >= {"RB01", "RB02", "RB03", "RB05", "RB06", "RB12", "RS01", "RS20", "RS26", "RS28"}


def test_the_words_of_each_feature_are_plain():
    for card, word in ((BUYER, buyer_words.of_the_card), (SELLER, seller)):
        for line in card.lines:
            why = word(scorecard.Lost(line.feature, line.code, 1, 2, 3))
            assert not VAGUE.search(f"{why.text} {why.change}"), why


def seller(lost):
    return seller_words.of_the_card(lost, "CNY")


def test_the_heaviest_feature_stands_first():
    inputs = shop(features={**GOOD, "refund_rate_90_ppm": 900_000, "review_mean_365": 3_000,
                            "on_time_ship_90_ppm": 100_000, "swing_ppm": 900_000})  # fmt: skip
    found = promises.of(SELLER, seller_case(inputs).values(), "ABCD")
    weights = [promise.lost.points for promise in found]
    assert weights == sorted(weights, reverse=True)
    codes = [why.code for why in seller_policy.decide(inputs, SELLER).reasons]
    assert codes[0] == "RS08"  # 110 points, the reviews 54


def test_every_counter_offer_is_granted_when_asked_for():
    """Of all products: what is offered instead is approved as it is."""
    offered = 0
    for product in shelf("CN"):
        for serial in range(300):
            inputs = altered(golden.buyer_case(serial)[2], {
                "terms": product.as_data() | {"terms": list(product.terms)},
                "asked": {"amount": 90_000 + 10_000 * (serial % 40), "months": product.terms[0]},
                "gate": {},
            })  # fmt: skip
            counter = policy.decide(inputs, BUYER).counter
            if counter is None:
                continue
            offered += 1
            smaller = {"amount": counter.in_parts, "months": counter.months}
            again = policy.decide(altered(inputs, {"asked": smaller}), BUYER)
            assert again.approved, (buyer_case(inputs).asked, counter, again.reasons)
            assert counter.now + counter.in_parts == inputs["asked"]["amount"]
    assert offered > 30
