"""Our own bank account behind the gateway's port: nothing is asked of a network, statements answer."""

from collections.abc import Mapping

from sqlalchemy import select

from core import clock
from core.db import db
from payments import bank_orders
from payments.bank_models import BankLine, BankOrder
from payments.bank_orders import Wanted
from payments.bank_references import op_of, reference_of
from payments.gateway import (
    Answer,
    Charge,
    Facts,
    Forged,
    Notice,
    PayoutRequest,
    RefundRequest,
    Request,
    Simple,
    Unavailable,
    UsedCard,
)
from payments.rules import words

NAME = "bank"
_STATES = {
    "waiting": "requires_action",
    "ordered": "processing",
    "paid": "succeeded",
    "returned": "refused",
    "refused": "refused",
}


class BankGateway(Simple):
    """Shoppers transfer to our account; payouts and refunds become orders that an admin downloads."""

    name = NAME
    takes_digits = False

    def charge(self, request: Charge) -> Answer:
        """The reference to quote; the money is awaited until `expires_at`."""
        reference = reference_of(request.op_id)
        if clock.now() >= request.expires_at:
            return _refused("transfer_expired", reference)
        return Answer("requires_action", object_id=reference, action_url=request.return_url)

    def refund(self, request: RefundRequest) -> Answer:
        """An order to the account the payment came from; refused when no statement names it."""
        payer = payer_of(request.charge_id)
        if payer is None:
            return _refused("no_account")
        account, holder = payer
        return self._order(
            Wanted(request.op_id, "refund", request.refund_number, request.amount, account, holder)
        )

    def pay_out(self, request: PayoutRequest) -> Answer:
        if not bank_orders.account_is_possible(request.destination):
            return _refused("no_account")
        return self._order(
            Wanted(
                request.op_id,
                "payout",
                request.payout_number,
                request.amount,
                request.destination,
                request.holder or request.payout_number,
            )
        )

    def _order(self, wanted: Wanted) -> Answer:
        return _answer(bank_orders.write_down(wanted))

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        if isinstance(request, Charge):
            return self.charge(request)  # one that was paid has been told by its statement
        query = select(BankOrder).where(BankOrder.op_id == request.op_id)
        order = db.session.scalars(query).one_or_none()
        return _answer(order) if order is not None else None

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard:
        raise Unavailable("a bank account takes no cards")

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        raise Forged("Our bank sends no notices; take its statement in instead.")

    def fetch(self, notice: Notice) -> Facts | None:
        return None


def payer_of(reference: str) -> tuple[str, str] | None:
    """Account and name a payment came from, as its last line says; None when no line says it."""
    query = (
        select(BankLine.iban, BankLine.counterparty)
        .where(BankLine.op_id == op_of(reference), BankLine.amount > 0, BankLine.iban != "")
        .order_by(BankLine.id.desc())
        .limit(1)
    )
    found = db.session.execute(query).one_or_none()
    if found is None or not bank_orders.account_is_possible(found.iban):
        return None
    return found.iban, found.counterparty or "Payer"


def _answer(order: BankOrder) -> Answer:
    state = _STATES[order.state]
    if state == "refused":
        return _refused("not_carried_out", order.end_to_end_id, order.why)
    return Answer(state, object_id=order.end_to_end_id)


def _refused(code: str, object_id: str = "", why: str = "") -> Answer:
    return Answer("refused", object_id, code=code, message=why or words(code, "refused"))
