"""A shopper pays by card: what each test card does, to the cent."""

from typing import Any

import pytest

from core import ids
from core.jobs import Pile
from payments import services
from tests.factories.payments import (
    ASKS,
    DECLINED,
    DECLINED_LATE,
    DUPLICATE,
    GOOD,
    KEPT_500,
    LATE,
    LOST,
    Stall,
    a_while_later,
    balance,
    intend,
    pay,
    yuan,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def order() -> str:
    return ids.code("O")


def test_a_good_card_pays_and_the_fee_is_known(order: str, stall: Stall, pile: Pile) -> None:
    payment = pay(order, yuan("100.00"))

    assert (payment.state, payment.captured, payment.message) == (
        "succeeded",
        yuan("100.00"),
        "Paid.",
    )
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"
    assert balance("clearing", "sandbox") == "99.40"  # less 0.6 %
    assert balance("gateway_fee") == "0.60"

    pile.run_due()  # the notice says the same again
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"
    assert balance("clearing", "sandbox") == "99.40"


def test_a_declined_card_takes_nothing_and_another_card_may_be_tried(
    order: str, stall: Stall
) -> None:
    refused = pay(order, yuan("100.00"), DECLINED)
    assert refused.state == "refused"
    assert refused.message == "The bank declined the card. Try another card, or ask your bank."
    assert stall.heard == ["refused card_declined"]
    assert balance("escrow", order) == "0.00"

    paid = pay(order, yuan("100.00"), GOOD)
    assert (paid.id, paid.state) == (refused.id, "succeeded")
    assert [op.state for op in services.ops_of(paid.id)] == ["refused", "succeeded"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
    ],
)
def test_each_refusal_has_its_reason(order: str, stall: Stall, number: str, code: str) -> None:
    assert pay(order, yuan("10.00"), number).code == code


def test_asking_twice_is_one_payment(order: str, stall: Stall) -> None:
    first = intend(order, yuan("100.00"))
    again = intend(order, yuan("100.00"))
    assert (again.id, again.op_id) == (first.id, first.op_id)
    services.drive(first.op_id)
    services.drive(first.op_id)
    assert balance("escrow", order) == "100.00"


def test_a_lost_answer_is_unknown_until_looked_up_and_never_charged_twice(
    order: str, stall: Stall, pile: Pile
) -> None:
    payment = pay(order, yuan("100.00"), LOST)
    assert payment.state == "unknown"
    assert "Do not pay again" in payment.message
    assert stall.heard == []

    assert services.refresh(payment.id).state == "succeeded"
    pile.run_due()
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"


def test_an_error_kept_for_ever_is_looked_up_too(order: str, stall: Stall) -> None:
    payment = pay(order, yuan("100.00"), KEPT_500)
    assert payment.state == "unknown"
    assert services.refresh(payment.id).state == "succeeded"


def test_a_late_notice_brings_the_money(order: str, stall: Stall, pile: Pile) -> None:
    payment = pay(order, yuan("100.00"), LATE)
    pile.run_due()
    assert services.view(payment.id).state == "processing"
    with a_while_later():
        pile.run_due()
        assert services.view(payment.id).state == "succeeded"
    assert stall.heard == ["paid"]


def test_a_late_refusal_is_told(order: str, stall: Stall, pile: Pile) -> None:
    payment = pay(order, yuan("100.00"), DECLINED_LATE)
    with a_while_later():
        pile.run_due()
    assert services.view(payment.id).state == "refused"
    assert stall.heard == ["refused card_declined"]


def test_a_notice_sent_five_times_counts_once(
    order: str, stall: Stall, pile: Pile, db: Any
) -> None:
    pay(order, yuan("100.00"), DUPLICATE)
    pile.run_due()
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"


def test_the_notice_alone_is_enough(order: str, stall: Stall, pile: Pile) -> None:
    """The worker dies with a lost answer; only the notice arrives."""
    payment = pay(order, yuan("100.00"), LOST)
    pile.run_due()
    assert services.view(payment.id).state == "succeeded"


def test_money_nobody_wants_any_more_goes_to_the_wallet(order: str, stall: Stall) -> None:
    stall.closed = True
    payment = pay(order, yuan("100.00"))
    assert payment.state == "succeeded"
    assert balance("escrow", order) == "0.00"
    assert balance("wallet", 7) == "100.00"


def test_the_bank_asks_and_the_shopper_confirms(
    order: str, stall: Stall, pile: Pile, client: Any
) -> None:
    payment = pay(order, yuan("100.00"), ASKS)
    assert payment.state == "requires_action"
    page = client.get(payment.action_url)
    assert "¥100.00" in page.text
    assert client.post(f"{payment.action_url}/approve").location == f"/checkout/{order}"

    pile.run_due()
    assert services.view(payment.id).state == "succeeded"
    assert client.post(f"{payment.action_url}/refuse").location == f"/checkout/{order}"
    assert services.refresh(payment.id).state == "succeeded"


def test_the_shopper_refuses_and_the_page_knows_at_once(
    order: str, stall: Stall, client: Any
) -> None:
    payment = pay(order, yuan("100.00"), ASKS)
    client.post(f"{payment.action_url}/refuse")
    refused = services.refresh(payment.id)
    assert (refused.state, refused.code) == ("refused", "authentication_refused")
    assert stall.heard == ["refused authentication_refused"]


def test_a_payment_nobody_confirms_ends_by_itself(order: str, stall: Stall) -> None:
    payment = pay(order, yuan("100.00"), ASKS)
    with a_while_later(2 * 3600 + 1):
        assert services.refresh(payment.id).code == "authentication_expired"


def test_a_later_installment_cannot_be_confirmed_in_absence(order: str, stall: Stall) -> None:
    payment = intend(order, yuan("100.00"), ASKS, off_session=True)
    services.drive(payment.op_id)
    assert services.view(payment.id).code == "authentication_required"
