"""A cart as its owner sees it, with what changed since the things were put in."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ScalarSelect, func, select

from core.db import db
from core.money import Money, total
from mall.cart.models import Cart, CartLine
from mall.catalog.models import Product, Variant
from mall.sellers.models import Seller, SellerState

QUANTITY_MAX = 99


@dataclass(frozen=True, slots=True)
class LineView:
    """One line; `problem` says why it cannot be bought as it stands, `news` what changed."""

    line_id: int
    variant_id: int
    product_id: int
    category_id: int
    seller_id: int
    slug: str
    title: str
    label: str
    picture: str | None
    price: Money
    price_seen: Money
    quantity: int
    left: int
    on_sale: bool
    weight_grams: int

    @property
    def amount(self) -> Money:
        return self.price * self.quantity

    @property
    def most(self) -> int:
        """The largest quantity one may ask for."""
        return max(1, min(QUANTITY_MAX, self.left))

    @property
    def problem(self) -> str:
        if not self.on_sale:
            return "No longer on sale."
        if self.left <= 0:
            return "Sold out."
        return f"Only {self.left} left." if self.left < self.quantity else ""

    @property
    def price_change(self) -> str:
        """`up`, `down`, or "" since it was put in."""
        if self.price == self.price_seen:
            return ""
        return "up" if self.price > self.price_seen else "down"


@dataclass(frozen=True, slots=True)
class SellerGroup:
    """What comes from one shop, and so in one parcel."""

    seller_id: int
    name: str
    slug: str
    lines: tuple[LineView, ...]

    @property
    def goods(self) -> Money:
        """The sum of the lines that can be bought."""
        return total(
            (line.amount for line in self.lines if not line.problem), self.lines[0].price.currency
        )


@dataclass(frozen=True, slots=True)
class CartView:
    """The whole cart; `total` counts only lines without a problem."""

    sellers: tuple[SellerGroup, ...]
    total: Money

    @property
    def lines(self) -> tuple[LineView, ...]:
        return tuple(line for seller in self.sellers for line in seller.lines)

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def problems(self) -> tuple[LineView, ...]:
        return tuple(line for line in self.lines if line.problem)

    @property
    def can_be_bought(self) -> bool:
        return bool(self.lines) and not self.problems


def count_of(*, person_id: int | None = None, token: str | None = None) -> ScalarSelect[int]:
    """How many things are in a cart, as part of another query."""
    owner = Cart.person_id == person_id if person_id is not None else Cart.token == token
    found = select(func.coalesce(func.sum(CartLine.quantity), 0)).join(Cart).where(owner)
    return found.scalar_subquery()


def guest_count(token: str) -> int:
    """How many things are in a guest's cart."""
    return int(db.session.scalar(select(count_of(token=token))) or 0)


def find(*, person_id: int | None = None, token: str | None = None) -> Cart | None:
    """The cart of a person or of a guest, if there is one."""
    if person_id is None and token is None:
        return None
    owner = Cart.person_id == person_id if person_id is not None else Cart.token == token
    return db.session.scalars(select(Cart).where(owner)).one_or_none()


def view(cart: Cart | None) -> CartView:
    """The cart with today's prices and stock, grouped by shop, in one query."""
    currency = current_app.config["MALL_CURRENCY"]
    if cart is None:
        return CartView((), Money.zero(currency))
    rows = db.session.execute(
        select(CartLine, Variant, Product, Seller)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Seller, Seller.id == Product.seller_id)
        .where(CartLine.cart_id == cart.id)
        .order_by(CartLine.id)
    ).all()
    shops: dict[int, tuple[Seller, list[LineView]]] = {}
    for row in rows:
        shops.setdefault(row[3].id, (row[3], []))[1].append(_line(*row))
    sellers = tuple(
        SellerGroup(seller.id, seller.name, seller.slug, tuple(lines))
        for seller, lines in shops.values()
    )
    return CartView(sellers, total((shop.goods for shop in sellers), currency))


def _line(line: CartLine, variant: Variant, product: Product, seller: Seller) -> LineView:
    facts: dict[str, Any] = {
        "price": variant.money,
        "price_seen": Money(line.price_seen or variant.price, variant.currency),
        "on_sale": product.listed_at is not None and seller.state == SellerState.APPROVED,
        "left": variant.left,
        "weight_grams": variant.weight_grams,
    }
    return LineView(
        line_id=line.id,
        variant_id=variant.id,
        product_id=product.id,
        category_id=product.category_id,
        seller_id=seller.id,
        slug=product.slug,
        title=product.title,
        label=variant.label,
        picture=variant.picture or product.picture,
        quantity=line.quantity,
        **facts,
    )
