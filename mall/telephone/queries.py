"""What an operator sees: a shopper's basket, goods to put into it, and the latest phone orders."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from core.db import db
from core.money import Money
from mall.accounts.models import Person
from mall.catalog.models import Product, Variant
from mall.checkout.models import Checkout
from mall.sellers.models import Seller, SellerState
from mall.telephone.models import PhoneOrder

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Good:
    """A variant that can be sold now."""

    variant_id: int
    title: str
    label: str
    seller: str
    price: Money
    left: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A phone order as listed."""

    number: str
    shopper: str
    email: str
    total: Money
    state: str
    why: str
    at: datetime


def goods(words: str) -> list[Good]:
    """Up to eight variants whose title holds all words, or whose SKU is these."""
    fits = [Product.title.icontains(word, autoescape=True) for word in words.split()]
    if not fits:
        return []
    query = (
        select(Variant, Product, Seller.name)
        .join(Product, Product.id == Variant.product_id)
        .join(Seller, Seller.id == Product.seller_id)
        .where(
            or_(Variant.sku == words.strip(), and_(*fits)),
            Product.listed_at.is_not(None),
            Seller.state == SellerState.APPROVED,
            Variant.on_hand > Variant.reserved,
        )
        .order_by(Product.title, Variant.id)
        .limit(_SHOWN)
    )
    return [
        Good(v.id, p.title, v.label, seller, v.money, v.left)
        for v, p, seller in db.session.execute(query)
    ]


def taken() -> list[Taken]:
    """The latest phone orders, the newest first."""
    query = (
        select(Checkout, Person, PhoneOrder.created_at)
        .join(PhoneOrder, PhoneOrder.checkout_number == Checkout.number)
        .join(Person, Person.id == Checkout.buyer_id)
        .order_by(PhoneOrder.id.desc())
        .limit(_SHOWN)
    )
    return [
        Taken(c.number, who.name, who.email or "", c.money, c.state, c.why, at)
        for c, who, at in db.session.execute(query)
    ]
