"""Every loan anew from its events, beside its rows, the person's limit and the book."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import selectinload

from core.db import db
from finance.lending.life import snapshot
from finance.lending.life.fold import fold
from finance.lending.life.state import State
from finance.loans import by_day
from finance.loans.folding import cached, lived, terms_of
from finance.loans.models import Claim, Loan

CHUNK = 200
NEWEST = 500  # as many loans the ledger's audit recomputes; `flask finance verify` does all
_BOOK = text(
    "select split_part(path, ':', 2) as kind, split_part(path, ':', 3) as number,"
    " debits_posted - credits_posted as balance from ledger_account"
    " where split_part(path, ':', 2) in ('loan_principal', 'loan_interest', 'loan_fee')"
    " and split_part(path, ':', 3) = any(:numbers)"
)
_KINDS = ("loan_principal", "loan_interest", "loan_fee")


@dataclass(frozen=True, slots=True)
class Verified:
    """How many loans were recomputed, and what differs, a sentence each."""

    loans: int
    wrong: tuple[str, ...]


def verify(newest: int | None = None) -> Verified:
    """Recompute all loans (or the `newest` so many) and compare rows, limits and accounts."""
    count, wrong = 0, []
    for chunk in _chunks(newest):
        count += len(chunk)
        states = {loan.number: _state(loan) for loan in chunk}
        wrong += [word for loan in chunk for word in _differences(loan, states[loan.number])]
        wrong += _off_the_book(states)
    return Verified(count, tuple(wrong))


def _chunks(newest: int | None) -> Iterator[list[Loan]]:
    last, left = None, newest
    while left is None or left > 0:
        query = select(Loan).order_by(Loan.id.desc()).limit(min(CHUNK, left or CHUNK))
        if last is not None:
            query = query.where(Loan.id < last)
        chunk = list(db.session.scalars(_whole(query)))
        if not chunk:
            return
        yield chunk
        last = chunk[-1].id
        left = None if left is None else left - len(chunk)


def _whole(query: Select[Any]) -> Select[Any]:
    parts = (Loan.rows, Loan.orders, Loan.payments, Loan.events)
    fresh = query.execution_options(populate_existing=True)
    return fresh.options(*(selectinload(part) for part in parts))


def _state(loan: Loan) -> State:
    return fold(terms_of(loan), lived(sorted(loan.events, key=lambda event: event.entry)))


def _differences(loan: Loan, state: State) -> list[str]:
    so, is_said = snapshot.as_data(state), cached(loan, loan.payments)
    so["orders"].sort(key=lambda order: order["number"])
    found = [
        f"{loan.number}: {part} are {is_said[part]}, by its events {so[part]}"
        for part in ("rows", "orders", "payments", "loan")
        if so[part] != is_said[part]
    ]
    if loan.is_by_day and by_day.differs(loan, state):
        found.append(f"{loan.number}: its nights cost something else by its events")
    claim = db.session.scalar(select(Claim.amount).where(Claim.ref == loan.checkout_number))
    if claim != state.on_the_book[0]:
        found.append(f"{loan.number}: {claim} of the limit is used, not {state.on_the_book[0]}")
    return found


def _off_the_book(states: dict[str, State]) -> list[str]:
    rows = db.session.execute(_BOOK, {"numbers": list(states)})
    book = {(row.kind, row.number): int(row.balance) for row in rows}
    return [
        f"{number}: {kind} is {book.get((kind, number), 0)} in the book, by its events {owed}"
        for number, state in states.items()
        for kind, owed in zip(_KINDS, state.on_the_book, strict=True)
        if book.get((kind, number), 0) != owed
    ]
