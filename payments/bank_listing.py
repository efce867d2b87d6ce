"""What admins see of our bank: statements, their lines, what waits to be paid, and order files."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.db import db, get
from core.money import Money
from payments.bank_models import BankLine, BankOrder, BankOrderFile, BankStatement

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders of one currency that wait for a file."""

    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of bank lines, the newest first; `counts` by state."""

    rows: Sequence[BankLine]
    page: int
    pages: int
    counts: dict[str, int]


def statements(limit: int = 12) -> Sequence[BankStatement]:
    """The last statements taken in."""
    query = select(BankStatement).order_by(BankStatement.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def lines(state: str, page: int) -> LinePage:
    """Bank lines of a state ("" for all)."""
    found = db.session.execute(select(BankLine.state, func.count()).group_by(BankLine.state))
    counts = {state: count for state, count in found}
    total = counts.get(state, 0) if state else sum(counts.values())
    query = select(BankLine).order_by(BankLine.booked_on.desc(), BankLine.id.desc())
    if state:
        query = query.where(BankLine.state == state)
    rows = db.session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return LinePage(rows, page, max(1, -(-total // PER_PAGE)), counts)


def waiting() -> list[Waiting]:
    """What a new file would order, by currency."""
    query = (
        select(BankOrder.currency, func.count(), func.sum(BankOrder.amount))
        .where(BankOrder.state == "waiting")
        .group_by(BankOrder.currency)
        .order_by(BankOrder.currency)
    )
    return [Waiting(n, Money(int(sum), code)) for code, n, sum in db.session.execute(query)]


def open_orders(limit: int = 100) -> Sequence[BankOrder]:
    """Orders that wait for a file or are with the bank, the oldest first."""
    query = select(BankOrder).where(BankOrder.state.in_(("waiting", "ordered")))
    return db.session.scalars(query.order_by(BankOrder.id).limit(limit)).all()


def files(limit: int = 12) -> Sequence[BankOrderFile]:
    """The last order files."""
    query = select(BankOrderFile).order_by(BankOrderFile.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def order(id: int) -> BankOrder:
    """One order; raises NotFound."""
    return get(BankOrder, id)
