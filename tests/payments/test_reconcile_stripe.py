"""Reconciliation over HTTP, against the stand-in of Stripe: its balance transactions and our book."""

from datetime import timedelta

import pytest

from core import clock, ids
from payments import reconcile, services
from payments.reconcile import Result
from tests.factories.payments import Heard, Stall, ask_payout, balance, earn, promise, yuan
from tests.factories.stripe import collect
from tests.payments.stripe_standin import StripeStandIn

pytestmark = pytest.mark.usefixtures("db", "rooms")


def compared() -> Result:
    now = clock.now()
    (result,) = reconcile.run_gateway(
        "stripe", now - timedelta(hours=1), now + timedelta(hours=1), by="test"
    )
    return result


def busy() -> None:
    """A charge, a refund of it, a transfer to a seller and a payout to our bank."""
    payment = collect(ids.code("O"))
    order = payment.purpose.partition(":")[2]
    services.drive(promise(order, ids.code("R"), yuan("30.00"), payment.id))
    seller = ids.new_id()
    earn(seller, yuan("20.00"))
    services.drive(ask_payout(ids.code("P"), seller, yuan("20.00"), "acct_1"))
    services.drive(services.intend_platform_payout(number="W-1", amount=yuan("15.00")))


def test_stripes_balance_and_our_book_match(
    bank: StripeStandIn, stall: Stall, refunds: Heard, payouts: Heard
) -> None:
    busy()
    result = compared()
    assert ([item.kind for item in result.items], result.matched) == ([], 4)
    assert result.theirs == result.ours  # 100.00 − 3.20 − 30.00 − 20.00 − 15.00
    assert balance("clearing", "stripe") == result.ours.decimal_text() == "31.80"


def test_seeded_errors_are_found_by_name(
    bank: StripeStandIn, stall: Stall, refunds: Heard, payouts: Heard
) -> None:
    busy()
    lines = {line["type"]: line for line in bank.of("txn")}
    charge, refund = lines["charge"], lines["refund"]
    charge |= {"fee": charge["fee"] + 5, "net": charge["net"] - 5}
    refund |= {"amount": refund["amount"] - 100, "net": refund["net"] - 100}
    fee = charge | {"id": "txn_fee", "type": "stripe_fee", "source": None}
    bank.things["txn_fee"] = fee | {"amount": -200, "fee": 0, "net": -200}
    bank.things["txn_twin"] = lines["transfer"] | {"id": "txn_twin"}
    del bank.things[lines["payout"]["id"]]
    result = compared()
    found = {item.kind: item.effect.decimal_text() for item in result.items}
    assert found == {
        "fee_differs": "-0.05",
        "amount_differs": "-1.00",
        "unknown_object": "-2.00",
        "duplicate": "-20.00",
        "not_there_yet": "15.00",
    }
    assert (result.unexplained, result.matched) == (4, 1)
    assert (result.theirs - result.ours).decimal_text() == "-8.05"
