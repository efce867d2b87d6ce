"""Our bank's rail with real commits: the same file, line, order or case from several sides at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db as database
from core.errors import Conflict
from ledger import audit
from payments import (
    bank_cases,
    bank_import,
    bank_orders,
    bank_placing,
    cases,
    purposes,
    services,
)
from payments.bank_models import BankLine, BankOrder, BankOrderFile
from payments.rests import services as rests
from tests.factories.bank import arrives, await_transfer, camt, entry, reference
from tests.factories.owner import without_orders
from tests.factories.payments import Heard, Stall, ask_payout, balance, earn, yuan
from tests.payments.test_at_the_same_time import at_once


@pytest.fixture(autouse=True)
def real(committed_app: Flask, stall: Stall, payouts: Heard) -> Iterator[Flask]:
    with committed_app.app_context():
        with without_orders():
            yield committed_app
        ours = [f for f in audit.run() if f.name.startswith(("payments:", "bank:"))]
        assert [f"{f.name} {f.detail}" for f in ours if not f.ok] == []


def count(table: Any) -> int:
    return database.session.scalar(select(func.count()).select_from(table)) or 0


def test_eight_who_take_the_same_file_in_pay_once(real: Flask, stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    file = camt(entry("100.00", reference=reference(payment)), entry("9.00", id="B", reference=""))

    def take(_: int) -> None:
        bank_import.take_in(file, "x.xml", by="admin:1")
        bank_placing.place_new()

    assert at_once(real, 8, take) == [None] * 8
    assert (count(BankLine), stall.heard) == (2, ["paid"])
    assert (balance("bank"), balance("escrow", "O-1")) == ("109.00", "100.00")
    assert cases.counts() == {"open": 1, "closed": 0}


def test_both_halves_of_a_payment_at_once_pay_it(real: Flask, stall: Stall) -> None:
    payment = await_transfer("O-1", yuan("100.00"))
    halves = [entry("50.00", id=f"H{n}", reference=reference(payment)) for n in range(4)]
    bank_import.take_in(camt(*halves), "x.xml", by="admin:1")
    ids = list(database.session.scalars(select(BankLine.id)))
    database.session.commit()
    said = at_once(real, 4, lambda n: bank_placing.place(ids[n]))
    assert sorted(said) == ["incoming", "incoming", "incoming", "partial_transfer"]
    assert (balance("escrow", "O-1"), balance("wallet", 7)) == ("100.00", "100.00")
    assert (balance("suspense"), services.view(payment.id).state) == ("0.00", "succeeded")


def test_eight_files_asked_for_at_once_order_each_payment_once(real: Flask) -> None:
    real.config["PAYOUT_GATEWAY"] = "bank"
    for number in range(6):
        earn(number, yuan("50.00"))
        account = "DE02120300000000202051"
        services.drive(ask_payout(f"P-{number}", number, yuan("40.00"), account))
    said = at_once(real, 8, lambda _: bank_orders.make_file("admin:1"))
    numbers = [one for one in said if isinstance(one, str)]
    assert len(numbers) == 1
    assert all(isinstance(one, Conflict) for one in said if not isinstance(one, str))
    assert (count(BankOrderFile), count(BankOrder)) == (1, 6)
    assert bank_orders.file_of(numbers[0]).order_count == 6


def test_a_case_is_decided_once_whoever_clicks(real: Flask) -> None:
    arrives("60.00")
    (case,) = cases.listed("open")

    def decide(number: int) -> Any:
        if number % 2:
            return bank_cases.to_wallet(case.id, 8, by=f"admin:{number}")
        return bank_cases.send_back(case.id, by=f"admin:{number}")

    said = at_once(real, 8, decide)
    assert len([one for one in said if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, Conflict) for one in said if isinstance(one, Exception))
    assert (balance("suspense"), cases.case(case.id).state) == ("0.00", "closed")


def test_an_order_is_paid_or_refused_not_both(real: Flask) -> None:
    arrives("60.00")
    (case,) = cases.listed("open")
    number = bank_cases.send_back(case.id, by="admin:1")
    services.drive(services.op_of(number))
    bank_orders.make_file("admin:1")
    order = database.session.scalars(select(BankOrder)).one()
    order_id, end_to_end = order.id, order.end_to_end_id
    bank_import.take_in(camt(entry("-60.00", id="D", end_to_end=end_to_end)), "x", by="admin:1")
    database.session.commit()

    def act(number: int) -> Any:
        if number % 2:
            return bank_placing.place_new()
        return bank_orders.refuse(order_id, "no", by="admin:1")

    at_once(real, 4, act)
    database.session.expire_all()
    state = database.session.get_one(BankOrder, order_id).state
    assert state in ("paid", "refused")
    assert balance("suspense") == ("0.00" if state == "paid" else "60.00")
    assert balance("bank") == "0.00"


def test_what_came_too_much_has_one_owner_whoever_clicks(real: Flask, stall: Stall) -> None:
    purposes.register("stall", stall, payer_stands_in=True)
    arrives("160.00", reference=reference(await_transfer("O-1", yuan("100.00"))))
    (case,) = cases.listed("open")
    acts = (
        lambda: rests.to_wallet(case.id, 8, by="admin:1"),
        lambda: rests.send_back(case.id, by="admin:2"),
        lambda: rests.as_income(case.id, by="admin:3"),
    )
    said = at_once(real, 6, lambda number: acts[number % 3]())
    assert len([one for one in said if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, Conflict) for one in said if isinstance(one, Exception))
    assert (balance("suspense"), balance("bank")) == ("0.00", "160.00")
