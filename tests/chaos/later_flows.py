"""Ways money moves after the first payment: holds, pulled back, evidence, our own payouts, bank orders."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import ClassVar

from flask import current_app
from sqlalchemy import select, update

from core import clock, ids
from core.db import db
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.disputes import services as disputes
from mall.disputes.models import DisputeCase, DisputeShare
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from mall.payouts.models import Payout as PayoutRow
from payments import (
    bank_account,
    bank_import,
    bank_orders,
    bank_placing,
    purposes,
    sandbox_bank,
    sandbox_gateway,
)
from payments import sandbox_tables as sandbox
from payments import services as payments
from payments.bank_models import BankOrder
from payments.disputes_model import Dispute
from payments.holds import NotAuthorized
from payments.sweeps import catch_up
from payments.values import PaymentView
from tests.chaos import flows
from tests.chaos.flows import FLOWS, Flow, Made, Payout, Told, a_card, a_shopper, an_order, money
from tests.chaos.malls import Mall
from tests.chaos.processes import ask
from tests.factories.disputes import payment_of

DISPUTED = "4000000000002685"  # the sandbox's: nothing came


class Deposits:
    """A room that takes deposits: what is captured is the payer's balance."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        return ()

    def refused(self, payment: PaymentView) -> None:
        return None


purposes.register("deposit", Deposits())


class Held(Flow):
    """An amount is set aside on a saved card; then it is taken in part, or let go."""

    def prepare(self, number: int) -> Made:
        person, deposit = a_shopper().id, ids.code("DEP")
        payment = payments.intend_charge(
            purpose=f"deposit:{deposit}",
            payer_id=person,
            amount=money("90.00"),
            source=a_card(person).token,
            description="A deposit",
            capture="manual",
        )
        assert payments.drive(payment.op_id) == "requires_capture"
        return {"payment": payment.id, "purpose": f"deposit:{deposit}"}

    def act(self, made: Made) -> Told:
        with suppress(NotAuthorized):  # it was done already
            self.intend(made["payment"])
        for op in self.ops(made):
            payments.drive(op.id)
        seen = payments.view(made["payment"])
        return Told(made["purpose"], (seen.state, seen.captured.decimal_text()) == self.expected)

    def intend(self, payment_id: int) -> None:
        raise NotImplementedError

    expected: ClassVar[tuple[str, str]]

    def refs(self, made: Made) -> list[str]:
        return [made["purpose"]]


class Capture(Held):
    """Two thirds of what was set aside are taken."""

    name, first, kind, expected = "capture", "intend_capture", "capture", ("succeeded", "60.00")

    def intend(self, payment_id: int) -> None:
        payments.intend_capture(payment_id=payment_id, amount=money("60.00"))


class Cancel(Held):
    """All of it is let go."""

    name, first, kind, expected = "cancel", "intend_cancel", "cancel", ("refused", "0.00")

    def intend(self, payment_id: int) -> None:
        payments.intend_cancel(payment_id=payment_id)


class Reversal(Flow):
    """Part of a payout to a seller is pulled back."""

    name, first, kind = "reversal", "intend_reversal", "reversal"

    def prepare(self, number: int) -> Made:
        made = Payout().prepare(number)
        Payout().act(made)
        with clock.travel(clock.now() + timedelta(minutes=3)):  # it has arrived
            told = Payout().act(made)
        assert told.done
        return {"payout": told.ref, "ref": ids.code("BACK")}

    def act(self, made: Made) -> Told:
        op_id = payments.intend_reversal(
            payout_number=made["payout"], amount=money("20.00"), ref=made["ref"]
        )
        return Told(made["ref"], payments.drive(op_id) == "succeeded")

    def refs(self, made: Made) -> list[str]:
        return [made["payout"]]


class Evidence(Flow):
    """What is known of an order is handed in to the bank of a cardholder who wants money back."""

    name, first, kind, warms = "evidence", "submit", "evidence", False

    def prepare(self, number: int) -> Made:
        flows.card_number = DISPUTED
        order = an_order(OrderState.SHIPPED)
        payment = payment_of(order)
        _object_today(str(payment.charge_id))
        return {"order": order.number, "payment": payment.id, "charge": payment.charge_id}

    def arrange(self, mall: Mall, made: Made) -> None:
        if mall.gateway:
            mall.gateway.do("open_dispute", made["charge"], 10_000)
        ask(mall.app, catch_up)

    def act(self, made: Made) -> Told:
        query = select(DisputeCase.number).join(DisputeShare)
        number = db.session.scalars(query.where(DisputeShare.order_number == made["order"])).one()
        disputes.hand_in(number, by="admin:1")
        states = [op.state for op in self.ops(made)]
        return Told(number, states == ["succeeded"])

    def refs(self, made: Made) -> list[str]:
        query = select(Dispute.dispute_id).where(Dispute.payment_id == made["payment"])
        return list(db.session.scalars(query))


