"""A card payment of a term loan is disputed and lost: it counts as never made, and is owed again."""

from dataclasses import replace

from sqlalchemy import select

from core import clock
from core.db import db
from core.money import Money
from finance.capital import late, recording, verify
from finance.capital.disputes import bookkeeping
from finance.capital.fold.apply import fold
from finance.capital.fold.state import ACTIVE, CHARGED_OFF, Effect, Event
from finance.capital.models import Advance
from finance.capital.term_loan import linked
from finance.capital.term_loan.installments import due_of
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from mall import facts
from payments.disputes_values import DisputeView

_LATEST = 2**63 - 1  # an event that is not written yet comes last on its day


class AdvanceDisputes:
    """Disputes of payments for `advance:NUMBER:auto:PART`; inside the notice's transaction."""

    def lock(self, purpose: str) -> None:
        linked.locked(purpose)

    def told(self, dispute: DisputeView) -> None:
        """The contract's history has it once the money is gone."""

    def opened(self, dispute: DisputeView) -> None:
        """The card is asked for nothing more: its holder has objected to that."""
        advance = linked.locked(dispute.purpose)
        advance.card_id = None
        text = f"The bank took {dispute.counted.grouped()} back and decides; the card is asked no more."
        _remember(advance, "disputed", dispute, text)

    def won(self, dispute: DisputeView) -> None:
        advance = linked.locked(dispute.purpose)
        _remember(advance, "dispute_won", dispute, "The bank decided: the payment stands.")

    def lost(self, dispute: DisputeView) -> Money:
        """What it had paid is owed again; where it cannot be, the seller owes it beside the contract.

        What had gone to the owner's wallet is taken from there. Of a contract that was charged off
        nothing is owed again: the mall's loss.
        """
        advance = linked.locked(dispute.purpose)
        paid, effect = _payment(advance, dispute.payment_id)
        took = advance.money(effect.paid) if paid else Money.zero(advance.currency)
        of_it = min(dispute.counted, took)
        again = _owe_again(advance, paid, took, of_it, dispute) if paid and of_it else took - took
        if advance.state == CHARGED_OFF:
            of_it = took - took
        givers = _givers(advance, of_it - again, dispute.counted - min(dispute.counted, took))
        if givers:
            book.post(
                bookkeeping.charged_back(advance.number, dispute.number, givers, clock.today())
            )
        return sum((amount for _, amount in givers), start=again)

    def recovered(self, dispute: DisputeView, clearing: Account) -> tuple[Transfer, ...]:
        """The bank paid after all: what is due first, then what the seller owes, then the balance."""
        advance = linked.locked(dispute.purpose)
        left = min(dispute.reinstated, dispute.borne)
        lines: tuple[Transfer, ...] = ()
        if advance.is_running:
            recording.bring_to(advance, clock.today())
            part = min(left, advance.money(due_of(advance)))
            if part:
                lines = linked.paid(advance, part, clearing, clock.today(), "card")
                left = left - part
        receivable = account("seller_receivable", advance.seller_id)
        owed = min(left, book.balance(receivable, advance.currency))
        more = bookkeeping.recovered(advance.seller_id, clearing, owed, left - owed)
        return lines + more


def _remember(advance: Advance, kind: str, dispute: DisputeView, text: str) -> None:
    event = Event(kind, clock.today(), dispute.counted.minor, {"dispute": dispute.number})
    recording.remember(advance, event, text=text, acts=False)


def _payment(advance: Advance, payment_id: int) -> tuple[Event | None, Effect]:
    """The payment's event that still counts, and what it moved."""
    events = sorted(verify.events_of(advance), key=lambda event: (event.on, event.id))
    effects = fold(recording.start_of(advance), events)[1]
    undone = {event.data.get("of") for event in events if event.kind == "reversed"}
    for event, effect in zip(events, effects, strict=True):
        if event.data.get("payment") == payment_id and event.id not in undone:
            return event, effect
    return None, Effect()


def _owe_again(
    advance: Advance, paid: Event, took: Money, of_it: Money, dispute: DisputeView
) -> Money:
    """Count `of_it` of the payment as never made; gives it, or nothing where that cannot be."""
    nothing = Money.zero(advance.currency)
    if advance.state == CHARGED_OFF:
        return nothing
    undone = Event("reversed", paid.on, paid.amount, {"of": paid.id, "dispute": dispute.number})
    rest = Event("paid", paid.on, (took - of_it).minor, paid.data)
    events = [undone, rest] if rest.amount else [undone]
    if not _leaves_a_debt_of(of_it.minor, advance, events):
        return nothing
    funds = account("disputed_funds", dispute.number)
    why = f"The bank took {of_it.grouped()} back for good: it is owed again."
    late.replay(advance, events, why=why, to=funds)
    return of_it


def _leaves_a_debt_of(minor: int, advance: Advance, events: list[Event]) -> bool:
    """Whether replaying them takes exactly so much off what was paid, and another loan may run.

    After an early payoff it does not: that would have paid more, which it never did.
    """
    if advance.state != ACTIVE and _another_runs(advance):
        return False
    recording.bring_to(advance, clock.today())
    db.session.flush()
    told = [replace(e, id=_LATEST - place) for place, e in enumerate(reversed(events))]
    start, known = recording.start_of(advance), verify.events_of(advance)
    after, _ = fold(start, [*known, *told])
    return advance.repaid.minor - (after.principal_paid + after.fee_paid) == minor


def _another_runs(advance: Advance) -> bool:
    query = select(Advance.id).where(
        Advance.seller_id == advance.seller_id,
        Advance.product == advance.product,
        Advance.state == ACTIVE,
        Advance.id != advance.id,
    )
    return db.session.scalar(query.limit(1)) is not None


def _givers(
    advance: Advance, debt: Money, was_too_much: Money
) -> tuple[tuple[Account, Money], ...]:
    """The balance and what the seller owes for `debt`; the wallet for what had gone into it."""
    payable = account("seller_payable", advance.seller_id)
    wallet = account("wallet", facts.seller(advance.seller_id).owner_id)
    here = min(debt, book.available(payable, advance.currency)) if debt else debt
    back = (
        min(was_too_much, book.available(wallet, advance.currency)) if was_too_much else debt - debt
    )
    found = (
        (payable, here),
        (account("seller_receivable", advance.seller_id), debt - here),
        (wallet, back),
    )
    return tuple((giver, amount) for giver, amount in found if amount)
