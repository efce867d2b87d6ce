"""What becomes known later than it happened: replay what followed, and book the difference.

Nothing in the book is edited: correcting entries of the kind `advance.corrected` make the balances
what they would have been.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core import clock
from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, funded, queries, recording, verify
from finance.capital.fold import apply as folding
from finance.capital.fold.apply import fold
from finance.capital.fold.state import Contract, Effect, Event
from finance.capital.models import CHARGED_OFF, Advance, AdvanceEvent, Remittance
from finance.capital.rules import Correction
from finance.capital.terms import SALES_SHARE
from ledger import book
from ledger.accounts import Account

_PAYMENTS = ("paid", "recourse", "released", "sale")


class TooLate(Conflict):
    message = "This advance was {state} and had no events kept: it cannot be replayed."


@dataclass(frozen=True, slots=True)
class Corrected:
    """How much less is owed of principal and fee, and what went back to the seller's balance."""

    principal: Money
    fee: Money
    back: Money


@use_case
def record_late(seller_id: int, number: str, event: Event, *, why: str) -> Corrected:
    """Put `event` where it belongs in time and replay what follows; raises TooLate, InvalidInput.

    event   on a day from the contract's first to today; its kinds are those of fold/apply.py
    """
    exposure.lock(seller_id)
    advance = queries.advance_of(seller_id, number, lock=True)
    if not advance.terms or advance.state == CHARGED_OFF:
        raise TooLate(state=advance.state)
    if not advance.began_on <= event.on <= clock.today():
        raise InvalidInput("It happened between the contract's first day and today.")
    return replay(advance, [event], why=why)


def replay(
    advance: Advance, events: Sequence[Event], *, why: str, to: Account | None = None
) -> Corrected:
    """Put these events where they belong in time; the advance is locked.

    to   where what was paid goes back to; None: the seller's balance
    """
    recording.bring_to(advance, clock.today())
    before, old = recording.contract_of(advance), _effects(advance)
    for event in events:
        recording.remember(advance, event, text=why)
        db.session.flush()
    after, new = verify.folded(advance), _effects(advance)
    return _correct(advance, before, after, _back(new) - _back(old), to)


@use_case
def reverse(seller_id: int, number: str, event_id: int, *, why: str) -> Corrected:
    """Undo a payment that should not have been taken: it goes back to the seller's balance."""
    advance = queries.advance_of(seller_id, number)
    query = select(AdvanceEvent).where(
        AdvanceEvent.id == event_id,
        AdvanceEvent.advance_id == advance.id,
        AdvanceEvent.kind.in_(_PAYMENTS),
    )
    event = one(query)
    if any(e.data.get("of") == event_id for e in verify.events_of(advance)):
        raise InvalidInput("This payment was reversed before.")
    undone = Event("reversed", event.on, event.amount, {"of": event_id})
    return record_late(seller_id, number, undone, why=why)


def _effects(advance: Advance) -> list[Effect]:
    return fold(recording.start_of(advance), verify.events_of(advance))[1]


def _back(effects: list[Effect]) -> int:
    return sum(effect.back for effect in effects)


def _correct(
    advance: Advance, before: Contract, after: Contract, back: int, to: Account | None
) -> Corrected:
    """Rows, exposure and book from what was said before to what is so."""
    if after.state == folding.ACTIVE:
        folding.to_day(after, clock.today())
    principal = after.principal_owed - before.principal_owed
    fee = after.fee_owed - before.fee_owed
    paid = (after.principal_paid - before.principal_paid) + (after.fee_paid - before.fee_paid)
    made = Correction(principal, fee, _unearned(after) - _unearned(before), back - paid)
    accrued = recording.accrued_apart(advance)
    recording.write(advance, after)
    recording.book_interest(advance, 0, accrued, clock.today())
    exposure.give(advance, -principal)
    entry = recording.next_entry(advance)
    _remember_payment(advance, before, after, entry, back, "card" if to else "balance")
    lines = bookkeeping.correction(advance.number, advance.seller_id, made, advance.currency, to)
    journal = bookkeeping.corrected(advance.number, entry, lines, clock.today())
    if journal is not None:
        book.post(journal)
    funded.follow(advance, clock.today())
    db.session.flush()
    return Corrected(*(advance.money(m) for m in (-principal, -fee, back - paid)))


def _unearned(c: Contract) -> int:
    return c.fee_owed if c.product == SALES_SHARE else 0


def _remember_payment(
    advance: Advance, before: Contract, after: Contract, entry: int, back: int, source: str
) -> None:
    """The correction of what was paid, so that payments still sum to it."""
    principal = after.principal_paid - before.principal_paid
    fee = after.fee_paid - before.fee_paid
    if principal or fee or back:
        advance.remittances.append(
            Remittance(
                seller_id=advance.seller_id,
                order_number="",
                reason="corrected",
                source=source,
                principal=principal,
                fee=fee,
                back=back,
                entry=entry,
                tied=False,
                note="Something was known later than it happened.",
                on=clock.today(),
            )
        )
