"""Stock: promised to a payment, taken when paid, released when not; never more than there is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from core import clock, jobs
from core.db import db, get, one
from core.errors import InvalidInput, NotFound
from core.use_case import use_case
from mall.catalog.models import Product, StockMovement, Variant
from mall.catalog.rules import OutOfStock, TooFewLeft
from mall.checkout.models import Checkout, CheckoutState, Reservation
from mall.sellers.models import Seller, SellerState

BATCH = 200


@use_case
def reserve(checkout_id: int, wanted: Mapping[int, int], until: datetime) -> None:
    """Promise `{variant_id: units}` to a checkout until an instant; raises OutOfStock.

    Variants are visited in the order of their ids, so that two checkouts never wait for each other.
    """
    for variant_id in sorted(wanted):
        _promise(variant_id, wanted[variant_id])
        db.session.add(
            Reservation(
                checkout_id=checkout_id,
                variant_id=variant_id,
                quantity=wanted[variant_id],
                expires_at=until,
                state="held",
            )
        )
    db.session.flush()


@use_case
def take(checkout_id: int) -> None:
    """The checkout is paid: its goods leave the house. Twice is once.

    A payment may arrive after its reservation ran out; then the goods are taken if they are
    still there, else OutOfStock is raised.
    """
    for held in _reservations(checkout_id):
        if held.state == "taken":
            continue
        if held.state == "released":
            _promise(held.variant_id, held.quantity)
        _leave(held)
        held.state = "taken"
    db.session.flush()


@use_case
def release(checkout_id: int) -> None:
    """The checkout is given up: what it still holds may be bought by others. Twice is once."""
    _release(_reservations(checkout_id))


@use_case
def release_expired(limit: int = BATCH) -> int:
    """Release reservations whose time is over, unless their checkout is paid; returns how many."""
    over = (
        select(Reservation)
        .join(Checkout, Checkout.id == Reservation.checkout_id)
        .where(
            Reservation.state == "held",
            Reservation.expires_at <= clock.now(),
            Checkout.state != CheckoutState.PAID,
        )
        .order_by(Reservation.variant_id)
        .limit(limit)
        # skipping what a payment is taking right now: its taker holds the row
        .with_for_update(of=Reservation, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(over).all()
    _release(found)
    return len(found)


@use_case
def put_back(variant_id: int, quantity: int, ref: str) -> None:
    """Units came back into the house; `ref` is the order or refund that brings them."""
    variant = _change(variant_id, quantity, cause="returned", ref=ref)
    db.session.execute(
        update(Product)
        .where(Product.id == variant.product_id)
        .values(sold=func.greatest(Product.sold - quantity, 0))
        .execution_options(synchronize_session=False)
    )


@use_case
def receive_stock(
    variant_id: int, seller_id: int, count: int, cause: str = "received", ref: str = ""
) -> None:
    """A seller's own variant gets `count` more units."""
    if count <= 0:
        raise InvalidInput("Receive one unit or more.")
    _own(variant_id, seller_id)
    _change(variant_id, count, cause=cause, ref=ref)


def first_stock(fresh: Mapping[Variant, int]) -> None:
    """What there is of new variants comes in; called in the action that makes them.

    Nobody else sees them yet, so nothing is locked.
    """
    moves = [
        StockMovement(seller_id=v.seller_id, variant_id=v.id, change=units, cause="received")
        for v, units in fresh.items()
        if units
    ]
    db.session.add_all(moves)
    db.session.flush()
    for move in moves:
        _forget(move.variant_id)


