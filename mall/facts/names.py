"""Names for pages, apart from the facts that scoring may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from mall.accounts.models import Person
from mall.catalog.models import Category, Product
from mall.sellers.models import Seller


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """A shop as the lender's pages name it."""

    id: int
    owner_id: int
    name: str
    slug: str
    state: str

    @property
    def approved(self) -> bool:
        return self.state == "approved"


def seller_of(person_id: int) -> SellerFacts:
    """The shop this person owns; raises NotFound."""
    return _one(Seller.owner_id == person_id)


def seller(seller_id: int) -> SellerFacts:
    """The shop by its id; raises NotFound."""
    return _one(Seller.id == seller_id)


def _one(condition: object) -> SellerFacts:
    row = db.session.scalars(select(Seller).where(condition)).one_or_none()  # type: ignore[arg-type]
    if row is None:
        raise NotFound()
    return SellerFacts(row.id, row.owner_id, row.name, row.slug, row.state)


def seller_names(ids: Iterable[int]) -> dict[int, str]:
    """Shop names by id."""
    query = select(Seller.id, Seller.name).where(Seller.id.in_(set(ids)))
    return {id: name for id, name in db.session.execute(query)}


def person_names(ids: Iterable[int]) -> dict[int, str]:
    """Display names of people by id."""
    query = select(Person.id, Person.name).where(Person.id.in_(set(ids)))
    return {id: name for id, name in db.session.execute(query)}


def category_names() -> dict[int, str]:
    """Category names by id."""
    return {k: v for k, v in db.session.execute(select(Category.id, Category.name))}


def verified_level(person_id: int) -> int:
    """What is verified of somebody now: 0 e-mail, 1 phone, 2 identity; raises NotFound."""
    level = db.session.scalar(select(Person.verified_level).where(Person.id == person_id))
    if level is None:
        raise NotFound()
    return level


def commission_ppm(seller_id: int) -> int:
    """The mall's share of what a shop sells now, where no category has a rate of its own."""
    own = db.session.scalar(select(Seller.commission_ppm).where(Seller.id == seller_id))
    return int(current_app.config["COMMISSION_PPM"]) if own is None else own


def approved_sellers() -> list[int]:
    """Ids of all shops that may sell."""
    return list(
        db.session.scalars(select(Seller.id).where(Seller.state == "approved").order_by(Seller.id))
    )


def products_of(seller_id: int) -> list[tuple[int, str]]:
    """The goods a shop sells now: (id, title), by title."""
    query = select(Product.id, Product.title).where(
        Product.seller_id == seller_id, Product.listed_at.is_not(None)
    )
    return [(id, title) for id, title in db.session.execute(query.order_by(Product.title))]
