"""What comes too much, where the one who asked is not whose money it is, waits for a person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db as database
from ledger import audit
from payments import bank_cases, bank_orders, bank_placing, cases, purposes, services, sweeps
from payments.bank_returns import NoWayBack
from payments.rests import services as rests
from tests.factories.bank import PAYER, arrives, await_transfer, reference
from tests.factories.payments import Stall, balance, yuan

BY = "admin:1"
ADMIN = 7  # who only asked for the transfer


@pytest.fixture
def courier(db: Any, stall: Stall) -> Iterator[Stall]:
    """The stall, as a room whose payers only ask for somebody else's money."""
    purposes.register("stall", stall, payer_stands_in=True)
    yield stall
    ours = [finding for finding in audit.run() if finding.name.startswith(("payments:", "bank:"))]
    assert [finding for finding in ours if not finding.ok] == []


def overpaid(by: str = "112.50", **more: Any) -> int:
    """A transfer of so much for 100.00; gives the case it opened."""
    payment = await_transfer("O-1", yuan("100.00"), payer_id=ADMIN)
    assert arrives(by, reference=reference(payment), **more) == {"incoming": 1}
    (case,) = cases.listed("open")
    assert (case.kind, case.ref) == ("paid_too_much", "stall:O-1")
    return case.id


def test_the_rest_waits_in_suspense_and_not_with_who_asked(courier: Stall) -> None:
    case = overpaid()
    assert (balance("bank"), balance("escrow", "O-1")) == ("112.50", "100.00")
    assert (balance("suspense"), balance("wallet", ADMIN)) == ("-12.50", "0.00")
    assert cases.case(case).amount == yuan("12.50")
    with pytest.raises(bank_cases.StillSuspended, match="lies in suspense"):
        bank_cases.close(case, BY, "never mind")


def test_it_belongs_to_a_person(courier: Stall) -> None:
    case = overpaid()
    rests.to_wallet(case, 8, by=BY)
    assert (balance("suspense"), balance("wallet", 8)) == ("0.00", "12.50")
    assert cases.case(case).how == "Put into a wallet."
    with pytest.raises(cases.CaseClosed):
        rests.as_income(case, by=BY)


def test_it_is_given_back_to_the_account_it_came_from(courier: Stall) -> None:
    number = rests.send_back(overpaid(), by=BY)
    services.drive(services.op_of(number))
    file = bank_orders.file_of(bank_orders.make_file(BY)).content
    assert PAYER in file and number in file
    end_to_end = file.partition("<EndToEndId>")[2].partition("<")[0]
    arrives("-12.50", end_to_end=end_to_end)
    assert (balance("bank"), balance("suspense")) == ("100.00", "0.00")
    assert balance("refund_payable", number) == "0.00"


def test_nothing_goes_back_to_nowhere_and_what_is_nobodys_is_income(courier: Stall) -> None:
    case = overpaid(iban="")
    with pytest.raises(NoWayBack):
        rests.send_back(case, by=BY)
    rests.as_income(case, by=BY)
    assert (balance("suspense"), balance("other_income")) == ("0.00", "12.50")


def test_the_same_again_waits_as_a_whole(courier: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"), payer_id=ADMIN)
    arrives("100.00", reference=reference(payment))
    arrives("100.00", reference=reference(payment))
    assert (balance("suspense"), balance("wallet", ADMIN)) == ("-100.00", "0.00")
    assert [(case.kind, case.amount) for case in cases.listed("open")] == [
        ("paid_too_much", yuan("100.00"))
    ]


def test_an_assigned_line_leaves_its_own_rest(courier: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"), payer_id=ADMIN)
    arrives("130.00")
    (unknown,) = cases.listed("open")
    bank_cases.assign(unknown.id, payment.purpose, by=BY)
    assert balance("suspense") == "-30.00"
    (rest,) = cases.listed("open")
    rests.to_wallet(rest.id, 8, by=BY)
    assert (balance("suspense"), balance("wallet", 8)) == ("0.00", "30.00")


def test_a_part_whose_time_ran_out_waits_for_a_person(courier: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"), payer_id=ADMIN)
    arrives("60.00", reference=reference(payment))
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        sweeps.sweep()
        bank_placing.place_new_job()
        bank_placing.place_new_job()
    assert (balance("suspense"), balance("wallet", ADMIN)) == ("-60.00", "0.00")
    assert [(case.kind, case.amount) for case in cases.listed("open")] == [
        ("unknown_money", yuan("60.00"))
    ]


def test_raw_sql_clears_it_neither_twice_nor_for_somebody_else(courier: Stall) -> None:
    rests.to_wallet(overpaid(), 8, by=BY)
    database.session.flush()
    with pytest.raises(DBAPIError, match="has left suspense"), database.session.begin_nested():
        database.session.execute(text("update bank_rest set owner = '9'"))
