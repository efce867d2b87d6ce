"""Transfers to our account: whole, in parts, too much, twice, too late, or of nobody."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, ids
from core.errors import Conflict
from ledger import audit, book
from payments import bank_import, bank_incoming, bank_placing, cases, services, sweeps
from payments.bank_references import op_of, reference_of
from tests.factories.bank import (
    arrives,
    await_transfer,
    camt,
    entry,
    reference,
    statement,
)
from tests.factories.payments import Stall, balance, pay, yuan

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def order() -> str:
    return ids.code("O")


@pytest.fixture(autouse=True)
def the_bank_adds_up_afterwards(db: Any) -> Any:
    yield
    ours = [finding for finding in audit.run() if finding.name.startswith(("payments:", "bank:"))]
    assert len(ours) >= 9
    assert [finding for finding in ours if not finding.ok] == []


def test_references_are_the_operation_written_out() -> None:
    for op_id in (1, 36, 9_007_199_254_740_993, 2**63 - 1):
        assert op_of(reference_of(op_id)) == op_id
    assert op_of("RF18539007547034") is None  # valid, not ours


def test_a_transfer_with_its_reference_pays(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"))
    assert payment.state == "requires_action"
    assert arrives("100.00", reference=reference(payment)) == {"incoming": 1}
    assert services.view(payment.id).captured == yuan("100.00")
    assert (balance("bank"), balance("clearing", "bank")) == ("100.00", "0.00")
    assert (balance("escrow", order), stall.heard) == ("100.00", ["paid"])


def test_a_line_is_one_journal_and_taken_in_again_none(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"))
    one = entry("100.00", reference=reference(payment))
    assert statement(one) == {"incoming": 1}
    assert statement(one) == {}
    assert [line.change.decimal_text() for line in book.statement(_bank(), "CNY")] == ["100.00"]


def _bank() -> Any:
    from ledger.accounts import account

    return account("bank")


def test_too_little_waits_for_the_rest(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"))
    arrives("60.00", reference=reference(payment))
    assert services.view(payment.id).state == "requires_action"
    assert balance("suspense") == "-60.00"
    (case,) = cases.listed("open")
    assert (case.kind, case.amount) == ("partial_transfer", yuan("60.00"))
    arrives("40.00", reference=reference(payment))
    assert services.view(payment.id).captured == yuan("100.00")
    assert (balance("suspense"), balance("escrow", order)) == ("0.00", "100.00")
    assert cases.case(case.id).how == "The rest came."


def test_too_little_goes_to_the_wallet_when_the_time_runs_out(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"), payer_id=8)
    arrives("60.00", reference=reference(payment))
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        sweeps.sweep()
        bank_placing.place_new_job()
        assert services.view(payment.id).state == "refused"
        assert stall.heard == ["refused transfer_expired"]
        assert (balance("suspense"), balance("wallet", 8)) == ("0.00", "60.00")
        assert cases.counts() == {"open": 0, "closed": 1}
        assert bank_incoming.let_go_of_partial() == 0


def test_too_much_leaves_its_rest_in_the_wallet(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"), payer_id=8)
    arrives("112.50", reference=reference(payment))
    assert (balance("escrow", order), balance("wallet", 8)) == ("100.00", "12.50")
    assert balance("clearing", "bank") == "0.00"


def test_the_same_transfer_made_twice_is_the_payers(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"), payer_id=8)
    arrives("100.00", reference=reference(payment))
    arrives("100.00", reference=reference(payment))
    assert (balance("escrow", order), balance("wallet", 8)) == ("100.00", "100.00")
    assert stall.heard == ["paid"]


def test_too_late_is_still_asked_for_and_else_the_payers(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"), payer_id=8)
    with clock.travel(clock.now() + timedelta(days=4)):
        services.drive(payment.op_id)
        stall.before = _closed
        arrives("100.00", reference=reference(payment))
    assert services.view(payment.id).state == "succeeded"
    assert (balance("escrow", order), balance("wallet", 8)) == ("0.00", "100.00")


def _closed() -> None:
    raise Conflict("The stall has closed.")


def test_money_of_nobody_goes_to_suspense_and_to_a_person(stall: Stall) -> None:
    arrives("55.00", text="for the red one")
    assert (balance("bank"), balance("suspense")) == ("55.00", "-55.00")
    (case,) = cases.listed("open")
    assert case.kind == "unknown_money"
    assert "A Payer, GB33BUKB20201555555555, for the red one" in case.why


def test_a_debit_nobody_ordered_is_asked_about() -> None:
    arrives("-9.00", side="Cdtr", name="The bank", iban="", text="fee for March")
    assert (balance("bank"), balance("suspense")) == ("-9.00", "9.00")
    assert [case.kind for case in cases.listed("open")] == ["unknown_debit"]


def test_lines_kept_by_a_process_that_died_are_placed_later(order: str, stall: Stall) -> None:
    payment = await_transfer(order, yuan("100.00"))
    file = camt(entry("100.00", reference=reference(payment)))
    bank_import.take_in(file, "x.xml", by="admin:1")
    assert services.view(payment.id).state == "requires_action"
    bank_placing.place_new_job()
    assert services.view(payment.id).state == "succeeded"


def test_a_second_try_has_a_reference_of_its_own(order: str, stall: Stall) -> None:
    first = await_transfer(order, yuan("100.00"), payer_id=8)
    with clock.travel(clock.now() + timedelta(days=4)):
        services.drive(first.op_id)
        second = await_transfer(order, yuan("100.00"), payer_id=8)
        assert reference(second) != reference(first)
        arrives("100.00", reference=reference(first))
        arrives("100.00", reference=reference(second))
    assert (balance("escrow", order), balance("wallet", 8)) == ("100.00", "100.00")


def test_our_balance_at_the_gateway_arrives_at_our_bank(order: str, stall: Stall) -> None:
    pay(order, yuan("100.00"))
    op_id = services.intend_platform_payout(number="W-48", amount=yuan("80.00"))
    services.drive(op_id)
    assert (balance("clearing", "sandbox"), balance("in_transit", "sandbox")) == ("19.40", "80.00")
    assert arrives("80.00", text="Payout W-48", name="Processor") == {"platform_payout": 1}
    assert (balance("in_transit", "sandbox"), balance("bank")) == ("0.00", "80.00")
    assert arrives("80.00", text="Payout W-48") == {"unknown_money": 1}


def test_two_payouts_of_one_amount_must_be_named(order: str, stall: Stall) -> None:
    pay(order, yuan("300.00"))
    for number in ("W-48", "W-49"):
        services.drive(services.intend_platform_payout(number=number, amount=yuan("80.00")))
    assert arrives("80.00", name="Sandbox Ltd") == {"unknown_money": 1}
    assert arrives("80.00", text="W-49") == {"platform_payout": 1}
    assert arrives("80.00", name="Sandbox Ltd") == {"platform_payout": 1}
