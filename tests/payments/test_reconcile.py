"""The gateway's list against our book: what matches, and every seeded error found by its name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from core import clock, ids
from core.db import get
from core.jobs import Pile
from core.money import Money
from core.use_case import use_case
from ledger import audit, book
from ledger.accounts import account
from payments import apply_charge, cases, gateways, reconcile, sandbox_bank, sandbox_lines, services
from payments.applying import apply_answer
from payments.models import GatewayOp
from payments.reconcile import Result
from payments.requests import thawed
from payments.sandbox_tables import objects
from tests.factories.bank import forget_everything
from tests.factories.ledger import journal
from tests.factories.payments import (
    LATE,
    LOST,
    REFUND_FAILS,
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

pytestmark = pytest.mark.usefixtures("db", "rooms")


def compared(days: int = 2, ago: int = 0) -> Result:
    """The last days, today included, or those that ended `ago` days before."""
    until = clock.now() + timedelta(hours=1) - timedelta(ago)
    (result,) = reconcile.run_gateway("sandbox", until - timedelta(days), until, by="test")
    return result


def kinds(result: Result) -> list[str]:
    return [item.kind for item in result.items]


@pytest.fixture(autouse=True)
def every_run_adds_up(db: Any) -> Any:
    forget_everything()
    yield
    found = [f for f in audit.run() if f.name.startswith("reconciliation:")]
    assert [f"{f.name} {f.detail}" for f in found if not f.ok] == []
    assert len(found) == 1


@pytest.fixture
def busy(stall: Stall, pile: Pile) -> Any:
    """A payment, a refund, one that fails late, a payout, one that comes back, and our own payout."""
    first, second = pay("O-1", yuan("100.00")), pay("O-2", yuan("50.00"), REFUND_FAILS)
    services.drive(promise("O-1", "R-1", yuan("30.00"), first.id))
    services.drive(promise("O-2", "R-2", yuan("20.00"), second.id))
    for number, account_number in (("P-1", "6222 0001"), ("P-2", "6222 1116")):
        seller = ids.new_id()
        earn(seller, yuan("25.00"))
        services.drive(ask_payout(number, seller, yuan("25.00"), account_number))
    services.drive(services.intend_platform_payout(number="W-1", amount=yuan("40.00")))
    pile.run_due()
    with a_while_later():
        pile.run_due()
        pile.run_due()
    return first


def test_a_busy_day_matches_to_the_last_fen(busy: Any) -> None:
    result = compared()
    # charges 99.40 + 49.70, refunds −30 −20 +20, payouts −25 and −25 + 25, ours −40
    assert result.theirs == yuan("54.10") == result.ours
    assert balance("clearing", "sandbox") == "54.10"
    assert (kinds(result), result.unexplained) == (["came_back", "came_back"], 0)
    assert result.matched == 7
    assert sum(item.effect.minor for item in result.items) == 0
    assert cases.counts()["open"] == 0


def change(op_id: int, **values: Any) -> None:
    """Let the processor's books say something else."""
    with sandbox_bank.engine().begin() as bank:
        bank.execute(update(objects).where(objects.c.op_id == op_id).values(**values))


def test_an_amount_that_differs(busy: Any) -> None:
    change(busy.op_id, amount=10_100)
    result = compared()
    (item,) = [item for item in result.items if not item.explained]
    assert (item.kind, item.ref) == ("amount_differs", "stall:O-1")
    assert (item.theirs, item.ours) == (yuan("100.39"), yuan("99.40"))  # 101 − 0.61
    assert result.theirs - result.ours == item.effect == yuan("0.99")
    case = cases.case(item.case_id or 0)
    assert (case.kind, case.amount) == ("reconciliation", yuan("0.99"))
    assert "101.00 CNY, fee 0.61 CNY" in case.facts["at_the_other_side"]


def test_a_fee_that_differs(busy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_lines, "FEE_PPM", 5_000)  # 0.50 and 0.25 instead of 0.60 and 0.30
    found = sorted((i for i in compared().items if not i.explained), key=lambda i: -i.effect.minor)
    assert [(item.kind, item.effect) for item in found] == [
        ("fee_differs", yuan("0.10")),
        ("fee_differs", yuan("0.05")),
    ]


def test_a_fee_nobody_told_yet(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_bank, "FEE_PPM", 0)
    monkeypatch.setattr(apply_charge, "_note_fee", lambda *answer: None)  # none in the answer
    pay("O-1", yuan("100.00"))
    assert kinds(compared()) == ["fee_not_known_yet"]
    with clock.travel(clock.now() + timedelta(days=2)):
        assert kinds(compared(4)) == ["fee_differs"]


def test_a_second_charge_and_its_fee_match_too(stall: Stall) -> None:
    """A try that was given up paid after all, and so had the next one: two lines there, two here."""
    first = intend("O-1", yuan("100.00"), LOST)
    services.drive(first.op_id)
    services.give_up(first.op_id, "The gateway's page shows nothing.")
    second = intend("O-1", yuan("100.00"))
    services.drive(second.op_id)
    answer = gateways.named("sandbox").look_up(_request(first.op_id), "")
    assert answer is not None and apply_answer(first.op_id, answer) == "succeeded"
    result = compared()
    assert (result.items, result.matched) == ((), 2)
    assert result.theirs == result.ours == yuan("198.80")  # twice 100.00 − 0.60


def _request(op_id: int) -> Any:
    return thawed(get(GatewayOp, op_id))


