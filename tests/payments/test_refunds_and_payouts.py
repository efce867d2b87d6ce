"""Money going back to cards and out to sellers, over the sandbox bank."""

from typing import Any

import pytest

from core import ids
from core.errors import InvalidInput
from core.jobs import Pile
from ledger import audit
from payments import services
from payments.services import MoreThanCaptured
from tests.factories.payments import (
    REFUND_FAILS,
    REFUND_REFUSED,
    REFUND_WAITS,
    Heard,
    Stall,
    a_while_later,
    ask_payout,
    balance,
    earn,
    intend,
    pay,
    promise,
    yuan,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def order() -> str:
    return ids.code("O")


@pytest.fixture
def number() -> str:
    return ids.code("R")


@pytest.fixture(autouse=True)
def the_payments_add_up_afterwards(db: Any) -> Any:
    yield
    ours = [finding for finding in audit.run() if finding.name.startswith("payments:")]
    assert len(ours) == 8
    assert [finding for finding in ours if not finding.ok] == []


def test_a_refund_reaches_the_card(
    order: str, number: str, stall: Stall, refunds: Heard, pile: Pile
) -> None:
    payment = pay(order, yuan("100.00"))
    services.drive(promise(order, number, yuan("30.00"), payment.id))
    pile.run_due()
    assert refunds.said == ["settled"]
    assert services.view(payment.id).refunded == yuan("30.00")
    assert balance("refund_payable", number) == "0.00"
    assert balance("clearing", "sandbox") == "69.40"  # 100.00 − 0.60 − 30.00


def test_no_more_is_given_back_than_was_taken(order: str, stall: Stall, refunds: Heard) -> None:
    payment = pay(order, yuan("100.00"))
    promise(order, ids.code("R"), yuan("60.00"), payment.id)
    with pytest.raises(MoreThanCaptured):
        services.intend_refund(
            payment_id=payment.id, refund_number=ids.code("R"), amount=yuan("40.01")
        )
    promise(order, ids.code("R"), yuan("40.00"), payment.id)
    assert balance("escrow", order) == "0.00"


def test_nothing_is_given_back_of_a_payment_not_made(order: str, stall: Stall) -> None:
    payment = intend(order, yuan("100.00"))
    with pytest.raises(MoreThanCaptured):
        services.intend_refund(payment_id=payment.id, refund_number="R-1", amount=yuan("1.00"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_refund_is_more_than_nothing(order: str, stall: Stall, amount: str) -> None:
    payment = pay(order, yuan("100.00"))
    with pytest.raises(InvalidInput):
        services.intend_refund(payment_id=payment.id, refund_number="R-1", amount=yuan(amount))


def test_asking_twice_is_one_refund(order: str, number: str, stall: Stall, refunds: Heard) -> None:
    payment = pay(order, yuan("100.00"))
    first = promise(order, number, yuan("30.00"), payment.id)
    assert promise(order, number, yuan("30.00"), payment.id) == first
    assert services.view(payment.id).refunded == yuan("30.00")


def test_a_refund_may_take_its_time(
    order: str, number: str, stall: Stall, refunds: Heard, pile: Pile
) -> None:
    payment = pay(order, yuan("100.00"), REFUND_WAITS)
    op_id = promise(order, number, yuan("30.00"), payment.id)
    assert services.drive(op_id) == "processing"
    assert balance("refund_payable", number) == "30.00"
    with a_while_later():
        pile.run_due()
    assert refunds.said == ["settled"]
    assert balance("refund_payable", number) == "0.00"


def test_a_refused_refund_frees_its_part(
    order: str, number: str, stall: Stall, refunds: Heard
) -> None:
    payment = pay(order, yuan("100.00"), REFUND_REFUSED)
    assert services.drive(promise(order, number, yuan("30.00"), payment.id)) == "refused"
    assert refunds.said == [
        "failed: The bank declined the card. Try another card, or ask your bank."
    ]
    assert services.view(payment.id).refunded == yuan("0.00")
    assert balance("refund_payable", number) == "30.00"  # still promised: another way is found


def test_a_refund_that_fails_late_is_corrected(
    order: str, number: str, stall: Stall, refunds: Heard, pile: Pile
) -> None:
    payment = pay(order, yuan("100.00"), REFUND_FAILS)
    op_id = promise(order, number, yuan("30.00"), payment.id)
    assert services.drive(op_id) == "succeeded"
    assert balance("refund_payable", number) == "0.00"
    with a_while_later():
        pile.run_due()
        pile.run_due()
    assert refunds.said == ["settled", "failed: The bank account is closed. Enter another one."]
    assert balance("refund_payable", number) == "30.00"
    assert services.view(payment.id).refunded == yuan("0.00")
    assert balance("clearing", "sandbox") == "99.40"


def test_a_refund_on_two_cards_settles_when_both_have(
    number: str, stall: Stall, refunds: Heard
) -> None:
    one, two = ids.code("O"), ids.code("O")
    first = promise(one, number, yuan("20.00"), pay(one, yuan("20.00")).id)
    second = promise(two, number, yuan("30.00"), pay(two, yuan("80.00")).id, part=2)
    services.drive(first)
    assert refunds.said == []
    services.drive(second)
    assert refunds.said == ["settled"]
    assert balance("refund_payable", number) == "0.00"


def test_a_payout_is_sent_and_arrives(payouts: Heard, pile: Pile) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    assert services.drive(ask_payout(number, seller, yuan("40.00"), "6222 0001")) == "processing"
    assert payouts.said == ["sent"]
    assert balance("payout_in_flight", number) == "40.00"
    pile.run_due()
    assert payouts.said == ["sent", "paid"]
    assert balance("payout_in_flight", number) == "0.00"
    assert balance("seller_payable", seller) == "10.00"
    assert balance("clearing", "sandbox") == "-40.00"


def test_a_payout_to_no_account_gives_the_hold_back(payouts: Heard) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    assert services.drive(ask_payout(number, seller, yuan("40.00"), "6222 0002")) == "refused"
    assert payouts.said == ["failed: There is no such bank account. Check the number."]
    assert balance("seller_payable", seller) == "50.00"


def test_a_payout_to_a_closed_account_comes_back(payouts: Heard, pile: Pile) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    services.drive(ask_payout(number, seller, yuan("40.00"), "6222 1116"))
    pile.run_due()
    assert payouts.said == ["sent", "failed: The bank account is closed. Enter another one."]
    assert balance("seller_payable", seller) == "50.00"
    assert balance("payout_in_flight", number) == "0.00"
