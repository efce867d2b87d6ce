"""What is due at doors, what couriers hold, and what is on its way to the bank."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from core.db import db
from core.money import Money
from ledger import book
from ledger.accounts import account
from mall.cash.models import CashDue, CashHandover, CashState
from mall.orders.models import Order
from payments import bank_incoming
from payments import services as payments
from payments.bank_incoming import Awaited

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class AtDoor:
    """A parcel the courier has to collect for."""

    order_number: str
    recipient: str
    city: str
    due: Money
    state: str
    shipped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Handover:
    """Cash on its way to our bank; `wanted` says where it must be transferred."""

    number: str
    amount: Money
    state: str
    asked_at: datetime
    arrived_at: datetime | None
    wanted: Awaited | None


@dataclass(frozen=True, slots=True)
class CashView:
    """The page of an admin: parcels at the door, and the courier's cash."""

    at_door: list[AtDoor]
    held: Money
    handovers: list[Handover]
    open: bool


def due(order_number: str, currency: str) -> Money:
    """What the courier still has to collect for this order."""
    return book.balance(account("due_at_door", order_number), currency)


def view(courier: str) -> CashView:
    """What one courier has to collect, holds and has handed over, the newest first."""
    currency = current_app.config["MALL_CURRENCY"]
    handovers = _handovers(courier)
    return CashView(
        at_door=_at_door(courier),
        held=book.balance(account("cash_with_courier", courier), currency),
        handovers=handovers,
        open=any(one.state == "asked" for one in handovers),
    )


def _at_door(courier: str) -> list[AtDoor]:
    query = (
        select(CashDue, Order)
        .join(Order, Order.id == CashDue.order_id)
        .where(CashDue.state == CashState.DUE, CashDue.courier == courier)
        .order_by(CashDue.id.desc())
        .limit(_SHOWN)
    )
    return [
        AtDoor(
            order_number=order.number,
            recipient=order.address.get("recipient", ""),
            city=order.address.get("city", ""),
            due=due(order.number, order.currency),
            state=order.state,
            shipped_at=order.shipped_at,
        )
        for _, order in db.session.execute(query)
    ]


def _handovers(courier: str) -> list[Handover]:
    query = select(CashHandover).where(CashHandover.courier == courier)
    rows = db.session.scalars(query.order_by(CashHandover.id.desc()).limit(20))
    return [
        Handover(
            number=row.number,
            amount=row.money,
            state=row.state,
            asked_at=row.created_at,
            arrived_at=row.arrived_at,
            wanted=_wanted(row) if row.state == "asked" else None,
        )
        for row in rows
    ]


def _wanted(row: CashHandover) -> Awaited | None:
    return bank_incoming.awaited(payments.view(row.payment_id))


def promised_to(buyer_id: int, order_number: str) -> tuple[Money, str] | None:
    """What the courier collects from this shopper and how that stands; None for other orders."""
    query = select(CashDue).where(
        CashDue.order_number == order_number, CashDue.buyer_id == buyer_id
    )
    row = db.session.scalars(query).one_or_none()
    if row is None:
        return None
    if row.state == CashState.DUE:
        return due(order_number, row.currency), row.state
    return Money(row.collected, row.currency), row.state


def menu_counts(person_id: int) -> dict[str, int]:
    """How many parcels wait for their cash, for the admins' menu."""
    waiting = select(func.count()).where(CashDue.state == CashState.DUE)
    return {"/admin/cash": db.session.scalar(waiting) or 0}
