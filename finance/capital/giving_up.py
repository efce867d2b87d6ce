"""Giving money up: proposed by one admin, decided by another; and what is paid after all."""

from datetime import date

from sqlalchemy import select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, queries, recording
from finance.capital.care_models import CHARGE_OFF, DONE, PROPOSED, REFUSED, WAIVE, GiveUp
from finance.capital.fold.state import Effect, Event
from finance.capital.models import CHARGED_OFF, Advance
from finance.capital.rules import GivenUp
from finance.capital.terms import SALES_SHARE, TERM_LOAN
from finance.collections import provisioning
from ledger import book


class SamePerson(Conflict):
    message = "Who proposes to give money up cannot decide on it: ask another admin."


class ProposedAlready(Conflict):
    message = "Something is proposed for this contract already; decide on that first."


class DecidedBefore(Conflict):
    message = "This was decided before."


class NothingOwed(Conflict):
    message = "Nothing is owed on this contract."


@use_case
def propose(number: str, kind: str, *, amount: Money | None, why: str, by: int) -> GiveUp:
    """Propose to waive `amount` (S1, S3), or to charge all of it off.

    Raises ProposedAlready, NothingOwed, InvalidInput.
    """
    known = queries.advance_numbered(number)
    exposure.lock(known.seller_id)
    advance = get(Advance, known.id, lock=True)
    if not advance.is_running or not advance.owed:
        raise NothingOwed()
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    if kind == WAIVE and (amount is None or not 0 < amount.minor <= advance.owed.minor):
        raise InvalidInput("Write an amount up to {owed}.", owed=advance.owed.grouped())
    if kind == WAIVE and advance.product not in (SALES_SHARE, TERM_LOAN):
        raise InvalidInput("What orders repay can only be charged off as a whole.")
    if open_of(advance.id) is not None:
        raise ProposedAlready()
    wanted = amount if kind == WAIVE and amount else advance.owed
    made = GiveUp(
        advance_id=advance.id,
        kind=kind,
        amount=wanted.minor,
        why=why.strip()[:240],
        proposed_by=by,
    )
    db.session.add(made)
    db.session.flush()
    return made


def open_of(advance_id: int) -> GiveUp | None:
    """What is proposed for this contract and waits."""
    query = select(GiveUp).where(GiveUp.advance_id == advance_id, GiveUp.state == PROPOSED)
    return db.session.scalars(query).one_or_none()


@use_case
def decide(give_up_id: int, *, yes: bool, by: int) -> GiveUp:
    """Another admin agrees or not; raises SamePerson, DecidedBefore, NothingOwed."""
    seller_id = get(Advance, get(GiveUp, give_up_id).advance_id).seller_id
    exposure.lock(seller_id)
    proposed = get(GiveUp, give_up_id, lock=True)
    if proposed.state != PROPOSED:
        raise DecidedBefore()
    if proposed.proposed_by == by:
        raise SamePerson()
    advance = get(Advance, proposed.advance_id, lock=True)
    if yes and not advance.is_running:
        raise NothingOwed()
    if yes and proposed.kind == CHARGE_OFF:
        charge_off(advance, clock.today(), why=proposed.why)
    elif yes:
        _waive(advance, min(proposed.amount, advance.owed.minor), proposed.why)
    proposed.state = DONE if yes else REFUSED
    proposed.decided_by, proposed.decided_at = by, clock.now()
    db.session.flush()
    return proposed


def _waive(advance: Advance, amount: int, why: str) -> None:
    today = clock.today()
    effect = recording.record(advance, Event("waived", today, amount), text=why)
    entry = recording.next_entry(advance)
    journal = bookkeeping.waived(advance.number, entry, _lines(advance, effect), today)
    if journal is not None:
        book.post(journal)


def charge_off(advance: Advance, on: date, *, why: str) -> None:
    """All that is owed leaves the book, first against what was set aside for it.

    What is paid later is a recovery. The exposure is locked.
    """
    effect = recording.record(advance, Event("charged_off", on, advance.owed.minor), text=why)
    lost = _lines(advance, effect)
    set_aside = provisioning.take(provisioning.SELLERS, advance.id, lost.loss.minor)
    journal = bookkeeping.charged_off(advance.number, lost, advance.money(set_aside), on)
    if journal is not None:
        book.post(journal)


def _lines(advance: Advance, effect: Effect) -> GivenUp:
    flat = advance.product == SALES_SHARE
    fee, principal = advance.money(effect.fee_off), advance.money(effect.principal_off)
    return GivenUp(principal, fee, unearned=flat)


def recoverable(advance: Advance) -> Money:
    """What was lost and has not been paid after all."""
    return advance.money(advance.lost - advance.recovered)


def lost_of(seller_id: int) -> list[Advance]:
    """Contracts that were charged off and not wholly recovered, the oldest first."""
    query = select(Advance).where(
        Advance.seller_id == seller_id,
        Advance.state == CHARGED_OFF,
        Advance.recovered < Advance.lost,
    )
    return list(db.session.scalars(query.order_by(Advance.id)))
