"""Each seller's one exposure: the row everybody locks before lending to or repaying for a seller."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.money import Money
from core.use_case import use_case
from finance.capital.models import Advance, SellerExposure
from ledger import book
from ledger.accounts import account
from mall import facts


def lock(seller_id: int) -> SellerExposure:
    """The seller's row, made if it is missing, locked until the action ends."""
    query = select(SellerExposure).where(SellerExposure.seller_id == seller_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    there = db.session.scalars(query).one_or_none()
    if there is not None:  # as for every release but a seller's first
        return there
    values = {"id": ids.new_id(), "created_at": clock.now(), "seller_id": seller_id, "used": 0}
    fresh = insert(SellerExposure).values(hold="", held_by="", **values)
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["seller_id"]))
    made: SellerExposure = one(query)
    return made


def of(seller_id: int) -> SellerExposure | None:
    """The seller's row, not locked; None for one who never asked."""
    query = select(SellerExposure).where(SellerExposure.seller_id == seller_id)
    return db.session.scalars(query).one_or_none()


def draw(advance: Advance) -> None:
    """The advance's principal is owed from now on; the caller has locked the row."""
    _locked(advance.seller_id).used += advance.principal


def give(advance: Advance, principal: int) -> None:
    """So much principal (minor units) is not owed any more."""
    _locked(advance.seller_id).used -= principal


def _locked(seller_id: int) -> SellerExposure:
    return of(seller_id) or lock(seller_id)


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
