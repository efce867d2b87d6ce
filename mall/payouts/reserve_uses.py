"""The reserve as the last source of what a seller owes: parts of it used, the first to end first."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db import db
from core.money import Money
from mall.payouts.models import ReserveHold, ReserveUse
from mall.ports.reserves import Claim

_SHOWN = 20


def available(seller_id: int, currency: str) -> Money:
    """What the rolling reserve keeps, its rows locked until the action ends."""
    return Money(sum(hold.left for hold in _locked(seller_id, currency)), currency)


def _locked(seller_id: int, currency: str) -> Sequence[ReserveHold]:
    query = select(ReserveHold).where(
        ReserveHold.seller_id == seller_id,
        ReserveHold.currency == currency,
        ReserveHold.released_on.is_(None),
    )
    query = query.order_by(ReserveHold.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def use(claim: Claim, most: Money) -> Money:
    """Use at most `most` for `claim`, a row for each part; gives how much was used."""
    left = most.minor
    for hold in sorted(_locked(claim.seller_id, most.currency), key=lambda h: h.releases_on):
        part = min(left, hold.left)
        if part:
            _use(hold, part, claim)
            left -= part
    db.session.flush()
    return most - Money(left, most.currency)


def _use(hold: ReserveHold, part: int, claim: Claim) -> None:
    hold.taken += part
    if not hold.left:
        hold.released_on = claim.on
    db.session.add(
        ReserveUse(
            hold_id=hold.id,
            seller_id=hold.seller_id,
            amount=part,
            currency=hold.currency,
            contract=claim.contract,
            entry=claim.entry,
            why=claim.why[:240],
            on=claim.on,
        )
    )


def uses_of(seller_id: int) -> Sequence[ReserveUse]:
    """What of the reserve paid which contract, the newest first."""
    query = select(ReserveUse).where(ReserveUse.seller_id == seller_id)
    return db.session.scalars(query.order_by(ReserveUse.id.desc()).limit(_SHOWN)).all()