@use_case
def count_stock(variant_id: int, seller_id: int, on_hand: int) -> None:
    """A seller counted: there are `on_hand` units; never fewer than are promised (TooFewLeft)."""
    if on_hand < 0:
        raise InvalidInput("Stock is a whole number of 0 or more.")
    variant: Variant = one(
        select(Variant)
        .where(Variant.id == variant_id, Variant.seller_id == seller_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if on_hand < variant.reserved:
        raise TooFewLeft(reserved=variant.reserved)
    if on_hand != variant.on_hand:
        _change(variant_id, on_hand - variant.on_hand, cause="counted")


@use_case
def adjust_stock(variant_id: int, seller_id: int, change: int, *, key: str = "") -> None:
    """A seller's own variant gets `change` more units, or fewer; what was sold while they looked
    at the old number is not undone. Never fewer than are promised (TooFewLeft).

    key  of the form: the same one changes a variant once
    """
    _own(variant_id, seller_id)
    ref = f"form:{key}" if key else ""
    if change and not (ref and _done(variant_id, ref)):
        _change(variant_id, change, cause="received" if change > 0 else "counted", ref=ref)


def _done(variant_id: int, ref: str) -> bool:
    """Whether a form has changed this variant; one that does so now is waited for."""
    get(Variant, variant_id, lock=True)
    known = select(StockMovement.id).where(
        StockMovement.variant_id == variant_id, StockMovement.ref == ref
    )
    return db.session.scalar(known) is not None


@jobs.job("catalog.release_expired", cron="* * * * *")
def release_expired_job() -> None:
    """Each minute: give back what nobody paid for in time."""
    while release_expired() == BATCH:
        pass


def _promise(variant_id: int, quantity: int) -> None:
    if quantity <= 0:
        raise InvalidInput("Order one unit or more.")
    on_sale = (
        select(Product.id)
        .join(Seller, Seller.id == Product.seller_id)
        .where(Product.id == Variant.product_id, Product.listed_at.is_not(None))
        .where(Seller.state == SellerState.APPROVED)
        .exists()
    )
    done = db.session.execute(
        update(Variant)
        .where(Variant.id == variant_id, Variant.on_hand - Variant.reserved >= quantity, on_sale)
        .values(reserved=Variant.reserved + quantity)
        .returning(Variant.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not done:
        raise _out_of_stock(variant_id)
    _forget(variant_id)


def _out_of_stock(variant_id: int) -> OutOfStock | NotFound:
    found = db.session.execute(
        select(Product.title, Variant.label, Variant.on_hand - Variant.reserved, Product.listed_at)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id == variant_id)
    ).one_or_none()
    if found is None:
        return NotFound("There is no such thing in the mall.")
    title, label, left, listed_at = found
    name = f"{title} ({label})" if label else title
    return OutOfStock(title=name, left=left if listed_at else 0, variant_id=variant_id)


def _leave(held: Reservation) -> None:
    row = db.session.execute(
        update(Variant)
        .where(Variant.id == held.variant_id, Variant.reserved >= held.quantity)
        .values(reserved=Variant.reserved - held.quantity)
        .returning(Variant.seller_id, Variant.product_id)
        .execution_options(synchronize_session=False)
    ).one()
    _move(
        StockMovement(
            seller_id=row.seller_id,
            variant_id=held.variant_id,
            change=-held.quantity,
            cause="sold",
            ref=f"checkout:{held.checkout_id}",
        )
    )
    db.session.execute(
        update(Product)
        .where(Product.id == row.product_id)
        .values(sold=Product.sold + held.quantity)
        .execution_options(synchronize_session=False)
    )


def _release(found: Sequence[Reservation]) -> None:
    for held in sorted(found, key=lambda row: row.variant_id):
        if held.state != "held":
            continue
        db.session.execute(
            update(Variant)
            .where(Variant.id == held.variant_id)
            .values(reserved=Variant.reserved - held.quantity)
            .execution_options(synchronize_session=False)
        )
        held.state = "released"
        _forget(held.variant_id)
    db.session.flush()


def _reservations(checkout_id: int) -> Sequence[Reservation]:
    return db.session.scalars(
        select(Reservation)
        .where(Reservation.checkout_id == checkout_id)
        .order_by(Reservation.variant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _own(variant_id: int, seller_id: int) -> None:
    one(select(Variant).where(Variant.id == variant_id, Variant.seller_id == seller_id))


def _change(variant_id: int, change: int, *, cause: str, ref: str = "") -> Variant:
    query = select(Variant).where(Variant.id == variant_id).with_for_update(key_share=True)
    variant: Variant = one(query.execution_options(populate_existing=True))
    if variant.on_hand + change < variant.reserved:
        raise TooFewLeft(reserved=variant.reserved)
    _move(
        StockMovement(
            seller_id=variant.seller_id,
            variant_id=variant_id,
            change=change,
            cause=cause,
            ref=ref,
        )
    )
    return variant


def _move(movement: StockMovement) -> None:
    """Write a movement down: the database counts its units into `on_hand`, as nobody else may."""
    db.session.add(movement)
    db.session.flush()
    _forget(movement.variant_id)


def _forget(variant_id: int) -> None:
    """What the session remembers of a variant is old after an UPDATE of ours."""
    known = db.session.identity_map.get(db.session.identity_key(Variant, variant_id))
    if known is not None:
        db.session.expire(known, ["on_hand", "reserved"])
