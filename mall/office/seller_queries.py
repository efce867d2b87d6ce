"""Shops for admins: the list by state, and one with its money and orders."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select

from core import clock
from core.db import db, get
from core.money import Money
from mall.accounts.models import Person
from mall.orders.models import Order
from mall.sellers.models import Seller, SellerState
from mall.sellers.money_queries import Balances, balances

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class SellerRow:
    """A shop in the list; `orders` and `volume` of the last 30 days."""

    seller: Seller
    owner: str
    email: str
    orders: int
    volume: Money


@dataclass(frozen=True, slots=True)
class SellersPage:
    """One page of shops; `counts` by state, `all` first."""

    rows: list[SellerRow]
    counts: dict[str, int]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class SellerFile:
    """One shop, its owner, its money, and its latest orders."""

    seller: Seller
    owner: Person
    balances: Balances
    orders: list[Order]
    order_count: int


def page_of_sellers(state: str, words: str, page: int, currency: str) -> SellersPage:
    """Shops in `state` ("" for all); those that wait come first, then the newest."""
    found = select(Seller.state, func.count()).group_by(Seller.state)
    by_state = {name: count for name, count in db.session.execute(found)}
    counts = {"all": sum(by_state.values())}
    counts |= {name.value: by_state.get(name.value, 0) for name in SellerState}
    tests = [Seller.state == state] if state else []
    if words:
        fields = (Seller.name, Seller.city, Person.name, Person.email)
        tests.append(or_(*(field.icontains(words, autoescape=True) for field in fields)))
    query = (
        select(Seller, Person.name, Person.email, func.count().over())
        .join(Person, Person.id == Seller.owner_id)
        .where(*tests)
        .order_by((Seller.state == SellerState.APPLIED).desc(), Seller.id.desc())
        .limit(PER_PAGE)
        .offset((max(1, page) - 1) * PER_PAGE)
    )
    rows = db.session.execute(query).all()
    sales = _sales([row[0].id for row in rows])
    return SellersPage(
        [_row(row[0], row[1], row[2], sales, currency) for row in rows],
        counts,
        max(1, page),
        max(1, -(-(rows[0][3] if rows else 0) // PER_PAGE)),
    )


def _row(
    seller: Seller, owner: str, email: str | None, sales: dict[int, tuple[int, int]], currency: str
) -> SellerRow:
    count, volume = sales.get(seller.id, (0, 0))
    return SellerRow(seller, owner, email or "", count, Money(volume, currency))


def _sales(ids: list[int]) -> dict[int, tuple[int, int]]:
    query = (
        select(Order.seller_id, func.count(), func.sum(Order.total))
        .where(Order.seller_id.in_(ids), Order.paid_at >= clock.now() - timedelta(days=30))
        .group_by(Order.seller_id)
    )
    return {id: (count, int(total)) for id, count, total in db.session.execute(query)}


def file_of(seller_id: int, currency: str) -> SellerFile:
    """The shop; raises NotFound."""
    seller = get(Seller, seller_id)
    mine = (Order.seller_id == seller_id, Order.paid_at.is_not(None))
    latest = select(Order).where(*mine).order_by(Order.id.desc()).limit(10)
    return SellerFile(
        seller=seller,
        owner=db.session.get_one(Person, seller.owner_id),
        balances=balances(seller_id, currency),
        orders=list(db.session.scalars(latest)),
        order_count=db.session.scalar(select(func.count()).select_from(Order).where(*mine)) or 0,
    )
