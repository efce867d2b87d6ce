"""What is about to be bought, and what became of a checkout."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from core.db import db, one
from core.money import Money, total
from mall.accounts.models import Address
from mall.cart.models import Cart, CartLine
from mall.catalog.models import Product, Variant
from mall.checkout import rules
from mall.checkout.models import Checkout, CheckoutPart, CheckoutShare, CheckoutState
from mall.checkout.rules import ShippingOffer
from mall.orders.models import Order
from mall.ports import payment_methods
from mall.sellers.models import Seller, SellerState
from mall.taxes.rates import rate_of
from mall.taxes.rules import Contained, Rate, by_rate, of_lines


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A variant as it would be sold now."""

    variant_id: int
    product_id: int
    category_id: int
    slug: str
    title: str
    label: str
    picture: str | None
    quantity: int
    price: Money
    weight_grams: int
    on_sale: bool
    left: int
    tax_class: str

    @property
    def amount(self) -> Money:
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one seller would send; it becomes one order."""

    seller_id: int
    seller_name: str
    owner_id: int
    region: str
    city: str
    commission_ppm: int | None
    lines: tuple[BasketLine, ...]

    @property
    def goods(self) -> Money:
        return total([line.amount for line in self.lines], self.lines[0].price.currency)

    @property
    def weight_grams(self) -> int:
        return sum(line.weight_grams * line.quantity for line in self.lines)

    def taxes(self, country: str, shipping: Money) -> list[tuple[Rate, Money]]:
        """The rate of each line where it goes to, and the tax in it and its share of shipping."""
        rates = [rate_of(line.tax_class, country) for line in self.lines]
        found = of_lines([line.amount for line in self.lines], rates, shipping)
        return list(zip(rates, found, strict=True))

    def offers(self, region: str) -> list[ShippingOffer]:
        """The ways this parcel can travel to `region`."""
        near = rules.same_region(self.region, region)
        return rules.shipping_offers(self.goods, self.weight_grams, near)

    def promised_days(self, choice: str, region: str) -> int | None:
        """The longest this parcel is under way to `region`; None where it is fetched."""
        return rules.promised_days(choice, rules.same_region(self.region, region))

    def shipping(self, choice: str, region: str) -> Money:
        """The price of `choice`; an unknown one counts as standard."""
        offers = self.offers(region)
        return next((o.price for o in offers if o.choice == choice), offers[0].price)


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart read for buying: one parcel per seller."""

    parcels: tuple[Parcel, ...]

    def total(self, shipping: Mapping[int, str], region: str, currency: str) -> Money:
        """Goods and shipping of all parcels."""
        return total(
            [
                p.goods + p.shipping(shipping.get(p.seller_id, "standard"), region)
                for p in self.parcels
            ],
            currency,
        )

    def taxes(self, shipping: Mapping[int, str], region: str, country: str) -> list[Contained]:
        """The tax that goods and shipping contain, by rate."""
        found: list[tuple[Rate, Money]] = []
        for p in self.parcels:
            cost = p.shipping(shipping.get(p.seller_id, "standard"), region)
            found += p.taxes(country, cost)
        return by_rate(found)

    @property
    def quantities(self) -> dict[int, int]:
        return {line.variant_id: line.quantity for p in self.parcels for line in p.lines}


def basket_of(buyer_id: int) -> Basket:
    """The buyer's cart by seller, at today's prices."""
    rows = db.session.execute(
        select(CartLine, Variant, Product, Seller)
        .join(Cart, Cart.id == CartLine.cart_id)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Seller, Seller.id == Product.seller_id)
        .where(Cart.person_id == buyer_id)
        .order_by(Seller.id, CartLine.id)
        .execution_options(populate_existing=True)
    ).all()
    by_seller: dict[int, tuple[Seller, list[BasketLine]]] = {}
    for line, variant, product, seller in rows:
        by_seller.setdefault(seller.id, (seller, []))[1].append(
            _line(line, variant, product, seller)
        )
    return Basket(
        tuple(
            Parcel(
                seller.id,
                seller.name,
                seller.owner_id,
                seller.region,
                seller.city,
                seller.commission_ppm,
                tuple(lines),
            )
            for seller, lines in by_seller.values()
        )
    )


