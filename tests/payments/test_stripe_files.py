"""Files of evidence at Stripe: each sent once, whatever goes wrong, and named in the evidence."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from payments import gateways, services
from payments.asking import EVIDENCE_FILES
from payments.stripe_gateway import FILES, files_base
from tests.factories.payments import Heard, Stall
from tests.factories.stripe import PDF, evidence_with_files, giving_in, png
from tests.payments.stripe_standin import FAULTS, StripeStandIn


@pytest.fixture(autouse=True)
def rooms_that_hear(stall: Stall, refunds: Heard) -> None:
    """A stall that takes money, and whoever hears of refunds."""


def _shown(bank: StripeStandIn) -> dict[str, Any]:
    return {
        k: bank.things[v] for k, v in bank.of("dp")[0]["evidence"].items() if k in EVIDENCE_FILES
    }


def test_the_bank_sees_the_files_under_their_kinds(bank: StripeStandIn) -> None:
    flow = evidence_with_files(bank)
    assert services.drive(flow.op_id) == "succeeded"
    shown = _shown(bank)
    assert shown["shipping_documentation"]["_body"].encode("latin-1") == PDF
    assert shown["customer_communication"]["_body"].encode("latin-1") == png()
    assert shown["customer_communication"]["filename"] == (
        f"op-{flow.op_id}-customer_communication.png"
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_a_file_it_arrives_and_the_bank_is_told_once(
    bank: StripeStandIn, fault: str
) -> None:
    flow = evidence_with_files(bank)
    bank.fault_at("POST /v1/files", fault, fault)
    for _ in range(4):
        state = services.drive(flow.op_id)
        if state == "succeeded":
            break
    assert (state, flow.done(), len(_shown(bank))) == ("succeeded", 1, 2)


def test_a_file_that_stripe_does_not_take_is_a_no(bank: StripeStandIn) -> None:
    flow = evidence_with_files(bank)
    real = bank.keep_file
    bank.keep_file = lambda form: real(form | {"file": {"filename": "x", "text": "MZ"}})  # type: ignore[method-assign]
    assert services.drive(flow.op_id) == "refused"
    assert services.op_view(flow.op_id).message
    assert flow.done() == 0


def test_files_go_to_stripes_own_address_for_them(bank: StripeStandIn) -> None:
    assert files_base("https://api.stripe.com") == FILES
    assert files_base("http://127.0.0.1:9") == "http://127.0.0.1:9"


def test_giving_in_closes_the_dispute_for_good(bank: StripeStandIn) -> None:
    flow = giving_in(bank)
    assert services.drive(flow.op_id) == "succeeded"
    assert bank.of("dp")[0]["status"] == "lost"
    again = services.intend_giving_in(
        dispute_id=bank.of("dp")[0]["id"], amount=services.op_view(flow.op_id).amount
    )
    assert services.drive(again) == "refused"


def test_words_and_giving_in_exclude_each_other(bank: StripeStandIn) -> None:
    flow = giving_in(bank)
    dispute = bank.of("dp")[0]
    with pytest.raises(Exception, match="is being sent"):
        services.intend_evidence(
            dispute_id=dispute["id"],
            fields={"shipping_tracking_number": "SF1"},
            submit=True,
            amount=services.op_view(flow.op_id).amount,
        )
    with clock.travel(clock.now() + timedelta(minutes=2)):
        services.drive(flow.op_id)
    assert gateways.current().name == "stripe"
