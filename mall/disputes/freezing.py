"""Withholding a seller's money while a bank decides: as far as the balance goes, then from releases."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.money import Money
from core.use_case import use_case
from ledger import book
from mall.disputes import bookkeeping
from mall.disputes.models import DisputeCase, DisputeShare
from mall.orders.models import Order
from mall.orders.rules import OrderState
from mall.payouts import fees
from mall.payouts import services as payouts
from mall.ports.deductions import DISPUTE, Deduction, Release

REASON = "dispute_frozen"


def open_shares(seller_id: int) -> list[DisputeShare]:
    """The seller's shares that are not wholly covered, the oldest first, locked."""
    query = select(DisputeShare).where(
        DisputeShare.seller_id == seller_id,
        DisputeShare.state == "open",
        DisputeShare.frozen < DisputeShare.wanted,
    )
    locked = query.order_by(DisputeShare.id).with_for_update()
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))


def missing(seller_id: int, currency: str) -> Money:
    """What open disputes still want from this seller beyond what is frozen."""
    query = select(func.coalesce(func.sum(DisputeShare.wanted - DisputeShare.frozen), 0)).where(
        DisputeShare.seller_id == seller_id,
        DisputeShare.state == "open",
        DisputeShare.currency == currency,
    )
    return Money(int(db.session.scalar(query) or 0), currency)


def want(share: DisputeShare, order: Order) -> None:
    """Say what the seller would lose: nothing while escrow holds it, else without the commission."""
    if order.state == OrderState.RECEIVED:
        back = fees.given_back(order, more=share.amount)
        share.wanted = share.amount - back.both.minor
    _note_covered(share)


def freeze(case: DisputeCase, share: DisputeShare) -> None:
    """Withhold what is missing, as far as the seller's balance goes now."""
    payouts.lock_seller(share.seller_id)
    there = payouts.balance_of(share.seller_id, share.currency)
    amount = min(share.missing, there)
    if amount.minor <= 0:
        return
    journal = bookkeeping.frozen(
        case.number, share.order_number, share.frozen, share.seller_id, amount, clock.today()
    )
    book.post(journal)
    _count(share, amount)


def freeze_missing(seller_id: int) -> None:
    """Withhold what came into the balance since, for every open share; within a use case."""
    payouts.lock_seller(seller_id)
    for share in open_shares(seller_id):
        freeze(db.session.get_one(DisputeCase, share.case_id), share)


def close(share: DisputeShare, state: str, used: Money) -> None:
    """The share is won or lost: `used` of what was frozen is gone, the rest is the seller's again."""
    rest = Money(share.frozen, share.currency) - used
    share.state, share.frozen, share.closed_at = state, 0, clock.now()
    case = db.session.get_one(DisputeCase, share.case_id)
    if rest:
        book.post(
            bookkeeping.freed(case.number, share.order_number, share.seller_id, rest, clock.today())
        )


def _count(share: DisputeShare, amount: Money) -> None:
    share.frozen += amount.minor
    _note_covered(share)


def _note_covered(share: DisputeShare) -> None:
    if share.frozen == share.wanted and share.covered_at is None:
        share.covered_at = clock.now()
    db.session.flush()


@dataclass(frozen=True)
class DisputeClaims:
    """What a seller's balance could not cover is withheld from the next releases, before all else."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        taken = []
        for share in open_shares(release.seller_id):
            amount = min(share.missing, left)
            if amount:
                taken.append(_deduction(share, amount))
                _count(share, amount)
                left = left - amount
        return taken

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """A refund takes nothing of what is disputed."""


def _deduction(share: DisputeShare, amount: Money) -> Deduction:
    case = db.session.get_one(DisputeCase, share.case_id)
    return Deduction(
        step=DISPUTE,
        reason=REASON,
        amount=amount,
        contract=case.number,
        transfers=bookkeeping.freezing(share.seller_id, amount, REASON),
        note=f"Withheld until the bank decides about order {share.order_number}.",
        released_by="Winning the dispute, or the bank's verdict that you need not pay.",
    )


def no_payout_now(seller_id: int, currency: str) -> str:
    """Why this seller is not paid out now, or "": a freeze exceeds what is withheld.

    What the balance holds is withheld first, so that one payout may follow another's failure.
    """
    freeze_missing(seller_id)
    gap = missing(seller_id, currency)
    if not gap:
        return ""
    return f"A dispute wants {gap} more than your balance could cover. Payouts wait until then."


def freeze_all_missing() -> int:
    """Withhold what came into the balances of sellers with open disputes; gives how many sellers."""
    query = select(DisputeShare.seller_id).where(
        DisputeShare.state == "open", DisputeShare.frozen < DisputeShare.wanted
    )
    sellers = sorted(set(db.session.scalars(query)))
    for seller_id in sellers:
        _freeze_missing(seller_id)
    return len(sellers)


@use_case
def _freeze_missing(seller_id: int) -> None:
    freeze_missing(seller_id)
