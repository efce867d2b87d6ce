"""Amounts set aside on a card are captured or let go once; payouts are pulled back once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock, ids
from core.errors import Conflict
from payments import purposes, services
from payments.holds import MoreThanAuthorized, NotAuthorized
from payments.invariants import CHECKS
from payments.sending import MoreThanPaidOut
from payments.values import PaymentView
from tests.factories.ledger import more_in
from tests.factories.payments import (
    GOOD,
    KEPT_500,
    LOST,
    Heard,
    Stall,
    Till,
    a_while_later,
    ask_payout,
    balance,
    earn,
    make_card,
    yuan,
)


@pytest.fixture
def order() -> str:
    return ids.code("O")


@pytest.fixture(autouse=True)
def the_payments_add_up_afterwards(db: Any) -> Any:
    yield
    for name, query in CHECKS.items():
        assert db.session.execute(text(query), {"now": clock.now()}).all() == [], name


def set_aside(order: str, number: str = GOOD) -> PaymentView:
    payment = services.intend_charge(
        purpose=f"stall:{order}",
        payer_id=7,
        amount=yuan("100.00"),
        source=make_card(7, number),
        description="A kettle",
        capture="manual",
    )
    services.drive(payment.op_id)
    with a_while_later():
        return services.refresh(payment.id)


@pytest.mark.parametrize("number", [GOOD, LOST, KEPT_500], ids=["good", "lost", "kept_500"])
def test_a_part_is_taken_and_the_rest_let_go(order: str, stall: Stall, number: str) -> None:
    held = set_aside(order, number)
    assert (held.state, held.captured, stall.heard) == ("requires_capture", yuan("0.00"), [])
    op_id = services.intend_capture(payment_id=held.id, amount=yuan("30.00"))
    assert services.intend_capture(payment_id=held.id, amount=yuan("30.00")) == op_id
    services.drive(op_id)
    with a_while_later():
        assert services.drive(op_id) == "succeeded"
    paid = services.view(held.id)
    assert (paid.state, paid.captured, stall.heard) == ("succeeded", yuan("30.00"), ["paid"])
    assert (balance("escrow", order), balance("clearing", "sandbox")) == ("30.00", "29.82")
    with pytest.raises(Conflict):
        services.intend_cancel(payment_id=held.id)


def test_what_is_let_go_takes_nothing_and_permits_another_try(order: str, stall: Stall) -> None:
    held = set_aside(order)
    op_id = services.intend_cancel(payment_id=held.id)
    with pytest.raises(Conflict):
        services.intend_capture(payment_id=held.id, amount=yuan("1.00"))
    assert services.drive(op_id) == "succeeded"
    assert services.view(held.id).state == "refused"
    assert (stall.heard, balance("escrow", order)) == (["refused canceled"], "0.00")
    assert set_aside(order).state == "requires_capture"


def test_no_more_is_taken_than_was_set_aside(order: str, stall: Stall) -> None:
    held = set_aside(order)
    with pytest.raises(MoreThanAuthorized):
        services.intend_capture(payment_id=held.id, amount=yuan("100.01"))


def test_a_hold_ends_after_a_week(order: str, stall: Stall) -> None:
    held = set_aside(order)
    op_id = services.intend_capture(payment_id=held.id, amount=yuan("100.00"))
    with clock.travel(clock.now() + timedelta(days=7)):
        assert services.drive(op_id) == "refused"
        assert services.refresh(held.id).code == "capture_expired"
    with pytest.raises(NotAuthorized):
        services.intend_capture(payment_id=held.id, amount=yuan("1.00"))


def test_a_payout_is_pulled_back_in_parts_and_never_more(
    payouts: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_in(monkeypatch, "payout.pulled_back", "clearing > capital")
    monkeypatch.setattr(purposes, "_reversals", [Till()])
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan("50.00"), "6222 0000 0001")
    services.drive(op_id)
    with a_while_later():
        assert services.drive(op_id) == "succeeded"
    before = balance("clearing", "sandbox")

    first = services.intend_reversal(payout_number=number, amount=yuan("30.00"), ref="R-1")
    again = services.intend_reversal(payout_number=number, amount=yuan("30.00"), ref="R-1")
    assert first == again
    with pytest.raises(MoreThanPaidOut):
        services.intend_reversal(payout_number=number, amount=yuan("20.01"), ref="R-2")
    assert services.drive(first) == "succeeded"
    came_back = yuan(balance("clearing", "sandbox")) - yuan(before)
    assert came_back == yuan("30.00")


def test_a_payout_to_our_own_bank_is_in_transit_until_the_statement(payouts: Heard) -> None:
    before = yuan(balance("in_transit", "sandbox"))
    op_id = services.intend_platform_payout(number=ids.code("B"), amount=yuan("8.00"))
    assert services.drive(op_id) == "processing"
    with a_while_later():
        assert services.drive(op_id) == "succeeded"
    assert yuan(balance("in_transit", "sandbox")) - before == yuan("8.00")
