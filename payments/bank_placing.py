"""Each line of a statement finds its place: a payment, an order of ours, or suspense with a case."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from core import clock, jobs
from core.db import db, get
from core.use_case import end_read, use_case
from ledger import book
from ledger.accounts import Account, account
from payments import bank_incoming, bookkeeping, cases
from payments.applying import apply_answer, locked
from payments.bank_gateway import NAME
from payments.bank_models import BankLine, BankOrder
from payments.gateway import Answer

RETURN_CODES = {"AC04": "account_closed", "AC07": "account_closed", "AC01": "no_account"}
BATCH = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose a line is: `other` is the account on its other side, `ref` what it belongs to."""

    kind: str
    other: Account
    ref: str
    op_id: int | None = None


Claimant = Callable[[BankLine], Claim | None]
_claimants: list[Claimant] = []


def claims(claimant: Claimant) -> Claimant:
    """Let `claimant(line)` say that a line is its own; asked before a line counts as unknown."""
    if claimant not in _claimants:
        _claimants.append(claimant)
    return claimant


def place_new() -> dict[str, int]:
    """Place every line taken in and not placed yet; gives how many became what."""
    became: dict[str, int] = {}
    while batch := _new_lines():
        for line_id in batch:
            kind = place(line_id)
            became[kind] = became.get(kind, 0) + 1
        end_read()
    return became


def _new_lines() -> list[int]:
    """Oldest day first, and what left before what came back on one day."""
    query = (
        select(BankLine.id)
        .where(BankLine.state == "new")
        .order_by(BankLine.booked_on, BankLine.amount > 0, BankLine.id)
    )
    return list(db.session.scalars(query.limit(BATCH)))


@use_case
def place(line_id: int) -> str:
    """Place one line, once, with all that follows from it; gives its kind."""
    line = get(BankLine, line_id, lock=True)
    if line.state != "new":
        return line.kind
    order = _order_of(line)
    if order is not None and line.amount < 0:
        _debited(line, order)
    elif order is not None:
        _returned(line, order)
    elif not _claimed(line):
        _payment_or_unknown(line)
    return line.kind


def _order_of(line: BankLine) -> BankOrder | None:
    """The order of ours that the line names, locked: an admin may refuse it at the same time."""
    if not line.end_to_end_id:
        return None
    query = select(BankOrder.id, BankOrder.op_id).where(
        BankOrder.end_to_end_id == line.end_to_end_id
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    locked(found.op_id)  # payment and operation come before the order's row, as ever
    return get(BankOrder, found.id, lock=True)


def _debited(line: BankLine, order: BankOrder) -> None:
    """The bank has made a payment we ordered; the order is locked."""
    fits = line.money == -order.money
    if not fits or order.state != "ordered":
        said = f"{order.money}, which is {order.state}" if fits else str(order.money)
        suspend(line, "unknown_debit", f"It names the order {order.ref} of {said}.")
        return
    apply_answer(order.op_id, Answer("succeeded", object_id=order.end_to_end_id))
    order.state = "paid"
    post(line, order.kind, bookkeeping.clearing(NAME), order.ref, order.op_id)


def _returned(line: BankLine, order: BankOrder) -> None:
    """A payment we ordered came back: its money is where it was before."""
    if line.money != order.money or order.state != "paid":
        suspend(line, "unknown_return", f"It names the order {order.ref}, which is {order.state}.")
        return
    code = RETURN_CODES.get(line.reason, "sent_back")
    apply_answer(order.op_id, Answer("refused", object_id=order.end_to_end_id, code=code))
    order.state, order.why = "returned", line.reason or line.text[:240]
    post(line, "returned", bookkeeping.clearing(NAME), order.ref, order.op_id)


def _claimed(line: BankLine) -> bool:
    for claimant in _claimants:
        claim = claimant(line)
        if claim is not None:
            post(line, claim.kind, claim.other, claim.ref, claim.op_id)
            return True
    return False


def _payment_or_unknown(line: BankLine) -> None:
    charge = bank_incoming.charge_of(line.reference) if line.amount > 0 else None
    if line.amount < 0:
        suspend(line, "unknown_debit", f"No order of ours: {_who(line)}.")
    elif charge is None or line.comes_back:
        suspend(line, "unknown_money", f"No payment has this reference: {_who(line)}.")
    elif charge.currency != line.currency:
        suspend(line, "other_currency", f"{charge.ref} asks for {charge.money}.", charge.id)
    elif bank_incoming.is_too_little(charge, line.money):
        suspend(line, "partial_transfer", f"{charge.ref} asks for {charge.money}.", charge.id)
    else:
        bank_incoming.receive(charge.id, line.id, line.money)
        post(line, "incoming", bookkeeping.clearing(NAME), charge.ref, charge.id)


def _who(line: BankLine) -> str:
    told = [line.counterparty, line.iban, line.reference, line.text]
    return ", ".join(part for part in told if part) or "nothing is said about it"


def post(line: BankLine, kind: str, other: Account, ref: str, op_id: int | None = None) -> None:
    """Write the line's one journal, with `other` as the other side of our account."""
    journal = bookkeeping.bank_line(line.id, kind, ref, other, line.money, clock.today())
    book.post(journal)
    line.state, line.kind, line.op_id, line.journal_key = "matched", kind, op_id, journal.key
    db.session.flush()


def suspend(line: BankLine, kind: str, why: str, op_id: int | None = None) -> None:
    """Nobody's for now: into suspense, and a person is asked."""
    post(line, kind, account("suspense"), case_key(line.id), op_id)
    line.state = "suspended"
    facts = {"line": line.id} | ({"op": op_id} if op_id else {})
    cases.open_case(kind, case_key(line.id), line.money, why, case_key(line.id), facts)


def case_key(line_id: int) -> str:
    """The key of a line's case, and what its journal refers to."""
    return bookkeeping.bank_line_key(line_id)


@jobs.job("payments.place_bank_lines", cron="*/5 * * * *")
def place_new_job() -> None:
    """Lines whose import died after it kept them; then partial transfers whose time ran out."""
    place_new()
    bank_incoming.let_go_of_partial()
