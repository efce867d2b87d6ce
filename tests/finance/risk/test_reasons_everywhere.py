"""The same reasons for every product: each is tried where it is given, by its own terms."""

import pytest

from finance.capital import terms as capital
from finance.products import line, shelf
from finance.risk import policy, seller_policy
from tests.finance.risk.test_reasons import BUYER, SELLER, altered, prove, shop, shopper

PRODUCTS = {product.name: product for product in shelf("CN")[:-1]} | {
    "mall_credit": line("CN").rules,
    "mall_credit in euros": line("EU", "EUR").rules,
}
CAUSES = [
    ("RB01", {"person__of_age": False}, {"person__of_age": True}),
    ("RB03", {"book__overdue": 4_000, "book__overdue_since": "2026-11-01"}, {"book__overdue": 0}),
    ("RB04", {"person__granted_ppm": 250_000, "person__earned_ppm": 250_000,
              "book__days_late_max_365": 3, "asked__amount": "limit"},
     {"person__granted_ppm": 1_000_000}),
    ("RB05", {"usual_month": 100, "book__due_30": 9_000}, {"usual_month": 9_000_000}),
    ("RB06", {"asked__amount": "above"}, {"asked__amount": "target"}),
    ("RB06", {"book__used": "limit", "book__used_here": "limit"},
     {"book__used": 0, "book__used_here": 0}),
    ("RB07", {"book__plans_running": 5}, {"book__plans_running": "target"}),
    ("RB08", {"features__no_receipt_claims_365": 3}, {"features__no_receipt_claims_365": "target"}),
    ("RB10", {"gate": {"action": "stop", "signals": [["X22", "Accounts share a card."]]}},
     {"gate": {}}),
    ("RB12", {"book__own_ceiling": 0}, {"book__own_ceiling": 9_000_000}),
    ("RB13", {"book__paused_until": "2027-01-01"}, {"book__paused_until": ""}),
    ("RB14", {"asked__amount": "tiny"}, {"asked__amount": "least"}),
    ("RB16", {"book__requests_today": 10}, {"book__requests_today": "target"}),
]  # fmt: skip


def asks(product):
    """A regular shopper (grade B) who asks for the least, in the only number of parts."""
    return shopper(
        asked={"amount": product.amount_min, "months": product.terms[0]},
        terms=product.as_data() | {"terms": list(product.terms)},
        usual_month=9_000_000,
    )


def amounts(product, changes):
    named = {
        "limit": product.limits["B"],
        "above": product.limits["B"] + 5_000,
        "tiny": product.amount_min - 10,
        "least": product.amount_min,
    }
    return {path: named.get(v, v) if isinstance(v, str) else v for path, v in changes.items()}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize(("code", "so", "change"), CAUSES)
def test_shoppers_reasons_of_every_product(name, code, so, change):
    product = PRODUCTS[name]
    inputs = asks(product)
    assert policy.decide(inputs, BUYER).approved
    moved = altered(inputs, amounts(product, so))
    prove(policy.decide, BUYER, moved, code, amounts(product, change))


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_newcomers_orders_open_every_product(name):
    product = PRODUCTS[name]
    few = altered(asks(product), {"features__confirmed_orders_365": product.orders_min - 1})
    prove(policy.decide, BUYER, few, "RB02", {"features__confirmed_orders_365": "target"})


def test_the_line_is_for_grade_c_and_what_cost_the_grade_is_named():
    """Refunds of half of what was bought, and a payment five days late, make a D: either is enough."""
    inputs = altered(
        asks(line("CN").rules),
        {"features__refund_rate_ppm": 500_000, "book__days_late_max_365": 5},
    )
    before = policy.decide(inputs, BUYER)
    assert before.grade == "D" and not before.approved
    enough = {why.code: why for why in before.reasons if "That alone is enough." in why.change}
    assert set(enough) == {"RB09", "RB04"}
    for code, cause in (("RB09", "features__refund_rate_ppm"), ("RB04", "book__days_late_max_365")):
        after = policy.decide(altered(inputs, {cause: enough[code].target}), BUYER)
        assert after.approved and after.grade == "C", after


@pytest.mark.parametrize(
    "product",
    [capital.SALES_SHARE, capital.TERM_LOAN, capital.ORDER_ADVANCE, capital.PAID_TODAY],
)
@pytest.mark.parametrize(
    ("code", "so", "change"),
    [
        ("RS16", {"standing__approved": False}, {"standing__approved": True}),
        ("RS20", {"standing__days_late": 2}, {"standing__days_late": "target"}),
        ("RS26", {"standing__supports": 5_000_000}, {"asked__amount": "target"}),
        ("RS28", {"gate": {"action": "stop", "signals": [["X7", "Money came back."]]}},
         {"gate": {}}),
        ("H07", {"gate": {"action": "review", "signals": [["X24", "It woke up."]]}}, {"gate": {}}),
        ("H07", {"standing__hold": "a check runs"}, {"standing__hold": ""}),
    ],
)  # fmt: skip
def test_sellers_reasons_of_every_product(product, code, so, change):
    prove(seller_policy.decide, SELLER, shop(product, **so), code, change)
