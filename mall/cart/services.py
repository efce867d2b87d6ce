"""Putting things into a cart and taking them out; a guest's cart joins at sign-in."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Conflict, NotFound
from core.use_case import use_case
from mall.cart.models import Cart, CartLine
from mall.cart.queries import QUANTITY_MAX, find
from mall.catalog.models import Product, Variant
from mall.sellers.models import Seller, SellerState

LINES_MAX = 100


class NotForSale(Conflict):
    message = "{title} cannot be bought right now: {why}."


class CartFull(Conflict):
    message = "The cart holds {count} different things already. Remove one first."


@use_case
def cart_of(*, person_id: int | None = None, token: str | None = None) -> Cart:
    """The cart of a person, or of a guest by token; made when there is none."""
    there = find(person_id=person_id, token=token)
    if there is not None:
        return there
    owner = {"person_id": person_id} if person_id is not None else {"token": token}
    db.session.execute(
        insert(Cart)
        .values(id=ids.new_id(), created_at=clock.now(), **owner)
        .on_conflict_do_nothing()
    )
    cart = find(person_id=person_id, token=token)
    assert cart is not None
    return cart


@use_case
def add(
    *, variant_id: int, quantity: int = 1, person_id: int | None = None, token: str | None = None
) -> int:
    """Put some of a variant into a cart; returns how many of it are in there now.

    Never more than 99 or than there are left; raises NotForSale, CartFull, NotFound.
    """
    variant = _for_sale(variant_id)
    cart = cart_of(person_id=person_id, token=token)
    lines = db.session.scalar(select(func.count()).where(CartLine.cart_id == cart.id)) or 0
    if lines >= LINES_MAX:
        raise CartFull(count=lines)
    return _put(cart.id, variant, quantity)


@use_case
def change(
    *, variant_id: int, quantity: int, person_id: int | None = None, token: str | None = None
) -> None:
    """Set how many of a variant are wanted; 0 takes it out. The price shown is taken as seen."""
    cart = find(person_id=person_id, token=token)
    if cart is None:
        raise NotFound("That is not in your cart.")
    if quantity <= 0:
        here = (CartLine.cart_id == cart.id, CartLine.variant_id == variant_id)
        db.session.execute(delete(CartLine).where(*here))
        return
    variant = db.session.get(Variant, variant_id)
    if variant is None:
        raise NotFound("That is not in your cart.")
    most = max(1, min(QUANTITY_MAX, variant.left))
    done = db.session.execute(
        update(CartLine)
        .where(CartLine.cart_id == cart.id, CartLine.variant_id == variant_id)
        .values(quantity=min(quantity, most), price_seen=variant.price)
        .returning(CartLine.id)
    ).all()
    if not done:
        raise NotFound("That is not in your cart.")


@use_case
def merge(token: str, person_id: int) -> None:
    """Pour a guest's cart into a person's: quantities add up, at most 99 and what is left."""
    guest = find(token=token)
    if guest is None:
        return
    cart = cart_of(person_id=person_id)
    rows = db.session.execute(
        select(CartLine, Variant)
        .join(Variant, Variant.id == CartLine.variant_id)
        .where(CartLine.cart_id == guest.id)
        .order_by(CartLine.variant_id)
    ).all()
    for line, variant in rows:
        _put(cart.id, variant, line.quantity)
    db.session.execute(delete(CartLine).where(CartLine.cart_id == guest.id))
    db.session.execute(delete(Cart).where(Cart.id == guest.id))


@use_case
def clear(*, person_id: int | None = None, token: str | None = None) -> None:
    """Empty a cart, as after a purchase."""
    cart = find(person_id=person_id, token=token)
    if cart is not None:
        db.session.execute(delete(CartLine).where(CartLine.cart_id == cart.id))
        db.session.expire(cart)


@use_case
def take_out(variant_ids: list[int], *, person_id: int) -> None:
    """Take these variants out of a person's cart; what was added meanwhile stays."""
    cart = find(person_id=person_id)
    if cart is not None:
        here = (CartLine.cart_id == cart.id, CartLine.variant_id.in_(variant_ids))
        db.session.execute(delete(CartLine).where(*here))
        db.session.expire(cart)


def _for_sale(variant_id: int) -> Variant:
    found = db.session.execute(
        select(Variant, Product, Seller)
        .join(Product, Product.id == Variant.product_id)
        .join(Seller, Seller.id == Product.seller_id)
        .where(Variant.id == variant_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such thing in the mall.")
    variant, product, seller = found
    if product.listed_at is None or seller.state != SellerState.APPROVED:
        raise NotForSale(title=product.title, why="it is not on sale any more")
    if variant.left <= 0:
        raise NotForSale(title=product.title, why="it is sold out")
    return variant


def _put(cart_id: int, variant: Variant, quantity: int) -> int:
    # at least one, though the stock ran out meanwhile: the cart page then says so
    most = max(1, min(QUANTITY_MAX, variant.left))
    fresh = insert(CartLine).values(
        id=ids.new_id(),
        created_at=clock.now(),
        cart_id=cart_id,
        variant_id=variant.id,
        quantity=max(1, min(quantity, most)),
        price_seen=variant.price,
    )
    together = fresh.on_conflict_do_update(
        index_elements=["cart_id", "variant_id"],
        set_={
            "quantity": func.least(CartLine.quantity + max(1, quantity), most),
            "price_seen": variant.price,
        },
    )
    return int(db.session.execute(together.returning(CartLine.quantity)).scalar_one())
