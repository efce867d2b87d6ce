"""Cases that a person must look at: opened once per cause, closed by saying how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from payments.case_models import PaymentCase
from payments.case_words import KINDS, Kind

PER_PAGE = 50


class CaseClosed(Conflict):
    message = "Case {id} was closed before: {how}"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as pages and the terminal show it; `about` says what its kind is and how to close."""

    id: int
    key: str
    kind: str
    ref: str
    amount: Money
    why: str
    facts: dict[str, Any]
    state: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    how: str
    about: Kind

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@use_case
def open_case(
    kind: str,
    ref: str,
    amount: Money,
    why: str,
    key: str,
    facts: dict[str, Any] | None = None,
) -> int:
    """Ask a person to look at `ref`; gives the case's id. The same key is the same case.

    kind    one of case_words.KINDS
    ref     what it is about: a payment's purpose, a payout's number, a bank line's id
    amount  what is in doubt, signed as our account moved
    facts   ids a page may need beside, such as {"line": 123}
    """
    if kind not in KINDS:
        raise LookupError(f"no case of kind {kind!r}: add it to payments/case_words.py")
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "key": key,
        "kind": kind,
        "ref": ref,
        "amount": amount.minor,
        "currency": amount.currency,
        "why": why[:500],
        "facts": facts or {},
        "state": "open",
        "closed_by": "",
        "how": "",
    }
    once = insert(PaymentCase).values(**values).on_conflict_do_nothing(index_elements=["key"])
    made = db.session.scalar(once.returning(PaymentCase.id))
    if made is not None:
        return made
    return db.session.scalars(select(PaymentCase.id).where(PaymentCase.key == key)).one()


@use_case
def close_case(id: int, by: str, how: str) -> None:
    """End a case; `how` is kept for ever. Said again in the same words it changes nothing.

    Raises NotFound, InvalidInput without words, CaseClosed when it ended otherwise.
    """
    how = how.strip()[:500]
    if not how:
        raise InvalidInput("Say how the case ended.")
    case = locked(id, still_open=False)
    if case.state == "closed":
        if case.how != how:
            raise CaseClosed(id=id, how=case.how)
        return
    case.state, case.closed_at, case.closed_by, case.how = "closed", clock.now(), by, how


def locked(id: int, *, still_open: bool = True) -> PaymentCase:
    """The case's row, for whoever acts on it; raises NotFound, CaseClosed."""
    case = get(PaymentCase, id, lock=True)
    if still_open and case.state == "closed":
        raise CaseClosed(id=id, how=case.how)
    return case


def id_of(key: str) -> int | None:
    """The case of this key, open or closed."""
    return db.session.scalar(select(PaymentCase.id).where(PaymentCase.key == key))


@use_case
def close_by_key(key: str, by: str, how: str) -> bool:
    """Close the open case of this key, if there is one; whether there was."""
    query = select(PaymentCase.id).where(PaymentCase.key == key, PaymentCase.state == "open")
    found = db.session.scalar(query)
    if found is not None:
        close_case(found, by, how)
    return found is not None


def case(id: int) -> CaseView:
    """One case; raises NotFound."""
    return _view(get(PaymentCase, id))


def listed(state: str, kind: str = "", page: int = 1) -> list[CaseView]:
    """Cases of this state, the oldest open or the last closed first, PER_PAGE at a time."""
    query = select(PaymentCase).where(PaymentCase.state == state)
    if kind:
        query = query.where(PaymentCase.kind == kind)
    order = PaymentCase.id if state == "open" else PaymentCase.closed_at.desc()
    query = query.order_by(order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [_view(row) for row in db.session.scalars(query)]


def counts() -> dict[str, int]:
    """How many are open and how many closed."""
    query = select(PaymentCase.state, func.count()).group_by(PaymentCase.state)
    found = {state: count for state, count in db.session.execute(query)}
    return {"open": found.get("open", 0), "closed": found.get("closed", 0)}


def open_of(ref: str) -> list[CaseView]:
    """The open cases about `ref`."""
    query = select(PaymentCase).where(PaymentCase.ref == ref, PaymentCase.state == "open")
    return [_view(row) for row in db.session.scalars(query.order_by(PaymentCase.id))]


def _view(row: PaymentCase) -> CaseView:
    return CaseView(
        id=row.id,
        key=row.key,
        kind=row.kind,
        ref=row.ref,
        amount=row.money,
        why=row.why,
        facts=row.facts,
        state=row.state,
        opened_at=row.created_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        how=row.how,
        about=KINDS[row.kind],
    )
