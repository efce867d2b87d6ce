"""What follows from the answer to a charge: the purpose is told, and the money finds its place."""

import logging

from core import clock
from core.db import db
from core.errors import DomainError
from core.money import Money
from ledger import book
from ledger.entries import Transfer
from payments import bookkeeping, cards, purposes
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.values import view_of

log = logging.getLogger(__name__)


def apply(payment: Payment | None, op: GatewayOp, answer: Answer, here: str, there: str) -> None:
    """Bring the payment to where its operation `op` went, from `here` to `there`."""
    assert payment is not None, "a charge has a payment"
    moved = here != there
    if there == "succeeded":
        if moved:
            _succeeded(payment, op, answer)
    elif op.id == payment.op_id:
        _show(payment, op, answer)
        if moved and there == "requires_capture":
            _authorized(payment, op, answer)
        if moved and there == "refused":
            payment.authorized_minor = 0
            purposes.handler_of(payment.purpose).refused(view_of(payment))
    if (
        op.state == "succeeded"
        and answer.fee is not None
        and answer.fee.currency == payment.currency
    ):
        # one told in another currency is in the gateway's report, not in this book
        note = _note_fee if op.id == payment.op_id else _note_extra_fee
        note(payment, op, answer.fee)


def _show(payment: Payment, op: GatewayOp, answer: Answer) -> None:
    payment.state = op.state
    payment.code, payment.message = op.code, op.message
    payment.action_url = answer.action_url or payment.action_url


def _authorized(payment: Payment, op: GatewayOp, answer: Answer) -> None:
    """The amount is set aside; nothing has moved."""
    payment.authorized_minor = op.amount
    payment.charge_id = answer.charge_id or answer.object_id or op.object_id


def _succeeded(payment: Payment, op: GatewayOp, answer: Answer) -> None:
    if payment.captured_minor:
        _paid_twice(payment, op)
        return
    payment.op_id = op.id  # an older try that had seemed refused may be the one that paid,
    # perhaps of an amount, or at a gateway, that was asked before it changed
    payment.amount, payment.gateway = op.amount, op.gateway
    _show(payment, op, answer)
    payment.charge_id = answer.charge_id or answer.object_id or op.object_id
    payment.authorized_minor = payment.amount
    payment.captured_minor = answer.amount.minor if answer.amount else payment.amount
    payment.paid_at = clock.now()
    if answer.card is not None:
        cards.keep(payment.payer_id, payment.gateway, answer.card)
    db.session.flush()
    posted = bookkeeping.paid(payment.id, payment.purpose, _where_to(payment), clock.today())
    book.post(posted)
    op.journal_key = posted.key


def _where_to(payment: Payment) -> tuple[Transfer, ...]:
    """The room's transfers, and what they leave to the payer's wallet."""
    clearing = bookkeeping.clearing(payment.gateway)
    wanted = _ask_the_room(payment)
    captured = Money(payment.captured_minor, payment.currency)
    rest = captured - purposes.sum_of(wanted, clearing, payment.currency)
    if rest < Money.zero(payment.currency):
        raise ValueError(f"the room of {payment.purpose} spends more than was paid")
    return wanted + bookkeeping.not_wanted(payment.gateway, payment.payer_id, rest)


def _ask_the_room(payment: Payment) -> tuple[Transfer, ...]:
    """What the room wants; when it refuses the money, what it wrote is undone and it wants nothing."""
    handler = purposes.handler_of(payment.purpose)
    try:
        with db.session.begin_nested():
            return handler.paid(view_of(payment), bookkeeping.clearing(payment.gateway))
    except DomainError as error:
        log.warning("payment %s is not wanted (%s): it goes to the wallet", payment.id, error)
        return ()


def _paid_twice(payment: Payment, op: GatewayOp) -> None:
    extra = bookkeeping.paid_twice(
        payment.id,
        op.id,
        payment.purpose,
        op.gateway,
        payment.payer_id,
        op.money,
        clock.today(),
    )
    book.post(extra)
    op.journal_key = extra.key


def _note_fee(payment: Payment, op: GatewayOp, fee: Money) -> None:
    """Post the gateway's fee once it is known, with the answer or with a later notice."""
    if payment.fee_minor is not None:
        return
    payment.fee_minor = fee.minor
    if fee:
        book.post(bookkeeping.fee(payment.id, payment.purpose, payment.gateway, fee, clock.today()))


def _note_extra_fee(payment: Payment, op: GatewayOp, fee: Money) -> None:
    """The payer has all of a second charge in her wallet, so its fee is the mall's, once."""
    if not fee:
        return
    posted = bookkeeping.extra_fee(
        payment.id, op.id, payment.purpose, op.gateway, fee, clock.today()
    )
    try:
        book.journal(posted.key)
    except book.UnknownJournal:
        book.post(posted)
