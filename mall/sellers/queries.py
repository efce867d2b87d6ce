"""Shops as their owners and visitors see them."""

from sqlalchemy import select

from core.db import db, one
from mall.sellers.models import Seller, SellerState


def of_owner(person_id: int) -> Seller | None:
    """The shop of a person, whatever its state."""
    return db.session.scalars(select(Seller).where(Seller.owner_id == person_id)).one_or_none()


def owned_by(person_id: int) -> Seller:
    """The shop of a person, whatever its state; raises NotFound."""
    seller: Seller = one(select(Seller).where(Seller.owner_id == person_id))
    return seller


def open_shop(slug: str) -> Seller:
    """An approved shop by its slug; raises NotFound."""
    seller: Seller = one(
        select(Seller).where(Seller.slug == slug, Seller.state == SellerState.APPROVED)
    )
    return seller


def by_slug(slug: str) -> Seller:
    """A shop by its slug, whatever its state; raises NotFound."""
    seller: Seller = one(select(Seller).where(Seller.slug == slug))
    return seller
