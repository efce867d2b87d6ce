"""A loan's terms and events out of its tables, and its cached rows beside the fold of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.db import db
from finance.lending.life import snapshot, terms
from finance.lending.life.events import PAID, Event
from finance.lending.life.fold import STEPS, fold
from finance.lending.life.state import State
from finance.lending.life.terms import Terms
from finance.loans.models import Installment, Loan, LoanEvent, LoanOrder, LoanPayment


def terms_of(loan: Loan) -> Terms:
    """What the shopper agreed to."""
    orders = tuple((order.order_number, order.amount) for order in loan.orders)
    return terms.from_data(loan.terms, loan.principal, loan.began_on, orders)


def events_of(loan: Loan) -> list[Event]:
    """The loan's life so far, in the order of entry; notes are left out."""
    query = select(LoanEvent).where(LoanEvent.loan_id == loan.id).order_by(LoanEvent.entry)
    return lived(db.session.scalars(query))


def lived(rows: Iterable[LoanEvent]) -> list[Event]:
    """Rows of `loan_event` as events of a life."""
    return [event_of(row) for row in rows if row.kind in STEPS and row.key != PAID]


def event_of(row: LoanEvent) -> Event:
    number = int(row.details.get("row", 0))
    return Event(row.kind, row.on, row.entry, row.amount, number, row.ref, row.details)


def state_of(loan: Loan, as_of: date | None = None) -> State:
    """The loan's state recomputed from its events."""
    return fold(terms_of(loan), events_of(loan), as_of)


_ROW = (
    "due_on", "principal", "fee", "late_fee", "principal_paid", "fee_paid", "late_fee_paid",
    "paused", "fee_free", "state", "accrued_on", "late_fee_on", "paid_on",
)  # fmt: skip
_ORDER = ("refunded", "paused", "shipped_on", "received_on")


def store(
    loan: Loan,
    state: State,
    payments: Sequence[LoanPayment],
    new: LoanPayment | None,
) -> None:
    """Write what differs into the loan's own columns, rows, orders and payments.

    payments  the loan's payments in the order of entry; new: the one that this event is
    """
    for more in state.rows[len(loan.rows) :]:
        values = {name: getattr(more, name) for name in _ROW}
        loan.rows.append(Installment(number=more.number, **values))
    for row, of in zip(loan.rows, state.rows, strict=True):
        _copy(of, row, _ROW)
    for order in loan.orders:
        _copy(state.orders[order.order_number], order, _ORDER)
    _copy(state, loan, snapshot.LOAN)
    if new is not None:
        db.session.add(new)
    known = [*payments, new] if new is not None else payments
    for paid, is_so in zip(known, sorted(state.payments, key=lambda p: p.entry), strict=True):
        if paid is not None:
            paid.returned = is_so.returned
    db.session.flush()


def _copy(source: Any, target: Any, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(source, name)
        if getattr(target, name) != value:
            setattr(target, name, value)


def payments_of(loan: Loan) -> list[LoanPayment]:
    """The loan's payments in the order of entry, locked."""
    query = select(LoanPayment).where(LoanPayment.loan_id == loan.id).order_by(LoanPayment.id)
    return list(db.session.scalars(query.with_for_update()))


def cached(loan: Loan, payments: Iterable[LoanPayment]) -> dict[str, Any]:
    """What the tables say, in the shape of `snapshot.as_data`, to be compared with the fold."""
    return {
        "rows": [_plain(row, ("number", *_ROW)) for row in loan.rows],
        "orders": sorted((_order(order) for order in loan.orders), key=lambda o: o["number"]),
        "payments": [{"amount": p.amount, "returned": p.returned} for p in payments],
        "loan": _plain(loan, snapshot.LOAN),
    }


def _order(order: LoanOrder) -> dict[str, Any]:
    data = {"number": order.order_number, "amount": order.amount}
    return data | _plain(order, _ORDER)


def _plain(row: Loan | Installment | LoanOrder, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
