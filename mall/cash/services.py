"""At the door: collected or sent away; and the courier's cash on its way to our bank."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account
from ledger.entries import Transfer
from mall.cash import bookkeeping, queries
from mall.cash.models import CashDue, CashHandover, CashState
from mall.orders import refunding
from mall.orders import services as orders
from mall.orders.courier import NAME
from mall.orders.models import Order
from mall.orders.rules import Cause, OrderState
from payments import bank_gateway
from payments import services as payments
from payments.values import PaymentView

HANDOVER_OPEN = timedelta(30)


class OnlyOurCourier(Conflict):
    message = "This order is paid at the door, which only the {courier} can do: hand it to them."


class NotAtTheDoor(Conflict):
    message = "Only a parcel on its way, not yet paid for, can be sent away at the door."


class NothingHeld(Conflict):
    message = "The courier holds no cash that is not already on its way."


class HandoverOpen(Conflict):
    message = "A handover is on its way. The next can follow when the bank has seen it."


class AtTheDoor:
    """The port `mall.ports.door` for cash; called with the order locked."""

    def due(self, order_number: str) -> Money | None:
        row = _row(order_number)
        return queries.due(order_number, row.currency) if row else None

    def check_carrier(self, order_number: str, carrier: str) -> None:
        if carrier != NAME and _row(order_number) is not None:
            raise OnlyOurCourier(courier=NAME)

    def collect(self, order_number: str) -> None:
        row = _row(order_number, lock=True)
        if row is None or row.state != CashState.DUE:
            return
        amount = queries.due(order_number, row.currency)
        if not amount:  # everything was given back on the way
            return
        row.state, row.collected, row.collected_at = (
            CashState.COLLECTED,
            amount.minor,
            clock.now(),
        )
        book.post(bookkeeping.collected(order_number, row.courier, amount, clock.today()))


def _row(order_number: str, *, lock: bool = False) -> CashDue | None:
    query = select(CashDue).where(CashDue.order_number == order_number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


@use_case
def sent_away(order_number: str, *, by: str) -> Order:
    """The shopper did not take the parcel: nothing is due, the goods go back on the shelf.

    Said twice it counts once. Raises NotAtTheDoor when it was paid for or never left.
    """
    order = orders.find(order_number)
    row = _row(order_number, lock=True)
    if row is None or row.state not in (CashState.DUE, CashState.REFUSED):
        raise NotAtTheDoor()
    if row.state == CashState.REFUSED:
        return order
    if order.state != OrderState.SHIPPED:
        raise NotAtTheDoor()
    row.state = CashState.REFUSED
    refunding.give_all(order, order.left, cause=Cause.CHANGED_MIND, by=by)
    return order


@use_case
def ask_for_handover(courier: str, *, asked_by: int) -> CashHandover:
    """Ask for all the cash a courier holds to be transferred to our bank under one reference.

    Raises NothingHeld, HandoverOpen. The payment's page says account and reference.
    """
    held = _held(courier)
    number = ids.code("H")
    row = CashHandover(number=number, courier=courier, amount=held.minor, currency=held.currency)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise HandoverOpen() from None
    mine = update(CashDue).where(CashDue.id.in_(_locked_ids(courier)))
    db.session.execute(mine.values(handover_id=row.id).execution_options(synchronize_session=False))
    _ask(row, asked_by)
    return row


def _ask(row: CashHandover, asked_by: int) -> None:
    """Await it anew when its time ran out: the cash is still the courier's to transfer."""
    payment = payments.intend_charge(
        purpose=f"courier:{row.number}",
        payer_id=asked_by,
        amount=row.money,
        source="",
        description=f"Cash handover {row.number}",
        return_path="/admin/cash",
        gateway=bank_gateway.NAME,
        open_for=HANDOVER_OPEN,
    )
    row.payment_id = payment.id


def _locked_ids(courier: str) -> list[int]:
    query = select(CashDue.id).where(
        CashDue.courier == courier,
        CashDue.state == CashState.COLLECTED,
        CashDue.handover_id.is_(None),
    )
    return list(db.session.scalars(query.order_by(CashDue.id).with_for_update()))


def _held(courier: str) -> Money:
    ids_ = _locked_ids(courier)
    rows = select(func.sum(CashDue.collected), func.min(CashDue.currency))
    amount, currency = db.session.execute(rows.where(CashDue.id.in_(ids_))).one()
    if not amount:
        raise NothingHeld()
    return Money(int(amount), currency)


class CourierPayments:
    """Told by payments when a courier's transfer has arrived."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        row = _handover(payment.purpose)
        row.state, row.arrived_at = "arrived", clock.now()
        mine = update(CashDue).where(CashDue.handover_id == row.id)
        db.session.execute(
            mine.values(state=CashState.ARRIVED).execution_options(synchronize_session=False)
        )
        return bookkeeping.handed_over(clearing, row.courier, payment.amount)

    def refused(self, payment: PaymentView) -> None:
        """Not seen in time: the same handover is awaited again."""
        _ask(_handover(payment.purpose), payment.payer_id)


def _handover(purpose: str) -> CashHandover:
    number = purpose.partition(":")[2]
    query = select(CashHandover).where(CashHandover.number == number).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
