"""Transfers shoppers made: whole, in parts, too much, twice or too late for their payment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core import clock
from core.db import db, get
from core.money import Money
from core.use_case import end_read, use_case
from ledger import book
from ledger.accounts import Account, account
from payments import bank_account, bookkeeping, cases, purposes
from payments.applying import apply_answer, locked
from payments.bank_account import OurAccount
from payments.bank_gateway import NAME, payer_of
from payments.bank_models import BankLine
from payments.bank_references import op_of, reference_of, shown
from payments.gateway import Answer
from payments.models import GatewayOp, Payment
from payments.rests import services as rests
from payments.values import PaymentView

PARTIAL = "partial_transfer"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A transfer that is waited for: into which account, under which reference, and until when.

    left   what is still to come of `amount`, after what came in parts
    """

    account: OurAccount
    reference: str
    amount: Money
    left: Money
    until: datetime

    @property
    def shown(self) -> str:
        """The reference in groups of four, as people copy it."""
        return shown(self.reference)


def awaited(payment: PaymentView) -> Awaited | None:
    """What the payer is to transfer; None when nothing is waited for."""
    ours = bank_account.ours()
    op = db.session.get(GatewayOp, payment.op_id)
    if payment.gateway != NAME or not payment.is_open or ours is None or op is None:
        return None
    left = Money(op.amount - _waiting(op.id), op.currency)
    until = datetime.fromisoformat(op.params["expires_at"])
    return Awaited(ours, reference_of(op.id), op.money, left, until)


def charge_of(reference: str) -> GatewayOp | None:
    """The charge that gave this reference out; locked with its payment, so that parts add up."""
    op_id = op_of(reference)
    known = db.session.get(GatewayOp, op_id) if op_id is not None else None
    if known is None or known.kind != "charge" or known.gateway != NAME:
        return None
    return locked(known.id)[1]


def charge_locked(op_id: int) -> GatewayOp:
    """The charge, locked with its payment."""
    return locked(op_id)[1]


def is_too_little(charge: GatewayOp, amount: Money) -> bool:
    """Whether the payment still waits for more than this and what came before; asked locked."""
    if charge.state in ("refused", "succeeded"):
        return charge.state == "refused" and _waiting(charge.id) + amount.minor < charge.amount
    return _waiting(charge.id) + amount.minor < charge.amount


def _waiting(op_id: int) -> int:
    """Minor units that came in part and wait for the rest."""
    query = select(func.coalesce(func.sum(BankLine.amount), 0)).where(
        BankLine.op_id == op_id, BankLine.state == "suspended", BankLine.kind == PARTIAL
    )
    return int(db.session.scalar(query) or 0)


def receive(op_id: int, line_id: int, amount: Money) -> None:
    """Enough has come: the payment is paid, and what is too much goes to the payer's wallet.

    The caller moves `amount` into `clearing:bank`; parts that waited are moved there by this.
    Rooms are told first: what they lock comes before the accounts of the book.
    """
    payment, op = locked(op_id)
    assert payment is not None, "a charge has a payment"
    waits = purposes.rest_waits(payment.purpose)
    if op.state == "succeeded" or (waits and payment.captured_minor):  # whichever try had paid
        _too_much(payment, line_id, amount)
        return
    reference = reference_of(op.id)
    apply_answer(op.id, Answer("succeeded", object_id=reference, charge_id=reference))
    rest = amount.minor + _join_parts(op) - op.amount
    if rest > 0:
        _too_much(payment, line_id, Money(rest, op.currency))


def _join_parts(op: GatewayOp) -> int:
    joined = 0
    for line in _parts(op.id):
        leave_suspense(line, "matched", op.ref, bookkeeping.clearing(NAME))
        cases.close_by_key(bookkeeping.bank_line_key(line.id), NAME, "The rest came.")
        joined += line.amount
    return joined


def _parts(op_id: int) -> list[BankLine]:
    query = (
        select(BankLine)
        .where(BankLine.op_id == op_id, BankLine.state == "suspended", BankLine.kind == PARTIAL)
        .order_by(BankLine.id)
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def leave_suspense(line: BankLine, why: str, ref: str, other: Account) -> None:
    """Post a suspended line's amount to where it belongs, once."""
    journal = bookkeeping.out_of_suspense(line.id, why, ref, other, line.money, clock.today())
    book.post(journal)
    line.state, line.cleared = "matched", why
    db.session.flush()


def _too_much(payment: Payment, line_id: int, amount: Money) -> None:
    """The payer's; but of one who only stands in, a person's to decide."""
    if purposes.rest_waits(payment.purpose):
        rests.keep(line_id, payment.purpose, amount)
        return
    get(BankLine, line_id).rest = amount.minor
    book.post(
        bookkeeping.bank_rest(line_id, payment.purpose, payment.payer_id, amount, clock.today())
    )


def let_go_of_partial() -> int:
    """Give parts to the payer's wallet whose payment's time ran out; how many."""
    query = (
        select(BankLine.id)
        .join(GatewayOp, GatewayOp.id == BankLine.op_id)
        .where(
            BankLine.state == "suspended", BankLine.kind == PARTIAL, GatewayOp.state == "refused"
        )
    )
    found = list(db.session.scalars(query.order_by(BankLine.id)))
    end_read()
    return sum(_let_go(line_id) for line_id in found)


@use_case
def _let_go(line_id: int) -> bool:
    line = get(BankLine, line_id, lock=True)
    if line.state != "suspended" or line.op_id is None:
        return False
    payment, op = locked(line.op_id)
    if payment is None or op.state != "refused":
        return False
    if purposes.rest_waits(payment.purpose):
        return _ask_about_part(line, op.ref)
    leave_suspense(line, "expired", op.ref, account("wallet", payment.payer_id))
    words = "The rest did not come in time: it is in the payer's wallet."
    cases.close_by_key(bookkeeping.bank_line_key(line.id), NAME, words)
    return True


def _ask_about_part(line: BankLine, ref: str) -> bool:
    """The try it came for is over, and its payer only stood in: a person says what it is for."""
    line.kind = "unknown_money"
    case = cases.locked(cases.id_of(bookkeeping.bank_line_key(line.id)) or 0)
    case.kind, case.why = line.kind, f"A part of {ref}, which waits for its whole anew."
    return True


def payer_known(payment_id: int) -> bool:
    """Whether a statement told the account that this payment came from."""
    payment = get(Payment, payment_id)
    return payer_of(payment.charge_id or "") is not None
