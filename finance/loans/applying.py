"""One event happens to a loan: folded, kept, and what it changes posted to the book."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from core import clock
from core.db import db
from finance.funding import services as funding
from finance.lending.life import events as kinds
from finance.lending.life.events import PAYMENTS, Event
from finance.lending.life.fold import fold
from finance.lending.life.paying import newest
from finance.lending.life.state import Move, State
from finance.lending.life.undo import Said
from finance.loans import by_day, exposure, funded, posting
from finance.loans.bookkeeping import Whose
from finance.loans.folding import events_of, payments_of, store, terms_of
from finance.loans.life import is_known, next_entry, remember
from finance.loans.models import Loan, LoanEvent, LoanPayment

Complete = Callable[[State, Event], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an event did.

    outside  its moves from and to other rooms' accounts, for the journal of its cause
    """

    loan: Loan
    event: Event
    before: State
    after: State
    outside: tuple[Move, ...]

    @property
    def said(self) -> Said:
        """What a refund gives back."""
        said = self.after.said[self.event.entry]
        if not isinstance(said, Said):
            raise TypeError("only a refund says what it gives back")
        return said

    @property
    def whose(self) -> Whose:
        return posting.of(self.loan)


@dataclass(frozen=True, slots=True)
class New:
    """An event to be applied; `key` makes it happen once.

    payment_id  of a payment by card, None from the wallet
    complete    facts to be kept with the event, from the state it leads to
    """

    kind: str
    on: date
    key: str
    amount: int = 0
    row: int = 0
    ref: str = ""
    note: str = ""
    details: Mapping[str, Any] | None = None
    payment_id: int | None = None
    complete: Complete | None = None


def apply(loan: Loan, new: New) -> Applied | None:
    """Let it happen to a (locked) loan; None when its key had happened before.

    The rows are written anew from the fold of all events, the limit follows the principal, and
    the book gets the event's own journals; where an event heard of late changes what had been
    booked after its day, the difference goes into one correcting journal.
    """
    if is_known(loan, new.key):
        return None
    terms, lived = terms_of(loan), events_of(loan)
    before = fold(terms, lived)
    event = _event(loan, new)
    after = fold(terms, [*lived, event])
    if new.kind in PAYMENTS and (over := _too_much(after, event)):
        event = replace(event, amount=event.amount - over)
        after = fold(terms, [*lived, event])
    if new.complete:
        event = replace(event, details={**event.details, **new.complete(after, event)})
        after = fold(terms, [*lived, event])
    written = [event]
    if after.over:
        written.append(_overpaid(event, after))
        after = fold(terms, [*lived, *written])
    _keep(loan, new, written)
    shuffled = _heard_late([*lived, *written])
    return _carry_out(loan, new, event, before, after, shuffled)


def _heard_late(events: Sequence[Event]) -> bool:
    """Whether any event was entered after one that counts for a later day."""
    places = [event.place for event in events]
    return any(later < earlier for earlier, later in pairwise(places))


def _event(loan: Loan, new: New) -> Event:
    details = dict(new.details or {}) | ({"row": new.row} if new.row else {})
    return Event(new.kind, new.on, next_entry(loan), new.amount, new.row, new.ref, details)


def _too_much(after: State, event: Event) -> int:
    return sum(amount for _, to, amount, _ in after.moves[event.entry] if to == "over")


def _overpaid(event: Event, after: State) -> Event:
    """What a replay finds too much goes to the shopper's balance today."""
    today, payers = max(event.on, clock.today()), newest(after, after.over)
    details = {"payers": [list(payer) for payer in payers]}
    return Event(kinds.OVERPAID, today, event.entry + 1, after.over, details=details)


def _keep(loan: Loan, new: New, written: Sequence[Event]) -> None:
    for event in written:
        first = event is written[0]
        db.session.add(
            LoanEvent(
                loan_id=loan.id,
                entry=event.entry,
                key=new.key if first else f"overpaid:{event.entry}",
                kind=event.kind,
                on=event.on,
                amount=event.amount,
                ref=event.ref,
                note=new.note if first else "",
                details=dict(event.details),
            )
        )
    db.session.flush()


def _carry_out(
    loan: Loan, new: New, event: Event, before: State, after: State, shuffled: bool
) -> Applied:
    payment = None
    if event.kind in PAYMENTS:
        payment = LoanPayment(
            loan_id=loan.id, payment_id=new.payment_id, on=event.on, amount=event.amount, returned=0
        )
    store(loan, after, payments_of(loan), payment)
    if loan.is_by_day:
        by_day.write(loan, after, event.entry, event.on)
    _move_limit(loan, before, after)
    outside = posting.post(loan, event, before, after, shuffled=shuffled)
    funding.follow(loan.number, funded.standing_of(after), on=event.on, cause=event.kind)
    _note_what_follows(loan, before, after, event.on)
    return Applied(loan, event, before, after, outside)


def _move_limit(loan: Loan, before: State, after: State) -> None:
    """The claim on the person's limit is the principal that is owed."""
    repaid = before.on_the_book[0] - after.on_the_book[0]
    if repaid > 0:
        exposure.give(loan.checkout_number, loan.money(repaid))
    elif repaid < 0:
        exposure.take_again(loan.checkout_number, loan.money(-repaid))


def _note_what_follows(loan: Loan, before: State, after: State, on: date) -> None:
    """Notes for the statement: the clock has started, everything is paid or void."""
    if after.starts_on and after.starts_on != before.starts_on:
        note = f"First payment on {after.rows[0].due_on.isoformat()}."
        remember(loan, "started", "started", after.starts_on, note=note)
    if after.state != before.state and after.state in ("paid", "void"):
        kind = "ended" if after.state == "paid" else "void"
        remember(loan, f"{kind}:{on}", kind, on)
