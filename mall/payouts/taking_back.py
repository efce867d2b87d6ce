"""An admin takes a payout back that lies in the seller's account at the gateway."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from mall.payouts import news
from mall.payouts.models import Payout, PayoutTakeBack
from payments import services as payments


class NotThere(Conflict):
    message = "Only a payout that has arrived can be taken back; this one is {state}."


class KeyUsed(Conflict):
    message = "This form was used for another payout. Reload the page and send it again."


@use_case
def take_back(seller_id: int, number: str, amount: Money, *, why: str, by: int, key: str) -> int:
    """Ask the gateway for `amount` of a payout back; gives the payments op to drive.

    key   from the form: a double click asks once

    What comes back pays what the seller owes, and the rest is owed to her again. The gateway says
    no when her account there does not hold it any more. Raises NotFound, NotThere, and what
    `payments.intend_reversal` raises for more than is left of the payout.
    """
    query = select(Payout).where(Payout.number == number, Payout.seller_id == seller_id)
    payout: Payout = one(query)
    if before := _before(payout, key):
        return before.op_id
    if payout.state != "paid":
        raise NotThere(state=payout.state)
    if not why.strip():
        raise InvalidInput("Say why; the seller reads it.")
    op_id = payments.intend_reversal(payout_number=number, amount=amount, ref=key)
    if before := _before(payout, key):  # a second click, which waited for the first
        return before.op_id
    db.session.add(
        PayoutTakeBack(
            payout_id=payout.id,
            key=key,
            op_id=op_id,
            amount=amount.minor,
            currency=amount.currency,
            why=why.strip()[:240],
            by=by,
        )
    )
    db.session.flush()
    return op_id


def _before(payout: Payout, key: str) -> PayoutTakeBack | None:
    known = select(PayoutTakeBack).where(PayoutTakeBack.key == key)
    before = db.session.scalars(known).one_or_none()
    if before is not None and before.payout_id != payout.id:
        raise KeyUsed()
    return before


def take_back_now(
    seller_id: int, number: str, amount: Money, *, why: str, by: int, key: str
) -> str:
    """The same, and ask the gateway; gives the operation's state. Outside any use case."""
    return payments.drive(take_back(seller_id, number, amount, why=why, by=by, key=key))


def done(payout: Payout, ref: str) -> None:
    """Payments tells that it came back; within its transaction."""
    asked = _asked(ref)
    if asked is not None:
        asked.state = "done"
        news.taken_back(payout, asked)


def refused(payout: Payout, ref: str, why: str) -> None:
    """Payments tells that the gateway did not give it; within its transaction."""
    asked = _asked(ref)
    if asked is not None:
        asked.state, asked.answer = "refused", why[:240]
        news.not_taken_back(payout, asked)


def _asked(ref: str) -> PayoutTakeBack | None:
    query = select(PayoutTakeBack).where(PayoutTakeBack.key == ref).with_for_update()
    return db.session.scalars(query).one_or_none()


def payouts_of(seller_id: int, limit: int = 20) -> Sequence[Payout]:
    """The newest payouts of a seller, for an admin's page."""
    query = select(Payout).where(Payout.seller_id == seller_id).order_by(Payout.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def asked_of(seller_id: int) -> Sequence[PayoutTakeBack]:
    """What was taken back, or could not be, the newest first."""
    query = select(PayoutTakeBack).join(Payout).where(Payout.seller_id == seller_id)
    return db.session.scalars(query.order_by(PayoutTakeBack.id.desc()).limit(20)).all()
