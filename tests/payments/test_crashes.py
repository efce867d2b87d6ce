"""A worker that dies at the worst moment, and answers that come in any order."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from core import clock, ids
from core.jobs import Pile
from payments import gateways, inbox, services, sweeps
from payments.applying import apply_answer
from payments.gateway import Answer, Charge, Notice
from payments.models import GatewayEvent, GatewayOp
from payments.sandbox_gateway import SIGNATURE, SandboxGateway, deliver_due, signature
from tests.factories.payments import (
    DECLINED,
    Heard,
    Stall,
    a_while_later,
    balance,
    intend,
    pay,
    promise,
    yuan,
)

pytestmark = pytest.mark.usefixtures("db")


class Killed(BaseException):
    """The process is gone."""


class Dying(SandboxGateway):
    """Dies before or after the bank has heard; or lets the notice overtake the answer."""

    def __init__(self, when: str) -> None:
        self.when = when

    def charge(self, request: Charge) -> Answer:
        when, self.when = self.when, ""
        if when == "before":
            raise Killed
        answer = super().charge(request)
        if when == "after":
            raise Killed
        if when == "overtaken":
            deliver_due()
        return answer


@pytest.fixture
def order() -> str:
    return ids.code("O")


@pytest.fixture
def serve(app: Flask, db: Any) -> Iterator[Any]:
    """Let this gateway serve as the sandbox."""
    before = dict(app.extensions.get("payment_gateways", {}))

    def put(gateway: SandboxGateway) -> None:
        gateways.current()
        app.extensions["payment_gateways"]["sandbox"] = gateway

    yield put
    app.extensions["payment_gateways"] = before


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_around_the_call_leaves_one_charge(
    order: str, stall: Stall, serve: Any, when: str
) -> None:
    serve(Dying(when))
    payment = intend(order, yuan("100.00"))
    with pytest.raises(Killed):
        services.drive(payment.op_id)
    assert services.drive(payment.op_id) == "sending"  # its lease still runs
    assert stall.heard == []

    with a_while_later():
        assert payment.op_id in sweeps.due_ops()
        sweeps.sweep()
        assert services.view(payment.id).state == "succeeded"
        assert payment.op_id not in sweeps.due_ops()
    assert stall.heard == ["paid"]
    assert balance("escrow", order) == "100.00"


def test_a_notice_may_overtake_our_own_answer(
    order: str, stall: Stall, serve: Any, pile: Pile
) -> None:
    serve(Dying("overtaken"))
    payment = intend(order, yuan("100.00"))
    assert services.drive(payment.op_id) == "succeeded"
    pile.run_due()
    assert stall.heard == ["paid"]
    assert balance("clearing", "sandbox") == "99.40"


def test_a_page_that_died_before_driving_is_caught_by_the_safety_net(
    order: str, stall: Stall, pile: Pile
) -> None:
    payment = intend(order, yuan("100.00"))
    pile.run_due()
    assert services.view(payment.id).state == "intended"
    with a_while_later(21):
        pile.run_due()
    assert services.view(payment.id).state == "succeeded"


def test_a_notice_whose_process_died_is_applied_by_the_sweep(
    order: str, stall: Stall, db: Any
) -> None:
    payment = pay(order, yuan("100.00"), "4000000000001000")
    op = db.session.get(GatewayOp, payment.op_id)
    assert op.object_id is None
    found = gateways.current().look_up(_request(op), "")
    assert found is not None
    inbox._stored("sandbox", Notice("evt-1", "charge.succeeded", found.object_id))
    with a_while_later():
        assert inbox.apply_waiting() >= 1
    assert services.view(payment.id).state == "succeeded"
    event = db.session.get(GatewayEvent, ("sandbox", "evt-1"))
    assert (event.result, event.op_id) == ("succeeded", op.id)


def _request(op: GatewayOp) -> Any:
    from payments.requests import thawed

    return thawed(op)


SAYINGS = [
    Answer("requires_action", "ch", action_url="/there"),
    Answer("processing", "ch"),
    Answer("refused", "ch", code="card_declined"),
    Answer("succeeded", "ch", charge_id="ch", fee=yuan("0.60")),
]


@pytest.mark.parametrize(
    "answers", list(permutations(SAYINGS)), ids=lambda a: "-".join(x.state[:3] for x in a)
)
def test_answers_in_any_order_and_twice_end_the_same(
    order: str, stall: Stall, answers: tuple[Answer, ...]
) -> None:
    payment = intend(order, yuan("100.00"))
    for answer in [*answers, *answers]:
        apply_answer(payment.op_id, answer)
    assert services.view(payment.id).state == "succeeded"
    assert stall.heard.count("paid") == 1
    assert stall.heard[-1] == "paid"
    assert balance("escrow", order) == "100.00"
    assert balance("clearing", "sandbox") == "99.40"


@pytest.mark.parametrize(
    "told", list(permutations(["processing", "succeeded", "refused"])), ids="-".join
)
def test_a_refund_told_as_failed_is_never_left_as_given(
    order: str, stall: Stall, refunds: Heard, told: tuple[str, ...]
) -> None:
    payment, number = pay(order, yuan("100.00")), ids.code("R")
    op_id = promise(order, number, yuan("30.00"), payment.id)
    for state in [*told, *told]:
        apply_answer(op_id, Answer(state, "re"))
    assert services.view(payment.id).refunded == yuan("0.00")
    assert balance("refund_payable", number) == "30.00"
    assert len([word for word in refunds.said if word.startswith("failed")]) == 1


def test_a_refused_try_that_took_money_after_all_belongs_to_the_payer(
    order: str, stall: Stall
) -> None:
    payer = ids.new_id()
    refused = intend(order, yuan("100.00"), DECLINED, payer_id=payer)
    services.drive(refused.op_id)
    second = intend(order, yuan("100.00"), payer_id=payer)
    services.drive(second.op_id)
    apply_answer(refused.op_id, Answer("succeeded", "late", charge_id="late"))
    assert balance("escrow", order) == "100.00"
    assert balance("wallet", payer) == "100.00"
    assert services.view(second.id).captured == yuan("100.00")


def test_an_unsigned_notice_of_the_sandbox_is_refused(client: Any) -> None:
    body = b'{"id": "e", "type": "charge.succeeded", "object": "x"}'
    assert client.post("/webhooks/sandbox", data=body).status_code == 400
    signed = {SIGNATURE: signature(body)}
    assert client.post("/webhooks/sandbox", data=body, headers=signed).text == "not_ours"


def test_waiting_grows_between_looks(order: str, stall: Stall, db: Any) -> None:
    payment = intend(order, yuan("100.00"))
    for seconds in (10, 20, 40):
        op = db.session.get(GatewayOp, payment.op_id)
        op.attempts += seconds > 10
        apply_answer(op.id, Answer("unknown"))
        wait = op.due_at - op.answered_at
        assert round(wait.total_seconds()) == seconds
    assert clock.now() < op.due_at
