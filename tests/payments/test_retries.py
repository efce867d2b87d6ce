"""Asking a saved card again: by the bank's word, or with the payer there to confirm."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock, ids
from payments import retries, services
from payments.rules import retry_after
from payments.values import PaymentView
from tests.factories.payments import ASKS, DECLINED, GOOD, Stall, balance, intend, make_card, yuan
from tests.factories.people import make_shopper, sign_in
from tests.factories.stripe import collect, saved_card
from tests.payments.stripe_standin import StripeStandIn

DAY = date(2026, 3, 2)


@pytest.fixture
def order() -> str:
    return ids.code("O")


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("insufficient_funds", [3, 4, None]),
        ("generic_decline", [3, 4, None]),
        ("a_word_of_tomorrow", [3, 4, None]),
        ("issuer_not_available", [1, 1, 2, None]),
        ("authentication_required", [None]),
        ("stolen_card", [None]),
        ("expired_card", [None]),
    ],
)
def test_how_long_each_refusal_waits(code: str, days: list[int | None]) -> None:
    waits = [retry_after(code, attempt) for attempt in range(1, len(days) + 1)]
    assert [wait and wait.days for wait in waits] == days


def test_a_declined_card_is_asked_on_day_3_and_day_7_and_then_left(
    db: Any, order: str, stall: Stall
) -> None:
    purpose = f"stall:{order}"
    token = make_card(7, DECLINED)
    assert retries.may_collect(purpose, token, DAY)

    tried = []
    for n in range(15):
        with clock.travel(DAY + timedelta(n)):
            if retries.may_collect(purpose, token, clock.today()):
                payment = services.intend_charge(
                    purpose=purpose,
                    payer_id=7,
                    amount=yuan("10.00"),
                    source=token,
                    description="A part",
                    off_session=True,
                )
                services.drive(payment.op_id)
                tried.append(n)
    assert tried == [0, 3, 7]
    assert retries.may_collect(purpose, make_card(7, GOOD), DAY + timedelta(15))


@pytest.fixture
def shopper(db: Any) -> Any:
    return make_shopper("Payer")


def waiting(shopper: Any, order: str, stall: Stall) -> PaymentView:
    stall.wants = True
    payment = intend(order, yuan("10.00"), ASKS, payer_id=shopper.id, off_session=True)
    services.drive(payment.op_id)
    return services.view(payment.id)


def test_who_must_confirm_is_sent_to_her_bank_and_back(
    shopper: Any, order: str, stall: Stall, client: Any
) -> None:
    payment = waiting(shopper, order, stall)
    assert payment.waits_for_payer
    assert [p.id for p in retries.waiting_for(shopper.id, "stall:")] == [payment.id]
    sign_in(client, shopper)
    page = client.get(f"/account/pay/{payment.id}").text
    assert "Confirm with your bank" in page
    assert "10.00" in page

    there = client.post(f"/account/pay/{payment.id}/confirm", data={"key": "k1"})
    assert there.location.startswith("/sandbox/authenticate/")
    back = client.post(f"{there.location}/approve")
    assert back.location == f"/account/pay/{payment.id}"
    assert "Paid. Thank you." in client.get(back.location).text
    assert (services.view(payment.id).state, balance("escrow", order)) == ("succeeded", "10.00")
    assert retries.waiting_for(shopper.id, "stall:") == []


def test_what_has_been_paid_otherwise_is_not_asked_for_again(
    shopper: Any, order: str, stall: Stall, client: Any
) -> None:
    payment = waiting(shopper, order, stall)
    stall.wants = False
    assert retries.waiting_for(shopper.id, "stall:") == []
    sign_in(client, shopper)
    assert "nothing is left to confirm" in client.get(f"/account/pay/{payment.id}").text
    answer = client.post(f"/account/pay/{payment.id}/confirm", data={"key": "k1"})
    assert answer.status_code == 409


def test_on_stripe_the_saved_card_or_another_one_is_confirmed_there(
    bank: StripeStandIn, shopper: Any, stall: Stall, client: Any
) -> None:
    stall.wants, bank.authenticate = True, True
    sign_in(client, shopper)
    for way, where in (("confirm", "https://bank.example/3ds"), ("other", "https://checkout")):
        payment = collect(ids.code("O"), payer_id=shopper.id, source=saved_card(shopper.id))
        assert payment.waits_for_payer
        there = client.post(f"/account/pay/{payment.id}/{way}", data={"key": f"{way}-1"})
        assert there.location.startswith(where)
        assert services.view(payment.id).state == "requires_action"
        if way == "confirm":
            bank.confirmed(next(pi for pi in bank.of("pi") if pi["next_action"]))
        else:
            bank.authenticate = False
            bank.pay_page(bank.of("cs")[0]["id"])
        assert "Paid. Thank you." in client.get(f"/account/pay/{payment.id}").text