def _line(line: CartLine, variant: Variant, product: Product, seller: Seller) -> BasketLine:
    return BasketLine(
        variant_id=variant.id,
        product_id=product.id,
        category_id=product.category_id,
        slug=product.slug,
        title=product.title,
        label=variant.label,
        picture=variant.picture or product.picture,
        quantity=line.quantity,
        price=variant.money,
        weight_grams=variant.weight_grams,
        on_sale=product.listed_at is not None and seller.state == SellerState.APPROVED,
        left=variant.left,
        tax_class=product.tax_class,
    )


def next_key(buyer_id: int) -> str:
    """The key of the buyer's next checkout: two tabs opened on one cart carry the same one.

    It changes when a checkout ends, so that a second try after a refusal is a new checkout; one
    that is waited for during days is no reason not to buy anything else.
    """
    patient = list(payment_methods.patient_ways())
    ended = db.session.scalar(
        select(func.count())
        .select_from(Checkout)
        .where(
            Checkout.buyer_id == buyer_id,
            (Checkout.state != CheckoutState.AWAITING) | Checkout.offer_key.in_(patient),
        )
    )
    return f"try-{ended}"


def addresses_of(buyer_id: int) -> list[Address]:
    """The buyer's saved addresses, the newest first."""
    query = select(Address).where(Address.person_id == buyer_id).order_by(Address.id.desc())
    return list(db.session.scalars(query))


def of_buyer(number: str, buyer_id: int) -> Checkout:
    """The buyer's checkout; raises NotFound for a stranger's."""
    return one(select(Checkout).where(Checkout.number == number, Checkout.buyer_id == buyer_id))


def numbered(number: str) -> Checkout:
    """The checkout, for whoever has shown a right to it; raises NotFound."""
    found = select(Checkout).where(Checkout.number == number)
    return one(found.execution_options(populate_existing=True))


def orders_of(checkout_id: int) -> list[Order]:
    """The orders one checkout became, by seller."""
    query = select(Order).where(Order.checkout_id == checkout_id).order_by(Order.id)
    return list(db.session.scalars(query))


def covered_by(payment_id: int) -> list[tuple[str, Money]]:
    """Which orders a payment pays, `(order number, how much of it)`; nothing back taken off."""
    return [(number, amount) for number, amount, _ in _shares_of(payment_id)]


def left_of(payment_id: int) -> list[tuple[str, Money]]:
    """The same less what was given back, or taken by a bank, of each; what has nothing left falls out."""
    left = [(number, amount - back) for number, amount, back in _shares_of(payment_id)]
    return [(number, amount) for number, amount in left if amount]


def _shares_of(payment_id: int) -> list[tuple[str, Money, Money]]:
    rows = db.session.execute(
        select(
            Order.number,
            Order.currency,
            CheckoutShare.amount,
            CheckoutShare.refunded + CheckoutShare.disputed,
        )
        .join(CheckoutShare, CheckoutShare.order_id == Order.id)
        .join(CheckoutPart, CheckoutPart.id == CheckoutShare.part_id)
        .where(CheckoutPart.payment_ref == f"payment:{payment_id}")
        .order_by(Order.id)
    )
    return [
        (number, Money(amount, currency), Money(refunded, currency))
        for number, currency, amount, refunded in rows
    ]


@dataclass(frozen=True, slots=True)
class PaidPart:
    """One way of paying: its offer key, its reference, and how much it pays."""

    offer_key: str
    payment_ref: str
    amount: Money


def parts_of(checkout_id: int) -> list[PaidPart]:
    """How a checkout is paid, the first part first."""
    query = select(CheckoutPart).where(CheckoutPart.checkout_id == checkout_id)
    return [
        PaidPart(part.offer_key, part.payment_ref, part.money)
        for part in db.session.scalars(query.order_by(CheckoutPart.position))
    ]


def parts_of_order(order_id: int) -> list[PaidPart]:
    """How an order is paid, the first part first."""
    rows = db.session.execute(
        select(CheckoutPart, CheckoutShare.amount)
        .join(CheckoutShare, CheckoutShare.part_id == CheckoutPart.id)
        .where(CheckoutShare.order_id == order_id)
        .order_by(CheckoutPart.position)
    )
    return [
        PaidPart(part.offer_key, part.payment_ref, Money(amount, part.currency))
        for part, amount in rows
    ]