def test_what_settles_in_another_currency_is_listed_in_both(
    busy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The charge of 100.00 CNY arrives there as 14.00 USD less 0.08: two sums, each its own."""
    list_of, usd = sandbox_lines.lines, lambda text: Money.parse(text, "USD")

    def settled_in_dollars(since: Any, until: Any) -> Any:
        for line in list_of(since, until):
            amounts = {"amount": usd("14.00"), "fee": usd("0.08"), "net": usd("13.92")}
            changed = {**amounts, "currency": "USD"} if line.op_id == busy.op_id else {}
            yield replace(line, **changed)

    monkeypatch.setattr(sandbox_lines, "lines", settled_in_dollars)
    until = clock.now() + timedelta(hours=1)
    yuan_run, dollar_run = reconcile.run_gateway("sandbox", until - timedelta(2), until, by="test")
    assert (yuan_run.theirs, yuan_run.ours) == (yuan("-45.30"), yuan("54.10"))
    (ours,) = [item for item in yuan_run.items if item.kind == "other_currency"]
    assert (ours.theirs, ours.ours, ours.effect) == (None, yuan("99.40"), yuan("-99.40"))
    assert (dollar_run.theirs, dollar_run.ours) == (usd("13.92"), usd("0.00"))
    (theirs,) = dollar_run.items
    assert (theirs.kind, theirs.theirs, theirs.ours) == ("other_currency", usd("13.92"), None)
    assert (yuan_run.unexplained, dollar_run.unexplained) == (0, 0)
    assert (yuan_run.matched, dollar_run.matched) == (6, 0)
    assert cases.counts()["open"] == 0


def test_what_is_missing_there(busy: Any) -> None:
    change(busy.op_id, status="refused")
    assert "not_there_yet" in kinds(compared())
    with clock.travel(clock.now() + timedelta(days=2)):
        result = compared(4)
        (item,) = [item for item in result.items if not item.explained]
        assert (item.kind, item.effect) == ("missing_there", yuan("-99.40"))
        assert item.our_key == f"payment:{busy.id}:paid"


def test_what_is_missing_here(stall: Stall) -> None:
    payment = intend("O-9", yuan("70.00"), LATE)
    services.drive(payment.op_id)
    change(payment.op_id, status="succeeded", next_status="")
    assert kinds(compared()) == ["not_here_yet"]
    with clock.travel(clock.now() + timedelta(days=2)):
        result = compared(4)
        assert kinds(result) == ["missing_here"]
        assert result.unexplained == 1
        services.drive(payment.op_id)  # asked again, it is found: the case closes by itself
        assert compared(4).unexplained == 0
        assert cases.counts() == {"open": 0, "closed": 1}


def charge_of_nobody(**values: Any) -> None:
    row = {
        "id": "sandbox_charge_strange",
        "kind": "charge",
        "idempotency_key": "op-77",
        "params_hash": "x",
        "op_id": 77,
        "amount": 1_000,
        "currency": "CNY",
        "behavior": "",
        "status": "succeeded",
        "created_at": clock.now(),
    }
    with sandbox_bank.engine().begin() as bank:
        bank.execute(insert(objects).values(**row | values))


def test_what_is_not_ours_at_all(busy: Any) -> None:
    charge_of_nobody()
    (item,) = [item for item in compared().items if not item.explained]
    assert (item.kind, item.effect, item.ref) == ("unknown_object", yuan("9.94"), "op:77")


def test_the_same_taken_twice(busy: Any) -> None:
    charge_of_nobody(op_id=busy.op_id, amount=10_000)
    result = compared()
    (item,) = [item for item in result.items if not item.explained]
    assert (item.kind, item.effect) == ("duplicate", yuan("99.40"))
    assert result.matched == 7


@use_case
def book_by_hand() -> None:
    book.post(journal("by hand", (account("clearing", "sandbox"), account("capital"), "8.00")))


def test_a_journal_that_no_operation_explains(busy: Any) -> None:
    book_by_hand()
    with clock.travel(clock.now() + timedelta(days=2)):
        (item,) = [item for item in compared(4).items if not item.explained]
    assert (item.kind, item.ref, item.effect) == ("missing_there", "journal:by hand", yuan("-8.00"))


def test_around_midnight_one_side_is_in_another_day(stall: Stall, pile: Pile) -> None:
    with clock.travel(clock.now() - timedelta(days=1)):
        payment = intend("O-9", yuan("70.00"), LATE)
        services.drive(payment.op_id)
    pile.run_due()
    result = compared(days=1, ago=0)
    assert kinds(result) in ([], ["other_window"])
    yesterday = compared(days=1, ago=1)
    assert (kinds(yesterday), yesterday.unexplained) == (["other_window"], 0)


def test_run_again_it_opens_nothing_twice_and_a_person_can_explain(busy: Any) -> None:
    charge_of_nobody()
    first, second = compared(), compared()
    assert first.run_id != second.run_id
    assert [i.case_id for i in first.items] == [i.case_id for i in second.items]
    (case,) = cases.listed("open")
    cases.close_case(case.id, "admin:1", "A test charge of the processor's support.")
    third = compared()
    assert (third.unexplained, "unknown_object" in kinds(third)) == (0, True)
    assert reconcile.result(third.run_id) == third


def test_from_the_terminal(app: Flask, busy: Any) -> None:
    run = app.test_cli_runner().invoke
    said = run(args=["payments", "reconcile"])
    assert said.exit_code == 0, said.output
    assert "they say 54.10 CNY, we 54.10 CNY" in said.output
    assert "7 match, 2 differ: 2 explained, 0 unexplained." in said.output
    charge_of_nobody()
    said = run(args=["payments", "reconcile", "--gateway", "sandbox"])
    assert said.exit_code == 1
    assert "unknown_object" in said.output and "case" in said.output
    said = run(args=["payments", "reconcile", "--gateway", "nowhere"])
    assert "there is no gateway called 'nowhere'" in said.output


def test_other_rooms_hear_nothing(busy: Any, payouts: Heard) -> None:
    before = list(payouts.said)
    compared()
    assert payouts.said == before
