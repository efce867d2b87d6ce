"""What our bank is to pay for us: written down once, put into one file, confirmed by statements."""

import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from stdnum import iban

from core import clock, ids
from core.db import db, get, one
from core.errors import Conflict, IllegalMove
from core.money import Money, total
from core.use_case import use_case
from payments import bank_account, bank_pain
from payments.applying import apply_answer, locked
from payments.bank_models import BankOrder, BankOrderFile
from payments.bank_references import order_id_of
from payments.bank_values import compact
from payments.gateway import Answer

FILE_MAX = 5_000  # orders in one file
_FILES = 7_263_001  # advisory lock: one file is made at a time
_PLAIN = re.compile(r"[A-Z0-9]{4,34}")


class NothingToOrder(Conflict):
    message = "No order waits for a file."


class NoAccount(Conflict):
    message = "Set BANK_ACCOUNT to the mall's own account first."


class NotOpen(IllegalMove):
    message = "This order is {state}: only one that waits or is with the bank can be refused."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment to be made: `ref` is the payout's or refund's number."""

    op_id: int
    kind: str
    ref: str
    amount: Money
    account: str
    holder: str


def account_is_possible(number: str) -> bool:
    """An IBAN with right check digits, or a plain account number."""
    number = compact(number)
    if number[:2].isalpha():
        return iban.is_valid(number)
    return bool(_PLAIN.fullmatch(number))


@use_case
def write_down(wanted: Wanted) -> BankOrder:
    """Keep the order; said twice for one operation it is the same."""
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "op_id": wanted.op_id,
        "kind": wanted.kind,
        "ref": wanted.ref,
        "amount": wanted.amount.minor,
        "currency": wanted.amount.currency,
        "account": compact(wanted.account),
        "holder": wanted.holder[:140],
        "end_to_end_id": order_id_of(wanted.op_id),
        "state": "waiting",
        "why": "",
    }
    once = insert(BankOrder).values(**values).on_conflict_do_nothing(index_elements=["op_id"])
    db.session.execute(once)
    return one(select(BankOrder).where(BankOrder.op_id == wanted.op_id))


@use_case
def make_file(by: str) -> str:
    """Put every waiting order of one currency into a new file; gives its number.

    Each order is in one file only. Raises NothingToOrder, NoAccount.
    """
    ours = bank_account.ours()
    if ours is None:
        raise NoAccount()
    db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _FILES})
    waiting = _waiting()
    if not waiting:
        raise NothingToOrder()
    for order in waiting:  # payment and operation come before the order's row, as ever
        apply_answer(order.op_id, Answer("processing", object_id=order.end_to_end_id))
    orders = [order for order in map(_locked, (o.id for o in waiting)) if order.state == "waiting"]
    if not orders:
        raise NothingToOrder()
    return _written(orders, ours, by)


def _waiting() -> list[BankOrder]:
    query = select(BankOrder).where(BankOrder.state == "waiting").order_by(BankOrder.id)
    found = list(db.session.scalars(query.limit(FILE_MAX)))
    return [order for order in found if order.currency == found[0].currency]


def _locked(id: int) -> BankOrder:
    return get(BankOrder, id, lock=True)


def _written(orders: list[BankOrder], ours: bank_account.OurAccount, by: str) -> str:
    number = ids.code("B", 12)
    content = bank_pain.payment_file(
        number,
        clock.now(),
        clock.today(),
        bank_pain.Side(ours.holder, ours.number, ours.bic),
        [
            bank_pain.Order(
                order.end_to_end_id,
                order.money,
                bank_pain.Side(order.holder, order.account),
                order.ref,
            )
            for order in orders
        ],
    )
    file = BankOrderFile(
        number=number,
        order_count=len(orders),
        total=total((order.money for order in orders), orders[0].currency).minor,
        currency=orders[0].currency,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        made_by=by,
    )
    db.session.add(file)
    db.session.flush()
    for order in orders:
        order.state, order.file_id = "ordered", file.id
    db.session.flush()
    return number


@use_case
def refuse(order_id: int, why: str, *, by: str) -> None:
    """The bank will not make this payment, or we do not want it: its money is free again.

    Only while no statement shows it. Raises NotFound, NotOpen.
    """
    op_id = get(BankOrder, order_id).op_id
    locked(op_id)  # payment and operation come before the order's row, as ever
    order = _locked(order_id)
    if order.state not in ("waiting", "ordered"):
        raise NotOpen(state=order.state)
    apply_answer(op_id, Answer("refused", code="not_carried_out", message=f"{why} ({by})"[:240]))
    order.state, order.why = "refused", why[:240]


def file_of(number: str) -> BankOrderFile:
    """A file made before; raises NotFound."""
    return one(select(BankOrderFile).where(BankOrderFile.number == number))
