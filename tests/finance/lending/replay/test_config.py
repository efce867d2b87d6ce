"""Terms are read strictly; every complaint names its field."""

from decimal import Decimal

import pytest

from finance.lending.replay.config import read_config
from finance.lending.replay.fields import FieldError
from finance.lending.replay.orders import BUCKETS

SMALL = {"principal_approved": 100, "number_of_repayments": 6, "annual_rate_percent": "7"}


def test_a_small_config_is_enough() -> None:
    terms = read_config(SMALL)
    assert (terms.approved, terms.count, terms.rate) == (Decimal(100), 6, Decimal(7))
    assert terms.waterfall("REPAYMENT").order[0] == ("PAST_DUE", "PENALTY")
    assert terms.unused == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number_of_repayments": 0}, "config.number_of_repayments"),
        ({"number_of_repayments": True}, "config.number_of_repayments"),
        ({"principal_approved": "NaN"}, "config.principal_approved"),
        ({"principal_approved": None}, "config.principal_approved"),
        ({"principal_approved": 1.5, "currency": "JPY"}, "config.principal_approved"),
        ({"annual_rate_percent": "-1"}, "config.annual_rate_percent"),
        ({"frequency": "FORTNIGHTS"}, "config.frequency"),
        ({"first_due_dates": ["2024-02-30"]}, "config.first_due_dates[0]"),
        ({"payment_allocation": {}}, "config.payment_allocation"),
        (
            {"payment_allocation": {"DEFAULT": {"order": "ORDER_99"}}},
            "config.payment_allocation.DEFAULT.order",
        ),
        ({"chargeback_credit_order": ["PRINCIPAL"]}, "config.chargeback_credit_order"),
        ({"down_payment_percent": 100}, "config.down_payment_percent"),
        ({"intrest_method": "FLAT"}, "config.intrest_method"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str) -> None:
    numbers = {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in change.items()}
    with pytest.raises(FieldError) as refused:
        read_config(SMALL | numbers)
    assert refused.value.field == field


def test_an_order_may_be_given_in_full_or_under_an_own_name() -> None:
    backwards = list(reversed(BUCKETS))
    given = SMALL | {"payment_allocation": {"DEFAULT": {"order": backwards}}}
    named = SMALL | {
        "orders": {"OURS": backwards},
        "payment_allocation": {"DEFAULT": {"order": "OURS"}},
    }
    assert read_config(given).waterfall("REPAYMENT") == read_config(named).waterfall("REPAYMENT")
    assert read_config(given).waterfall("REPAYMENT").order[0] == ("IN_ADVANCE", "INTEREST")


def test_a_term_nobody_knows_is_reported_not_swallowed() -> None:
    assert read_config(SMALL | {"collateral": "house"}).unused == ("config.collateral",)
