"""Notices in any order, any number of times, any of them missing: with one look, one final state."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stripe.params import DisputeUpdateParams

from core import clock, ids
from core.money import Money
from mall.disputes import evidence
from payments import gateways, inbox, services, sweeps
from payments.asking import EVIDENCE
from payments.disputes_model import Dispute
from payments.models import GatewayEvent
from tests.factories.payments import Heard, Stall, a_while_later, balance, promise, yuan
from tests.factories.stripe import charge_of, collect, intend
from tests.payments.stripe_standin import StripeStandIn
from tests.payments.stripe_standin.schema import _hints


@pytest.fixture(autouse=True)
def rooms_that_hear(stall: Stall, refunds: Heard) -> None:
    """A stall that takes money, and whoever hears of refunds."""


def story(bank: StripeStandIn) -> tuple[str, str, int]:
    """Paid 100 on the page, 30 given back (slowly), disputed for 50 and won; nobody told us yet."""
    order, number = ids.code("O"), ids.code("R")
    payment = intend(order)
    services.drive(payment.op_id)
    session = bank.pay_page(bank.of("cs")[0]["id"])
    services.refresh(payment.id)
    bank.refund_status = "pending"
    op_id = promise(order, number, yuan("30.00"), payment.id)
    services.drive(op_id)
    bank.of("re")[0]["status"] = "succeeded"
    bank.tell("refund.updated", bank.of("re")[0])
    dispute = bank.dispute(session["payment_intent"], 5000)
    bank.close_dispute(dispute, won=True)
    return order, number, payment.id


def ended(order: str, number: str, payment_id: int, db: Any) -> list[str]:
    """All that a shopper, a seller or an auditor could see of it."""
    payment = services.view(payment_id)
    (dispute,) = db.session.query(Dispute).filter_by(payment_id=payment_id)
    return [
        payment.state,
        payment.refunded.decimal_text(),
        balance("escrow", order),
        balance("refund_payable", number),
        dispute.state,
        str((dispute.withdrawn, dispute.reinstated, dispute.fee, dispute.lost)),
        balance("disputed_funds", dispute.number),
    ]


FINAL = ["succeeded", "30.00", "70.00", "0.00", "won", "(5000, 5000, 1500, 0)", "0.00"]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(heard=st.lists(st.integers(0, 11), max_size=16))
def test_any_notices_and_one_look_end_the_same(
    bank: StripeStandIn, client: Any, db: Any, heard: list[int]
) -> None:
    bank.told.clear()
    bank.things.clear()
    bank.refund_status = "succeeded"
    order, number, payment_id = story(bank)
    told = bank.notices()
    for index in heard:
        headers, body = told[index % len(told)]
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200
    with clock.travel(clock.now() + timedelta(hours=2)):
        sweeps.sweep()
        sweeps.catch_up()
    assert ended(order, number, payment_id, db) == FINAL


def told(bank: StripeStandIn) -> tuple[dict[str, str], bytes]:
    payment = intend(ids.code("O"))
    services.drive(payment.op_id)
    bank.pay_page(bank.of("cs")[0]["id"])
    return bank.notices()[-1]


@pytest.fixture
def wrong(bank: StripeStandIn) -> list[tuple[dict[str, str], bytes]]:
    """Posts that must not be believed."""
    headers, body = told(bank)
    signature = headers["Stripe-Signature"]
    forged = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    other = json.dumps(json.loads(body) | {"id": "evt_other"}).encode()
    old = bank.notice("charge.updated", bank.of("ch")[0], age=301)
    return [
        (headers | {"Stripe-Signature": forged}, body),
        (headers | {"Stripe-Signature": ""}, body),
        ({}, body),
        (headers | {"Stripe-Signature": "t=1,v1=é"}, body),
        (headers, other),
        old,
    ]


def test_what_is_forged_changed_or_old_is_refused_and_not_kept(
    wrong: Any, client: Any, db: Any
) -> None:
    before = db.session.query(GatewayEvent).count()
    for headers, body in wrong:
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 400
    assert db.session.query(GatewayEvent).count() == before


def test_a_type_nobody_knows_is_kept_and_harms_nothing(bank: StripeStandIn, client: Any) -> None:
    headers, body = bank.notice("radar.early_fraud_warning.created", {"id": "issfr_1"})
    assert client.post("/webhooks/stripe", data=body, headers=headers).text == "not_ours"


def test_a_notice_that_comes_before_our_own_answer_is_the_answer(
    bank: StripeStandIn, stall: Stall, client: Any
) -> None:
    bank.faults = ["drop_after", "drop_after"]
    payment = collect(ids.code("O"))
    assert payment.state == "unknown"
    for headers, body in bank.notices():
        client.post("/webhooks/stripe", data=body, headers=headers)
    assert (services.view(payment.id).state, stall.heard) == ("succeeded", ["paid"])
    assert services.drive(payment.op_id) == "succeeded"


def test_while_stripe_cannot_be_asked_a_notice_waits(bank: StripeStandIn, client: Any) -> None:
    headers, body = told(bank)
    bank.fault_at("GET /v1/checkout/sessions/*", "500")
    assert client.post("/webhooks/stripe", data=body, headers=headers).text == "waiting"
    with a_while_later():
        assert inbox.apply_waiting() == 1


def test_our_fields_of_evidence_are_stripes() -> None:
    theirs = _hints(DisputeUpdateParams)["evidence"]
    assert set(EVIDENCE) <= set(_hints(theirs))
    assert set(evidence.TITLES) <= set(EVIDENCE)


def test_every_movement_of_the_balance_names_our_operation(bank: StripeStandIn) -> None:
    order = ids.code("O")
    payment = collect(order)
    refund = promise(order, ids.code("R"), yuan("30.00"), payment.id)
    services.drive(refund)
    bank.dispute(charge_of(payment.id), 7000)
    for _ in range(120):  # more than a page
        bank.line("stripe_fee", -1, "cny", None)
    since = datetime.now(UTC) - timedelta(hours=1)
    lines = list(gateways.current().balance_lines(since, since + timedelta(hours=2)))
    assert len(lines) == 123
    seen = {(line.type, line.net.decimal_text(), line.op_id) for line in lines}
    assert seen == {
        ("stripe_fee", "-0.01", None),
        ("charge", "96.80", payment.op_id),
        ("refund", "-30.00", refund),
        ("adjustment", "-85.00", None),
    }
    assert sum((line.net for line in lines), Money.zero("CNY")) == yuan("-19.40")
