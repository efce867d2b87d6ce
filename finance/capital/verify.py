"""Fold every advance again from its terms and events, and compare with what its row says."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db
from finance.capital import recording
from finance.capital.fold import orders, term
from finance.capital.fold.apply import fold
from finance.capital.fold.state import Contract, Event
from finance.capital.models import Advance, AdvanceEvent
from finance.capital.terms import TERM_LOAN

_NOT_OF_ORDERS = ("accrued_until", "micro")  # a pledge keeps its own


def events_of(advance: Advance) -> list[Event]:
    """All that happened to it, as the fold wants it."""
    query = select(AdvanceEvent).where(AdvanceEvent.advance_id == advance.id)
    rows = db.session.scalars(query.order_by(AdvanceEvent.id))
    return [Event(row.kind, row.on, row.amount, row.data, row.id) for row in rows]


def folded(advance: Advance, more: tuple[Event, ...] = ()) -> Contract:
    """Its state from terms and events alone (and `more`), reckoned as far as its row is."""
    state, _ = fold(recording.start_of(advance), [*events_of(advance), *more])
    if state.product == TERM_LOAN:
        if state.state == "active" and advance.accrued_until:
            term.to_day(state, advance.accrued_until)
        return state
    for pledged, kept in zip(state.pledges, advance.pledges, strict=True):
        orders.reckon(state, [pledged], kept.accrued_until)
    return state


def differences(advance: Advance) -> Iterator[str]:
    """What the row says and the fold does not."""
    kept, again = recording.contract_of(advance), folded(advance)
    for name in recording.KEPT:
        if advance.product != TERM_LOAN and name in _NOT_OF_ORDERS:
            continue
        if getattr(kept, name) != getattr(again, name):
            yield f"{name} {getattr(kept, name)!r}, folded {getattr(again, name)!r}"
    for name in ("late_since", "next_due_on"):
        if getattr(advance, name) != getattr(again, name):
            yield f"{name} {getattr(advance, name)}, folded {getattr(again, name)}"
    for one, other in zip(kept.pledges, again.pledges, strict=True):
        if one != other:
            yield f"line {one.line_id}: {one}, folded {other}"
    real = [row for row in again.rows if row.principal or row.interest]
    if [row for row in kept.rows if row.principal or row.interest] != real:
        yield f"rows {kept.rows}, folded {again.rows}"


def every() -> Iterator[str]:
    """Each advance whose row is not what its events make it; those from before events are not."""
    query = select(Advance).where(Advance.terms != {}).order_by(Advance.id)
    query = query.options(selectinload(Advance.pledges), selectinload(Advance.rows))
    for advance in db.session.scalars(query):
        for difference in differences(advance):
            yield f"{advance.number}: {difference}"
