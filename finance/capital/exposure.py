"""Each seller's one exposure: the row everybody locks before lending to or repaying for a seller.

Every offer that is held and every contract is a reservation of it: held → drawn → partly_repaid →
released. It grows by one guarded UPDATE, and a trigger refuses what would pass the limit.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from finance.capital.exposure_models import (
    DRAWN,
    HELD,
    PARTLY_REPAID,
    RELEASED,
    SellerExposure,
    SellerReservation,
)
from finance.capital.models import Advance
from ledger import book
from ledger.accounts import account
from mall import facts


class OverLimit(Conflict):
    message = "This is more than your limit leaves over all products now. Ask for less."


def lock(seller_id: int) -> SellerExposure:
    """The seller's row, made if it is missing, locked until the action ends."""
    query = select(SellerExposure).where(SellerExposure.seller_id == seller_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    there = db.session.scalars(query).one_or_none()
    if there is not None:  # as for every release but a seller's first
        return there
    values = {"id": ids.new_id(), "created_at": clock.now(), "seller_id": seller_id, "used": 0}
    values |= {"held": 0, "credit_limit": 0}
    fresh = insert(SellerExposure).values(hold="", held_by="", **values)
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["seller_id"]))
    made: SellerExposure = one(query)
    return made


def of(seller_id: int) -> SellerExposure | None:
    """The seller's row, not locked; None for one who never asked."""
    query = select(SellerExposure).where(SellerExposure.seller_id == seller_id)
    return db.session.scalars(query).one_or_none()


def hold(
    seller_id: int,
    key: str,
    product: str,
    amount: Money,
    *,
    limit: int,
    decision_id: int,
    offer: dict[str, Any],
    until: datetime,
) -> SellerReservation:
    """Set `amount` aside for an offer that is firm until then; raises OverLimit."""
    _grow(seller_id, amount.minor, limit, "held")
    made = SellerReservation(
        seller_id=seller_id,
        number=ids.code("A"),
        key=key,
        product=product,
        currency=amount.currency,
        amount=amount.minor,
        state=HELD,
        decision_id=decision_id,
        offer=offer,
        expires_at=until,
    )
    db.session.add(made)
    db.session.flush()
    return made


def draw(advance: Advance, limit: int) -> None:
    """The advance's principal is owed from now on: out of its held offer, or new.

    Raises OverLimit when no offer was held and the limit does not leave it.
    """
    kept = reservation(advance.number)
    if kept is None:
        _grow(advance.seller_id, advance.principal, limit, "used")
        kept = _drawn_at_once(advance)
    else:
        _move_to_used(advance.seller_id, kept.amount)
        kept.state, kept.expires_at, kept.advance_id = DRAWN, None, advance.id
    db.session.flush()


def _drawn_at_once(advance: Advance) -> SellerReservation:
    made = SellerReservation(
        seller_id=advance.seller_id,
        number=advance.number,
        product=advance.product,
        currency=advance.currency,
        amount=advance.principal,
        state=DRAWN,
        decision_id=advance.decision_id,
        advance_id=advance.id,
    )
    db.session.add(made)
    return made


def _grow(seller_id: int, amount: int, limit: int, column: str) -> None:
    row = SellerExposure
    free = row.used + row.held + amount <= limit
    change = update(row).where(row.seller_id == seller_id, free)
    change = change.values({column: getattr(row, column) + amount, "credit_limit": limit})
    if _execute(change).rowcount != 1:
        raise OverLimit()
    _reload(seller_id)


def _move_to_used(seller_id: int, amount: int) -> None:
    row = SellerExposure
    change = update(row).where(row.seller_id == seller_id)
    _execute(change.values(used=row.used + amount, held=row.held - amount))
    _reload(seller_id)


def _execute(change: Any) -> Any:
    return db.session.execute(change.execution_options(synchronize_session=False))


def _reload(seller_id: int) -> None:
    query = select(SellerExposure).where(SellerExposure.seller_id == seller_id)
    db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def give(advance: Advance, principal: int) -> None:
    """So much principal (minor units) is not owed any more; below zero, owed again after all."""
    if not principal:
        return
    row = of(advance.seller_id) or lock(advance.seller_id)
    if principal < 0:  # a correction: owed whether the limit would leave it or not
        row.credit_limit = max(row.credit_limit, row.used + row.held - principal)
    row.used -= principal
    kept = reservation(advance.number)
    if kept is not None:
        kept.given += principal
        states = {0: DRAWN, kept.amount: RELEASED}
        kept.state = states.get(kept.given, PARTLY_REPAID)


def reservation(number: str) -> SellerReservation | None:
    """What this contract or offer reserves."""
    query = select(SellerReservation).where(SellerReservation.number == number)
    return db.session.scalars(query).one_or_none()


def held_offers(seller_id: int) -> Sequence[SellerReservation]:
    """Offers that are firm now, the first to expire first."""
    query = select(SellerReservation).where(
        SellerReservation.seller_id == seller_id,
        SellerReservation.state == HELD,
        SellerReservation.expires_at > clock.now(),
    )
    return db.session.scalars(query.order_by(SellerReservation.expires_at)).all()


def let_go(kept: SellerReservation) -> None:
    """A held offer is free again; the seller's row is locked."""
    if kept.state == HELD:
        kept.state = RELEASED
        row = of(kept.seller_id) or lock(kept.seller_id)
        row.held -= kept.amount
        db.session.flush()


@use_case
def release_expired() -> int:
    """Free every held offer whose time is over, seller by seller; returns how many."""
    over = select(SellerReservation.seller_id).where(
        SellerReservation.state == HELD, SellerReservation.expires_at <= clock.now()
    )
    sellers = db.session.scalars(over.distinct().order_by(SellerReservation.seller_id)).all()
    return sum(release_expired_of(seller_id) for seller_id in sellers)


def release_expired_of(seller_id: int) -> int:
    """Free what this seller held too long; the caller's use case goes on with the row locked."""
    lock(seller_id)
    query = select(SellerReservation).where(
        SellerReservation.seller_id == seller_id,
        SellerReservation.state == HELD,
        SellerReservation.expires_at <= clock.now(),
    )
    over = db.session.scalars(query.order_by(SellerReservation.id).with_for_update()).all()
    for kept in over:
        let_go(kept)
    return len(over)


def hold_of(seller_id: int, currency: str) -> str:
    """Why nothing is offered now: a hold in words, or a reserve against risk; "" when neither."""
    row = of(seller_id)
    if row is not None and row.hold:
        return row.hold
    if why := facts.reserve_in_force(seller_id):
        return why
    reserve: Money = book.balance(account("seller_reserve", seller_id), currency)
    return f"a reserve of {reserve.grouped()}" if reserve else ""


@use_case
def put_on_hold(seller_id: int, why: str, *, by: str) -> None:
    """Offer nothing to this seller until it is lifted; `why` is shown to the seller."""
    row = lock(seller_id)
    row.hold, row.held_by = why[:160], by


@use_case
def lift_hold(seller_id: int, *, by: str) -> None:
    row = lock(seller_id)
    row.hold, row.held_by = "", by