def _object_today(charge_id: str) -> None:
    """The sandbox's cardholder goes to the bank today, not in two days."""
    row, told, now = sandbox.disputes, sandbox.notices, clock.now()
    mine = select(row.c.id).where(row.c.charge_id == charge_id).scalar_subquery()
    with sandbox_bank.engine().begin() as bank:
        opened = update(row).where(row.c.charge_id == charge_id)
        bank.execute(opened.values(opens_at=now, until=now + timedelta(days=7)))
        created = update(told).where(told.c.object_id == mine, told.c.type == "dispute.created")
        bank.execute(created.values(deliver_at=now))
    sandbox_gateway.deliver_due()


class PlatformPayout(Flow):
    """Part of our balance at the gateway is sent to our bank; its statement comes much later."""

    name, first, kind = "platform payout", "intend_platform_payout", "platform"
    ends = ("succeeded", "processing")

    def prepare(self, number: int) -> Made:
        an_order(OrderState.PAID)
        return {"number": ids.code("W")}

    def act(self, made: Made) -> Told:
        op_id = payments.intend_platform_payout(number=made["number"], amount=money("30.00"))
        return Told(made["number"], payments.drive(op_id) in self.ends)

    def refs(self, made: Made) -> list[str]:
        return [made["number"]]


@contextmanager
def paid_by_our_bank() -> Iterator[None]:
    """Payouts become orders to our bank."""
    before = current_app.config["PAYOUT_GATEWAY"]
    current_app.config["PAYOUT_GATEWAY"] = "bank"
    try:
        yield
    finally:
        current_app.config["PAYOUT_GATEWAY"] = before


class BankPayout(Payout):
    """A seller asks for the balance, which our bank is to pay: an order waits for a file."""

    name, gateways, sent = "bank payout", ("sandbox",), "after:write_down"
    ends = ("requires_action",)

    def act(self, made: Made) -> Told:
        with paid_by_our_bank():
            number = payouts.request_payout(made["seller"], money("50.00"), key=made["key"]).number
        states = [payments.drive(op.id) for op in self.ops(made)]
        return Told(number, states == ["requires_action"])


class OrderFile(Payout):
    """An order is put into a file (pain.001); the bank's statement says that it was paid."""

    name, gateways, first = "order file", ("sandbox",), "make_file"
    POINTS = (
        "before:make_file",
        "after:make_file",
        "before:keep",
        "after:keep",
        "before:place",
        "after:place",
    )

    def prepare(self, number: int) -> Made:
        made = super().prepare(number)
        assert BankPayout().act(made).done
        return made | {"ops": 1}

    def act(self, made: Made) -> Told:
        (op,) = self.ops(made)
        with suppress(bank_orders.NothingToOrder):  # it is in one by now
            bank_orders.make_file("admin:1")
        order = db.session.scalars(select(BankOrder).where(BankOrder.op_id == op.id)).one()
        bank_import.take_in(_statement(order), "statement.csv", by="admin:1")
        bank_placing.place_new()
        db.session.refresh(op)
        return Told(order.ref, (op.state, order.state) == ("succeeded", "paid"))

    def refs(self, made: Made) -> list[str]:
        mine = PayoutRow.seller_id == made["seller"], PayoutRow.key == made["key"]
        return list(db.session.scalars(select(PayoutRow.number).where(*mine)))


def _statement(order: BankOrder) -> bytes:
    """What our bank says of it; the line's id is the same however often we ask."""
    ours = bank_account.ours()
    assert ours is not None
    head = "account,id,date,amount,currency,end_to_end_id"
    day = clock.day_of(order.created_at)  # asked again after midnight the bank says the same
    line = f"{ours.number},L-{order.op_id},{day},-{order.money.decimal_text()}"
    return f"{head}\n{line},{order.currency},{order.end_to_end_id}\n".encode()


LATER_FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        Capture(),
        Cancel(),
        Reversal(),
        Evidence(),
        PlatformPayout(),
        BankPayout(),
        OrderFile(),
    )
}
ALL = FLOWS | LATER_FLOWS


def prepared(mall: Mall, flow: Flow, number: int) -> Made:
    """Everything up to the point where somebody acts, in processes of their own."""
    made: Made = ask(mall.app, partial(flow.prepare, number))
    flow.arrange(mall, made)
    return made
