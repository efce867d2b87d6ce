"""What a person decides about a line in suspense: whose it is, or that it goes back."""

from sqlalchemy import select

from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from payments import bank_incoming, bank_returns, bookkeeping, cases
from payments.bank_gateway import NAME
from payments.bank_models import BankLine
from payments.bank_values import reference_in
from payments.case_models import PaymentCase
from payments.case_words import KINDS
from payments.models import GatewayOp, Payment
from payments.rests import services as rests


class NoSuchPayment(InvalidInput):
    message = (
        "No payment by bank transfer is called {name}. Enter its reference, number or purpose."
    )


class StillSuspended(Conflict):
    message = "Its {amount} lies in suspense: say where it belongs, then the case closes by itself."


class NotThisWay(Conflict):
    message = "This cannot be done with a line of {amount}."


class NotOpposite(Conflict):
    message = "Only two open cases of opposite amounts cancel each other."


@use_case
def assign(case_id: int, name: str, *, by: str) -> str:
    """The money is for this payment: by its reference, purpose, id or checkout; gives its purpose.

    It counts as if it had come with the reference: too little waits, too much goes to the wallet.
    """
    case, line = _open(case_id, incoming=True)
    charge = bank_incoming.charge_locked(_charge_named(name).id)
    if charge.currency != line.currency:
        raise NotThisWay(amount=line.money)
    if bank_incoming.is_too_little(charge, line.money):
        line.kind, line.op_id = bank_incoming.PARTIAL, charge.id
        case.kind, case.why = bank_incoming.PARTIAL, f"{charge.ref} asks for {charge.money}."
        return charge.ref
    bank_incoming.receive(charge.id, line.id, line.money)
    line.op_id = charge.id
    bank_incoming.leave_suspense(line, "assigned", charge.ref, bookkeeping.clearing(NAME))
    cases.close_case(case_id, by, f"Assigned to {charge.ref}.")
    return charge.ref


def _charge_named(name: str) -> GatewayOp:
    name = name.strip()
    if reference := reference_in(name):
        found = bank_incoming.charge_of(reference)
        if found is not None:
            return found
    payment_id = int(name) if name.isdigit() and len(name) < 19 else 0
    named = Payment.purpose.in_((name, f"checkout:{name.upper()}")) | (Payment.id == payment_id)
    query = select(GatewayOp).join(Payment, Payment.op_id == GatewayOp.id)
    charge = db.session.scalars(query.where(Payment.gateway == NAME, named)).one_or_none()
    if charge is None:
        raise NoSuchPayment(name=name[:40] or "so")
    return charge


@use_case
def to_wallet(case_id: int, person_id: int, *, by: str) -> None:
    """The money is this person's: into the wallet."""
    _, line = _open(case_id, incoming=True)
    _move(case_id, line, "to_wallet", account("wallet", person_id), by, "Put into a wallet")


@use_case
def send_back(case_id: int, *, by: str) -> str:
    """Order our bank to return the money to the account it came from; gives the order's number."""
    _, line = _open(case_id, incoming=True)

    def move(number: str) -> None:
        there = account("refund_payable", number)
        _move(case_id, line, "send_back", there, by, f"Sent back: {number}")

    return bank_returns.send_back(line, line.money, move)


@use_case
def as_fee(case_id: int, *, by: str) -> None:
    """It is a fee of our bank."""
    _, line = _open(case_id, incoming=False)
    _move(case_id, line, "bank_fee", account("gateway_fee"), by, "A fee of the bank")


@use_case
def as_owners(case_id: int, *, by: str) -> None:
    """The owners paid money in, or took money out."""
    _, line = _open(case_id)
    _move(case_id, line, "owners", account("capital"), by, "The owners' own money")


@use_case
def cancel_out(case_id: int, other_id: int, *, by: str) -> None:
    """Two lines undo each other, such as a wrong debit and its return: both cases end."""
    first, second = sorted((case_id, other_id))
    pair = [_open(first), _open(second)] if first != second else []
    if not pair or pair[0][1].money != -pair[1][1].money:
        raise NotOpposite()
    for (case, line), (other, _) in zip(pair, reversed(pair), strict=True):
        line.state, line.cleared = "matched", "cancel_out"
        cases.close_case(case.id, by, f"It and case {other.id} cancel each other.")


@use_case
def close(case_id: int, by: str, how: str) -> None:
    """End a case in words; not while its money lies in suspense (StillSuspended)."""
    case = cases.locked(case_id)
    line, rest = line_of(case.facts), rests.of_case(case.facts)
    if KINDS[case.kind].suspended and line is not None and line.state == "suspended":
        raise StillSuspended(amount=line.money)
    if rest is not None and rest.cleared is None:
        raise StillSuspended(amount=rest.money)
    cases.close_case(case_id, by, how)


def line_of(facts: dict[str, int]) -> BankLine | None:
    """The bank line a case is about, if it is about one."""
    return db.session.get(BankLine, facts["line"]) if "line" in facts else None


def _open(case_id: int, incoming: bool | None = None) -> tuple[PaymentCase, BankLine]:
    """An open case and its suspended line, the line locked first; raises Conflict otherwise."""
    facts = get(PaymentCase, case_id).facts
    if "line" not in facts:
        raise NotThisWay(amount="no bank statement")
    line = get(BankLine, facts["line"], lock=True)
    case = cases.locked(case_id)
    if line.state != "suspended" or (incoming is not None and (line.amount > 0) != incoming):
        raise NotThisWay(amount=line.money)
    return case, line


def _move(case_id: int, line: BankLine, why: str, other: Account, by: str, how: str) -> None:
    bank_incoming.leave_suspense(line, why, bookkeeping.bank_line_key(line.id), other)
    cases.close_case(case_id, by, f"{how}.")


class SentBackNews:
    """What payments tells about money sent back to where it came from."""

    def sent(self, number: str) -> None:
        """It is in a file to our bank."""

    def paid(self, number: str) -> None:
        """It has left our account."""

    def failed(self, number: str, why: str) -> None:
        """Their bank does not take it: a person must ask the payer."""
        held = book.balance(account("refund_payable", number), currency_of(number))
        cases.open_case("return_refused", number, held, why, f"back:{number}")


def currency_of(number: str) -> str:
    """The currency in which money was to be sent back."""
    query = select(GatewayOp.currency).where(GatewayOp.kind == "payout", GatewayOp.ref == number)
    return db.session.scalars(query.limit(1)).one()
