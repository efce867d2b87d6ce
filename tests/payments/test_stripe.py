"""The real Stripe client over HTTP, against a stand-in that keeps Stripe's promises and no others."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, ids
from core.money import Money
from payments import cards, inbox, purposes, services
from payments.models import GatewayOp
from tests.factories.ledger import more_in
from tests.factories.payments import (
    Heard,
    Stall,
    Till,
    a_while_later,
    ask_payout,
    balance,
    earn,
    promise,
    yuan,
)
from tests.factories.stripe import charge_of, collect, intend
from tests.payments.stripe_standin import StripeStandIn


@pytest.fixture
def order() -> str:
    return ids.code("O")


def charges(bank: StripeStandIn) -> int:
    return len([intent for intent in bank.of("pi") if intent["status"] == "succeeded"])


def test_the_shopper_pays_on_stripes_page_and_the_card_is_kept(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = intend(order, payer_id=81)
    assert services.drive(payment.op_id) == "requires_action"
    assert services.view(payment.id).action_url.startswith("https://checkout.stripe.com/")

    (session,) = bank.of("cs")
    bank.pay_page(session["id"])
    headers, body = bank.notice("checkout.session.completed", session)
    assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200

    paid = services.view(payment.id)
    assert (paid.state, stall.heard) == ("succeeded", ["paid"])
    assert balance("escrow", order) == "100.00"
    assert balance("clearing", "stripe") == "96.80"  # less 2.9 % and 0.30
    assert [card.label for card in cards.of(81)] == ["Visa ending in 4242"]


def test_notices_in_any_order_and_number_end_the_same(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = intend(order)
    services.drive(payment.op_id)
    (session,) = bank.of("cs")
    bank.pay_page(session["id"])
    told = bank.notices()
    assert len(told) == 3
    for headers, body in [*told, *reversed(told), *told]:
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"


def test_a_failed_try_on_the_page_does_not_end_it_but_its_expiry_does(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = intend(order)
    services.drive(payment.op_id)
    (session,) = bank.of("cs")
    intent = bank.fail_page(session["id"])
    headers, body = bank.notice("payment_intent.payment_failed", intent)
    client.post("/webhooks/stripe", data=body, headers=headers)
    assert services.view(payment.id).state == "requires_action"

    session["status"] = "expired"
    assert services.refresh(payment.id).code == "page_expired"


def test_a_forged_notice_is_refused(bank: StripeStandIn, client: Any) -> None:
    headers, body = bank.notice("checkout.session.completed", {"id": "cs_1"})
    assert client.post("/webhooks/stripe", data=body + b" ", headers=headers).status_code == 400
    assert client.post("/webhooks/stripe", data=body).status_code == 400
    assert client.post("/webhooks/nobody", data=body, headers=headers).status_code == 404


def test_a_notice_about_something_else_is_kept_and_ignored(
    bank: StripeStandIn, client: Any
) -> None:
    headers, body = bank.notice("payment_intent.succeeded", {"id": "pi_strange"})
    assert client.post("/webhooks/stripe", data=body, headers=headers).text == "not_ours"
    assert client.post("/webhooks/stripe", data=body, headers=headers).text == "repeated"


def test_an_installment_is_taken_from_the_saved_card(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    assert collect(order).state == "succeeded"
    assert bank.asked[0][0] == "/v1/payment_intents"
    assert bank.asked[0][1].startswith("op-")


@pytest.mark.parametrize("code", ["insufficient_funds", "generic_decline"])
def test_a_decline_has_its_reason(bank: StripeStandIn, order: str, stall: Stall, code: str) -> None:
    bank.decline = code
    refused = collect(order)
    assert (refused.state, refused.code) == ("refused", code)
    assert stall.heard == [f"refused {code}"]


def test_authentication_off_session_is_a_refusal_and_on_session_a_step(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    bank.authenticate = True
    assert collect(order).code == "authentication_required"
    there = collect(order, off_session=False)
    assert (there.state, there.action_url) == ("requires_action", "https://bank.example/3ds")


@pytest.mark.parametrize(
    "faults",
    [
        ["drop_before", "drop_before"],
        ["drop_after", "drop_after"],
        ["500_before"],
        ["500_after"],
        ["429"],
        ["409"],
        ["slow", "slow"],
    ],
    ids="-".join,
)
def test_whatever_goes_wrong_it_is_one_charge(
    bank: StripeStandIn, order: str, stall: Stall, faults: list[str]
) -> None:
    bank.faults = faults
    payment = collect(order)
    assert payment.state == "unknown"
    assert stall.heard == []

    assert services.refresh(payment.id).state == "succeeded"
    assert (charges(bank), stall.heard) == (1, ["paid"])
    assert balance("escrow", order) == "100.00"
    assert len({key for _, key in bank.asked}) == 1


def test_search_may_lag_the_same_key_is_still_one_charge(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    bank.faults, bank.searchable = ["drop_after", "drop_after"], False
    payment = collect(order)
    assert services.refresh(payment.id).state == "succeeded"
    assert charges(bank) == 1


def test_after_a_day_it_is_looked_for_but_never_sent_again(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    bank.faults = ["drop_before", "drop_before"]
    payment = collect(order)
    sent = len(bank.asked)
    with clock.travel(clock.now() + timedelta(hours=23, seconds=1)):
        assert services.refresh(payment.id).code == "too_old_to_resend"
    assert (len(bank.asked), charges(bank)) == (sent, 0)


def test_a_page_whose_answer_got_lost_is_found_by_our_operation(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    bank.faults = ["drop_after", "drop_after"]
    payment = intend(order)
    assert services.drive(payment.op_id) == "unknown"
    assert services.refresh(payment.id).state == "requires_action"
    assert len(bank.of("cs")) == 1


def test_a_refund_with_a_lost_answer_is_given_once(
    bank: StripeStandIn, order: str, stall: Stall, refunds: Heard
) -> None:
    payment, number = collect(order), ids.code("R")
    bank.faults = ["500_after"]
    op_id = promise(order, number, yuan("30.00"), payment.id)
    assert services.drive(op_id) == "unknown"
    assert services.drive(op_id) == "succeeded"
    assert (len(bank.of("re")), refunds.said) == (1, ["settled"])
    assert balance("refund_payable", number) == "0.00"


def test_a_pending_refund_that_fails_frees_what_it_took(
    bank: StripeStandIn, order: str, stall: Stall, refunds: Heard, client: Any
) -> None:
    payment, number = collect(order), ids.code("R")
    bank.refund_status = "pending"
    op_id = promise(order, number, yuan("30.00"), payment.id)
    assert services.drive(op_id) == "processing"
    (refund,) = bank.of("re")
    refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    headers, body = bank.notice("refund.failed", refund)
    client.post("/webhooks/stripe", data=body, headers=headers)
    assert services.view(payment.id).refunded == yuan("0.00")
    assert balance("refund_payable", number) == "30.00"
    assert refunds.said[0].startswith("failed")


def test_a_transfer_to_a_seller_and_its_reversal(
    bank: StripeStandIn, payouts: Heard, client: Any
) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan("50.00"), "acct_1")
    assert services.drive(op_id) == "succeeded"
    assert payouts.said == ["sent", "paid"]
    (transfer,) = bank.of("tr")
    transfer["reversed"] = True
    headers, body = bank.notice("transfer.reversed", transfer)
    client.post("/webhooks/stripe", data=body, headers=headers)
    assert payouts.said[-1].startswith("failed")
    assert balance("seller_payable", seller) == "50.00"
    assert balance("payout_in_flight", number) == "0.00"


def test_a_transfer_that_is_refused_gives_the_hold_back(
    bank: StripeStandIn, payouts: Heard, db: Any
) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan("50.00"), "acct_closed")
    assert services.drive(op_id) == "refused"
    assert payouts.said == ["failed: The bank account is closed. Enter another one."]
    assert balance("seller_payable", seller) == "50.00"
    assert db.session.get(GatewayOp, op_id).live is False
    with a_while_later():
        assert services.drive(op_id) == "refused"


def test_a_notice_that_breaks_us_is_kept_and_applied_later(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = intend(order)
    services.drive(payment.op_id)
    (session,) = bank.of("cs")
    bank.pay_page(session["id"])

    def broken() -> None:
        raise RuntimeError("a mistake of ours")

    healthy, stall.before = stall.before, broken
    headers, body = bank.notice("checkout.session.completed", session)
    answer = client.post("/webhooks/stripe", data=body, headers=headers)
    assert (answer.status_code, answer.text) == (200, "waiting")
    assert services.view(payment.id).state == "requires_action"

    stall.before = healthy
    with a_while_later():
        assert inbox.apply_waiting() == 1
    assert services.view(payment.id).state == "succeeded"


def test_an_amount_set_aside_on_the_page_is_taken_in_part(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = intend(order, capture="manual")
    services.drive(payment.op_id)
    bank.pay_page(bank.of("cs")[0]["id"])
    deliver(bank, client)
    held = services.view(payment.id)
    assert (held.state, stall.heard) == ("requires_capture", [])
    op_id = services.intend_capture(payment_id=held.id, amount=yuan("60.00"))
    assert services.drive(op_id) == "succeeded"
    deliver(bank, client)
    assert services.view(payment.id).captured == yuan("60.00")
    assert balance("escrow", order) == "60.00"
    assert balance("clearing", "stripe") == "57.96"  # less 2.9 % and 0.30


def test_an_amount_set_aside_and_forgotten_is_let_go(
    bank: StripeStandIn, order: str, stall: Stall, client: Any
) -> None:
    payment = collect(order, capture="manual")
    bank.let_go(bank.of("pi")[0])
    deliver(bank, client)
    assert services.view(payment.id).code == "capture_expired"
    assert stall.heard == ["refused capture_expired"]


def test_a_transfer_out_of_one_charge_waits_for_its_money(
    bank: StripeStandIn, order: str, stall: Stall, payouts: Heard
) -> None:
    payment = collect(order)
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan("50.00"), "acct_1", charge_of(payment.id))
    bank.fault_at("GET /v1/payment_intents/*", "500")
    assert services.drive(op_id) == "unknown"
    assert services.drive(op_id) == "succeeded"
    (transfer,), (charge,) = bank.of("tr"), bank.of("ch")
    assert transfer["source_transaction"] == charge["id"]
    assert transfer["transfer_group"] == f"stall:{order}"


def test_what_we_pull_back_is_no_payout_that_failed(
    bank: StripeStandIn, payouts: Heard, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_in(monkeypatch, "payout.pulled_back", "clearing > capital")
    monkeypatch.setattr(purposes, "_reversals", [Till()])
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    services.drive(ask_payout(number, seller, yuan("50.00"), "acct_1"))
    for ref, amount in (("R-1", "20.00"), ("R-2", "30.00")):
        op_id = services.intend_reversal(payout_number=number, amount=yuan(amount), ref=ref)
        assert services.drive(op_id) == "succeeded"
    assert bank.of("tr")[0]["reversed"] is True
    deliver(bank, client)
    assert payouts.said == ["sent", "paid"]
    assert balance("seller_payable", seller) == "0.00"


def test_by_telephone_only_a_saved_card_can_be_charged(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    payment = intend(order, moto=True)
    assert services.drive(payment.op_id) == "refused"
    assert services.view(payment.id).code == "moto_needs_card"
    assert bank.asked == []


def deliver(bank: StripeStandIn, client: Any) -> None:
    for headers, body in bank.news():
        assert client.post("/webhooks/stripe", data=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("text", "currency", "asked"),
    [("5000", "JPY", 5000), ("1.230", "KWD", 1230), ("0.01", "USD", 1), ("700", "XAF", 700)],
)
def test_every_currency_is_asked_in_its_own_smallest_units(
    bank: StripeStandIn, order: str, stall: Stall, text: str, currency: str, asked: int
) -> None:
    payment = collect(order, amount=Money.parse(text, currency))
    assert (payment.state, payment.captured) == ("succeeded", payment.amount)
    assert (bank.of("pi")[0]["amount"], bank.of("pi")[0]["currency"]) == (asked, currency.lower())


def test_thousandths_are_refused_before_stripe_hears_of_them(
    bank: StripeStandIn, order: str, stall: Stall
) -> None:
    payment = collect(order, amount=Money.parse("1.234", "KWD"))
    assert (payment.state, payment.code, bank.asked) == ("refused", "amount_too_fine", [])
