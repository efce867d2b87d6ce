"""What a person decides about money in suspense."""

from typing import Any

import pytest

from ledger import audit
from payments import bank_cases, bank_orders, cases, services
from payments.bank_cases import NoSuchPayment, NotOpposite, NotThisWay, StillSuspended
from payments.bank_gateway import payer_of
from payments.bank_returns import NoWayBack
from payments.cases import CaseClosed
from tests.factories.bank import PAYER, arrives, await_transfer, reference
from tests.factories.payments import Stall, balance, yuan

pytestmark = pytest.mark.usefixtures("db")
BY = "admin:1"


@pytest.fixture(autouse=True)
def the_bank_adds_up_afterwards(db: Any) -> Any:
    yield
    ours = [finding for finding in audit.run() if finding.name.startswith(("payments:", "bank:"))]
    assert [finding for finding in ours if not finding.ok] == []


def unknown(amount: str = "100.00", **more: Any) -> int:
    """A case about money of nobody we know."""
    arrives(amount, **more)
    return cases.listed("open")[-1].id


@pytest.mark.parametrize("by_what", ["reference", "purpose", "id"])
def test_assigned_to_its_payment_it_pays(stall: Stall, by_what: str) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    names = {"reference": reference(payment), "purpose": payment.purpose, "id": str(payment.id)}
    case = unknown()
    assert bank_cases.assign(case, f" {names[by_what]} ", by=BY) == "stall:O-1"
    assert services.view(payment.id).captured == yuan("100.00")
    assert (balance("suspense"), balance("escrow", "O-1")) == ("0.00", "100.00")
    assert cases.case(case).how == "Assigned to stall:O-1."
    with pytest.raises(CaseClosed):
        bank_cases.assign(case, payment.purpose, by=BY)


def test_assigned_in_part_it_waits_for_the_rest(stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    case = unknown("30.00")
    bank_cases.assign(case, payment.purpose, by=BY)
    assert (cases.case(case).kind, cases.case(case).state) == ("partial_transfer", "open")
    arrives("75.00", reference=reference(payment))
    assert (balance("escrow", "O-1"), balance("wallet", 7)) == ("100.00", "5.00")
    assert cases.case(case).how == "The rest came."


def test_a_refund_finds_the_account_of_an_assigned_transfer(stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    bank_cases.assign(unknown(), payment.purpose, by=BY)

    assert payer_of(reference(payment)) == (PAYER, "A Payer")


def test_it_can_go_to_a_wallet_or_to_the_owners_or_be_a_fee() -> None:
    bank_cases.to_wallet(unknown("10.00"), 8, by=BY)
    bank_cases.as_owners(unknown("20.00"), by=BY)
    bank_cases.as_fee(unknown("-3.00"), by=BY)
    assert (balance("wallet", 8), balance("capital")) == ("10.00", "20.00")
    assert (balance("gateway_fee"), balance("bank"), balance("suspense")) == (
        "3.00",
        "27.00",
        "0.00",
    )
    with pytest.raises(NotThisWay):
        bank_cases.as_fee(unknown("3.00"), by=BY)


def test_sent_back_it_leaves_by_an_order_to_where_it_came_from() -> None:
    case = unknown()
    number = bank_cases.send_back(case, by=BY)
    services.drive(services.op_of(number))
    text = bank_orders.file_of(bank_orders.make_file(BY)).content
    assert PAYER in text and number in text
    end_to_end = text.partition("<EndToEndId>")[2].partition("<")[0]
    arrives("-100.00", end_to_end=end_to_end)
    assert (balance("bank"), balance("suspense")) == ("0.00", "0.00")
    assert balance("refund_payable", number) == "0.00"
    arrives("100.00", end_to_end=end_to_end, returned="AC04")
    assert balance("refund_payable", number) == "100.00"
    assert [c.kind for c in cases.listed("open")] == ["return_refused"]


def test_nothing_is_sent_back_to_nowhere() -> None:
    with pytest.raises(NoWayBack):
        bank_cases.send_back(unknown(iban=""), by=BY)


def test_a_wrong_debit_and_its_return_cancel_each_other() -> None:
    wrong, back, other = unknown("-40.00"), unknown("40.00"), unknown("41.00")
    with pytest.raises(NotOpposite):
        bank_cases.cancel_out(wrong, other, by=BY)
    with pytest.raises(NotOpposite):
        bank_cases.cancel_out(wrong, wrong, by=BY)
    bank_cases.cancel_out(back, wrong, by=BY)
    assert (balance("bank"), balance("suspense")) == ("41.00", "-41.00")
    assert cases.case(wrong).how == f"It and case {back} cancel each other."


def test_no_case_closes_over_money_in_suspense() -> None:
    case = unknown()
    with pytest.raises(StillSuspended, match="lies in suspense"):
        bank_cases.close(case, BY, "never mind")
    bank_cases.to_wallet(case, 8, by=BY)
    with pytest.raises(CaseClosed):
        bank_cases.close(case, BY, "never mind")
    with pytest.raises(NoSuchPayment, match="called nobody"):
        bank_cases.assign(unknown(), "nobody", by=BY)
