"""Two workers, sixteen refunds, a notice that overtakes: commits are real here."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import ids
from core.db import db as database
from core.errors import Conflict
from core.use_case import use_case
from ledger import audit
from payments import sandbox_bank, services
from payments.applying import apply_answer
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.sandbox_tables import objects
from payments.sending import MoreThanPaidOut
from payments.services import MoreThanCaptured
from tests.factories.owner import without_orders
from tests.factories.payments import (
    Heard,
    Stall,
    a_while_later,
    ask_payout,
    balance,
    earn,
    intend,
    make_card,
    pay,
    yuan,
)


@pytest.fixture(autouse=True)
def real(committed_app: Flask, stall: Stall) -> Iterator[Flask]:
    with committed_app.app_context():
        with without_orders():
            yield committed_app
        ours = [finding for finding in audit.run() if finding.name.startswith("payments:")]
        assert [finding for finding in ours if not finding.ok] == []
        sandbox_bank.engine().dispose()


def at_once(app: Flask, count: int, action: Callable[[int], Any]) -> list[Any]:
    """Start `action` in `count` threads at the same moment; gives what each returned or raised."""
    start = Barrier(count)

    def run(number: int) -> Any:
        with app.app_context():
            start.wait()
            try:
                return action(number)
            except Exception as error:
                return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def charges() -> int:
    with sandbox_bank.engine().connect() as bank:
        count = select(func.count()).where(objects.c.kind == "charge")
        return bank.execute(count.where(objects.c.status == "succeeded")).scalar_one()


def test_sixteen_refunds_of_sixty_percent_at_once_are_one(real: Flask) -> None:
    payment = pay("O-1", yuan("100.00"))

    def refund(number: int) -> int:
        return services.intend_refund(
            payment_id=payment.id, refund_number=f"R-{number}", amount=yuan("60.00")
        )

    outcomes = at_once(real, 16, refund)
    assert len([one for one in outcomes if isinstance(one, int)]) == 1
    assert len([one for one in outcomes if isinstance(one, MoreThanCaptured)]) == 15
    assert services.view(payment.id).refunded == yuan("60.00")


def test_even_without_our_lock_the_database_refuses_the_second(real: Flask) -> None:
    payment = pay("O-1", yuan("100.00"))

    @use_case
    def overdraw() -> None:
        database.session.get_one(Payment, payment.id).refunded_minor = 10_001

    with pytest.raises(Exception, match="given_back_at_most_captured"):
        overdraw()


def test_four_workers_on_one_operation_are_one_charge(real: Flask, stall: Stall) -> None:
    payment = intend("O-1", yuan("100.00"))
    states = at_once(real, 4, lambda _: services.drive(payment.op_id))
    assert set(states) <= {"sending", "succeeded"}
    assert "succeeded" in states
    assert (charges(), stall.heard, balance("escrow", "O-1")) == (1, ["paid"], "100.00")


def test_four_tabs_that_pay_at_once_are_one_payment(real: Flask, stall: Stall) -> None:
    def press(_: int) -> str:
        payment = intend("O-1", yuan("100.00"))
        return services.drive(payment.op_id)

    at_once(real, 4, press)
    operations = select(func.count()).select_from(GatewayOp).where(GatewayOp.ref == "stall:O-1")
    assert database.session.scalar(operations) == 1
    assert (charges(), balance("escrow", "O-1")) == (1, "100.00")


def test_the_answer_and_five_notices_at_once_post_once(real: Flask, stall: Stall) -> None:
    payment = intend("O-1", yuan("100.00"))
    said = Answer("succeeded", "ch_1", charge_id="ch_1", fee=yuan("0.60"))
    states = at_once(real, 6, lambda _: apply_answer(payment.op_id, said))
    assert states == ["succeeded"] * 6
    assert stall.heard == ["paid"]
    assert balance("clearing", "sandbox") == "99.40"


def test_a_capture_and_a_cancel_at_once_are_one_of_the_two(real: Flask) -> None:
    for round in range(4):
        held = services.intend_charge(
            purpose=f"stall:H-{round}",
            payer_id=7,
            amount=yuan("100.00"),
            source=make_card(),
            description="A kettle",
            capture="manual",
        )
        services.drive(held.op_id)
        payment_id = held.id

        def end(number: int, payment_id: int = payment_id) -> str:
            if number % 2:
                op_id = services.intend_cancel(payment_id=payment_id)
            else:
                op_id = services.intend_capture(payment_id=payment_id, amount=yuan("40.00"))
            return services.drive(op_id)

        ends = at_once(real, 4, end)
        database.session.rollback()  # look anew
        state = services.view(payment_id).state
        captured = services.view(payment_id).captured
        assert any(isinstance(said, Conflict) for said in ends)
        assert (state, captured) in (("succeeded", yuan("40.00")), ("refused", yuan("0.00")))


def test_reversals_at_once_never_pull_back_more_than_the_payout(
    real: Flask, payouts: Heard
) -> None:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("100.00"))
    services.drive(ask_payout(number, seller, yuan("100.00"), "6222 0000 0001"))
    with a_while_later():
        sent = select(GatewayOp.id).where(GatewayOp.ref == number)
        assert services.drive(database.session.scalars(sent).one()) == "succeeded"

    def pull(which: int) -> int:
        return services.intend_reversal(
            payout_number=number, amount=yuan("30.00"), ref=f"R-{which}"
        )

    said = at_once(real, 8, pull)
    assert len([op_id for op_id in said if isinstance(op_id, int)]) == 3
    assert len([no for no in said if isinstance(no, MoreThanPaidOut)]) == 5
